"""How long what a counterparty is told may be, in the words of its file."""

import re
from collections.abc import Iterator

import msgspec

from gateway.sizes import HEADER_BYTES, Sizes
from ops.toml_file import Key

ID_DIGITS = 8
"""A ClOrdID(11) of ours is the cell's name and so many digits, until a hundred million were given out."""
MESSAGE_BYTES_MIN = 512
"""No plain order is longer."""
_CHARACTERS = {
    "letters_digits": ("letters and digits", re.compile(r"[A-Za-z0-9]*")),
    "capitals_digits": ("capital letters and digits", re.compile(r"[A-Z0-9]*")),
    "digits": ("digits", re.compile(r"[0-9]*")),
}


class LimitsWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[limits]. What is not said is not bounded."""

    cl_ord_id_length_max: int | None = None
    """Characters of ClOrdID(11)."""
    cl_ord_id_characters: str = "letters_digits"
    """What a ClOrdID(11) may consist of."""
    text_length_max: int | None = None
    """Characters of a text that a client chose: LocateID(5700), custom tags, and Text(58) of a DontKnowTrade."""
    message_bytes_max: int | None = None
    """Of a whole message."""

    def meaning(self, sender_comp_id: str, target_comp_id: str) -> Sizes:
        """Of words of which none is `wrong`, for a session of these ids."""
        header_bytes = HEADER_BYTES + len(sender_comp_id) + len(target_comp_id)
        return Sizes(self.cl_ord_id_length_max, self.text_length_max, self.message_bytes_max, header_bytes)

    def wrong(self) -> Iterator[tuple[Key, str]]:
        shortest = (("cl_ord_id_length_max", ID_DIGITS + 1), ("text_length_max", 1), ("message_bytes_max", MESSAGE_BYTES_MIN))
        for key, least in shortest:
            most = getattr(self, key)
            if most is not None and most < least:
                yield ("limits", key), f"{most} is below {least}, and nothing of ours would fit"
        if self.cl_ord_id_characters not in _CHARACTERS:
            yield ("limits", "cl_ord_id_characters"), f"{self.cl_ord_id_characters!r} is none of {', '.join(_CHARACTERS)}"

    def unfit(self, cell: str) -> Iterator[str]:
        """Why the ids of a cell of this name are none that the counterparty takes."""
        length, most = len(cell) + ID_DIGITS, self.cl_ord_id_length_max
        if most is not None and length > most:
            yield f"ClOrdIDs of cell {cell!r} have {length} characters, and cl_ord_id_length_max is {most}: shorten its name"
        name, characters = _CHARACTERS[self.cl_ord_id_characters]
        if not characters.fullmatch(cell):
            yield f"ClOrdIDs begin with the cell's name, {cell!r}, and it takes {name} only: rename it"

    def described(self) -> Iterator[tuple[str, str]]:
        """Rules that a person can read."""
        most = "" if self.cl_ord_id_length_max is None else f", at most {self.cl_ord_id_length_max} of them"
        yield "ClOrdID(11)", f"{_CHARACTERS[self.cl_ord_id_characters][0]}{most}"
        yield "texts", "of any length" if self.text_length_max is None else f"at most {self.text_length_max} characters"
        yield "messages", "of any length" if self.message_bytes_max is None else f"at most {self.message_bytes_max} bytes"
