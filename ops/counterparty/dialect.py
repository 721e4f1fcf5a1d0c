"""What a counterparty says otherwise than FIX does, in the words of its file."""

from collections.abc import Iterator, Mapping

import msgspec

from gateway.codec.dialect import Action, Copy, Remap, Remove, Rule, Set
from ops.toml_file import Key

_TAG_DIGITS_MAX = 9
_NEVER = {
    8: "BeginString", 9: "BodyLength", 10: "CheckSum", 34: "MsgSeqNum", 35: "MsgType", 43: "PossDupFlag", 49: "SenderCompID",
    52: "SendingTime", 56: "TargetCompID", 97: "PossResend", 122: "OrigSendingTime",
    11: "ClOrdID", 17: "ExecID", 19: "ExecRefID", 41: "OrigClOrdID",
}  # fmt: skip
"""What the session is made of, and what makes one order or execution another: no rule may change these."""
_SYMBOL = 55


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`when` of a rule: the tag is there, and has one of these values where any are named."""

    tag: int
    values: tuple[str, ...] = ()
    unless: bool = False
    """The other way round: the tag is not there, or has another value."""


class RuleWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[outgoing]] and [[incoming]]: one thing that is done to messages, exactly one of set, copy, remove and remap.

    Tables have tags for keys, lists hold tags. A rule for many tags is as many rules.
    """

    msg_types: tuple[str, ...] = ()
    """MsgType(35); left out, all messages about business."""
    when: When | None = None
    set: Mapping[str, str] = {}
    """The tag has this value, whether it was there or not."""
    copy: Mapping[str, int] = {}
    """The tag's value is that of the other tag, where that is there."""
    remove: tuple[int, ...] = ()
    remap: Mapping[str, Mapping[str, str]] = {}
    """Of the tag, each value is another one; one that is not named stays."""

    @property
    def meaning(self) -> tuple[Rule, ...]:
        """Of words of which none is `wrong`."""
        when = self.when or When(0)
        given = (frozenset(self.msg_types), str(when.tag) if when.tag else "", frozenset(when.values), when.unless)
        return tuple(Rule(action, *given) for action in self._actions())

    def _actions(self) -> Iterator[Action]:
        yield from (Set(tag, value) for tag, value in self.set.items())
        yield from (Copy(str(source), tag) for tag, source in self.copy.items())
        yield from (Remove(str(tag)) for tag in self.remove)
        yield from (Remap(tag, values) for tag, values in self.remap.items())

    def wrong(self, at: Key) -> Iterator[tuple[Key, str]]:
        said = [key for key in ("set", "copy", "remove", "remap") if getattr(self, key)]
        if len(said) != 1:
            yield at, f"it says {' and '.join(said) or 'nothing'}, where exactly one of set, copy, remove and remap is due"
        for key in said:
            for tag in getattr(self, key):
                yield from _wrong_tag((*at, key), str(tag))
        for tag, value in self.set.items():
            yield from _wrong_value((*at, "set", tag), value)
        for tag, values in self.remap.items():
            for value in values.values():
                yield from _wrong_value((*at, "remap", tag), value)
        if self.when is not None and self.when.tag < 1:
            yield (*at, "when", "tag"), f"{self.when.tag} is no tag"


def wrong_symbols(symbols: Mapping[str, str]) -> Iterator[tuple[Key, str]]:
    """A report about a symbol that two of ours are called would be about either."""
    for ours, theirs in symbols.items():
        yield from _wrong_value(("symbols", ours), theirs)
        others = [other for other, name in symbols.items() if name == theirs and other != ours]
        if others:
            yield ("symbols", ours), f"{theirs!r} is what they call {others[0]!r}, too"


def _wrong_tag(at: Key, tag: str) -> Iterator[tuple[Key, str]]:
    if not (tag.isascii() and tag.isdecimal() and len(tag) <= _TAG_DIGITS_MAX and tag[0] != "0"):
        yield at, f"{tag!r} is no tag: a number of at most {_TAG_DIGITS_MAX} digits"
    elif int(tag) in _NEVER:
        yield at, f"{_NEVER[int(tag)]}({tag}) is no rule's to change"
    elif int(tag) == _SYMBOL:
        yield at, "symbols are mapped in [symbols], both ways at once"


def _wrong_value(at: Key, value: str) -> Iterator[tuple[Key, str]]:
    if not value or not (value.isascii() and value.isprintable()):
        yield at, f"{value!r} is not printable ASCII text"
