"""What we say of ourselves in a Logon(A), in the words of a counterparty's file."""

from collections.abc import Iterator, Mapping

import msgspec

from gateway.codec.credentials import CREDENTIALS, DATA
from gateway.fix.config import LogonField
from ops import secrets
from ops.secrets import NoSecret
from ops.toml_file import Key

USERNAME, PASSWORD = 553, 554
_OURS = frozenset({8, 9, 10, 34, 35, 43, 49, 52, 56, 97, 98, 108, 122, 141, 383, 789, 1137, *DATA.values()})
"""Tags of a Logon that the session sets itself. RawDataLength(95) follows from RawData(96), and so for its like."""
_HEADER = frozenset({50, 57, 90, 91, 115, 116, 128, 129, 142, 143, 144, 145, 212, 213, 347, 369, 627, 1128, 1129, 1156})
"""Tags of the header, which a Logon's own fields come after."""
_TAG_DIGITS_MAX = 9


class LogonWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[logon]: credentials by reference (ops.secrets), and whatever else the counterparty wants to read there."""

    username: str = ""
    """Reference to Username(553)."""
    password: str = ""
    """Reference to Password(554)."""
    secrets: Mapping[str, str] = {}
    """References to the values of further tags; masked wherever the message is shown."""
    fields: Mapping[str, str] = {}
    """Further tags with their values, in plain text."""

    @property
    def meaning(self) -> tuple[LogonField, ...]:
        """The fields with their values. Raises NoSecret."""
        hidden = [LogonField(tag, secrets.fetch(secrets.reference(text)), is_secret=True) for _, tag, text in self._references()]
        lengths = [LogonField(DATA[field.tag], str(len(field.value))) for field in hidden if field.tag in DATA]
        return (*(LogonField(int(tag), value) for tag, value in self.fields.items()), *lengths, *hidden)

    def wrong(self) -> Iterator[tuple[Key, str]]:
        """What can be said without following any reference."""
        for key, text in self.fields.items():
            if not text or not (text.isascii() and text.isprintable()):
                yield ("logon", "fields", key), f"{text!r} is not printable ASCII text"
        for table in ("secrets", "fields"):
            for key in getattr(self, table):
                yield from self._wrong_tag(table, key)
        for at, _, text in self._references(is_tag_checked=False):
            try:
                secrets.reference(text)
            except NoSecret as missing:
                yield at, str(missing)

    def missing(self) -> Iterator[tuple[Key, str]]:
        """The secrets that are not where they should be."""
        for at, _, text in self._references():
            try:
                secrets.fetch(secrets.reference(text))
            except NoSecret as missing:
                yield at, f"missing secret: {missing}"

    def _references(self, *, is_tag_checked: bool = True) -> Iterator[tuple[Key, int, str]]:
        """Where each stands, its tag, and the reference."""
        for key, tag, text in (("username", USERNAME, self.username), ("password", PASSWORD, self.password)):
            if text:
                yield ("logon", key), tag, text
        for key, text in self.secrets.items():
            yield ("logon", "secrets", key), int(key) if is_tag_checked else 0, text

    def _wrong_tag(self, table: str, key: str) -> Iterator[tuple[Key, str]]:
        at = ("logon", table, key)
        if not (key.isascii() and key.isdecimal() and len(key) <= _TAG_DIGITS_MAX and key[0] != "0"):
            yield at, f"{key!r} is no tag: a number of at most {_TAG_DIGITS_MAX} digits"
        elif int(key) in _OURS:
            yield at, "the session sets this tag itself"
        elif int(key) in _HEADER:
            yield at, "a tag of the header is no field of the Logon"
        elif (int(key) == USERNAME and self.username) or (int(key) == PASSWORD and self.password):
            yield at, f"it is said twice: `{'username' if int(key) == USERNAME else 'password'}` is there, too"
        elif table == "fields" and int(key) in CREDENTIALS:
            yield at, "a secret is never written down: use [logon.secrets]"
        elif table == "fields" and key in self.secrets:
            yield at, "it is said twice: it is in [logon.secrets], too"
