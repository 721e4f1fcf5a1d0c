"""How long what we say to a counterparty may be, and why what would be longer is refused before it leaves. Pure.

A cancel is never held up by its size: it says less than the order that it is for.
"""

from collections.abc import Iterator

import msgspec

from gateway.codec import writing
from gateway.codec.dialect import Dialect, said
from gateway.codec.version import Version
from oms.domain.terms import Instructions, Terms

HEADER_BYTES = 60
"""Of the longest header, beyond the CompIDs and what our codec writes itself: 34 (10 digits), 52, 97, the tags 49 and 56, and
what BodyLength(9) has more than one digit."""


class Sizes(msgspec.Struct, frozen=True):
    """What one counterparty takes. None for any length."""

    cl_ord_id_length_max: int | None = None
    text_length_max: int | None = None
    """Of a text that a client chose: LocateID(5700), custom tags, and Text(58) of a DontKnowTrade."""
    message_bytes_max: int | None = None
    """Of a whole message, from BeginString(8) to CheckSum(10)."""
    header_bytes: int = HEADER_BYTES


class Voice(msgspec.Struct, frozen=True):
    """In which words the counterparty is spoken to."""

    version: Version
    dialect: Dialect | None


def too_long_order(sizes: Sizes, voice: Voice, cl_ord_id: str, terms: Terms, at_ns: int) -> str:
    """What of a new order is too long, with its length and the bound; empty where all of it fits."""
    too_long = _too_long(sizes, cl_ord_id, terms)
    if too_long or sizes.message_bytes_max is None:
        return too_long
    return _too_many_bytes(
        voice, writing.new_order_single(voice.version, cl_ord_id, terms, at_ns), sizes, sizes.message_bytes_max
    )


def too_long_replace(sizes: Sizes, voice: Voice, cl_ord_id: str, orig_cl_ord_id: str, terms: Terms, at_ns: int) -> str:
    """The same of a replace."""
    too_long = _too_long(sizes, cl_ord_id, terms)
    if too_long or sizes.message_bytes_max is None:
        return too_long
    text = writing.order_cancel_replace_request(voice.version, cl_ord_id, orig_cl_ord_id, terms, at_ns)
    return _too_many_bytes(voice, text, sizes, sizes.message_bytes_max)


def too_long_text(sizes: Sizes, name: str, text: str) -> str:
    """The same of one text."""
    most = sizes.text_length_max
    return f"{name} has {len(text)} characters of {most}" if most is not None and len(text) > most else ""


def _too_long(sizes: Sizes, cl_ord_id: str, terms: Terms) -> str:
    most = sizes.cl_ord_id_length_max
    if most is not None and len(cl_ord_id) > most:
        return f"cl_ord_id={cl_ord_id} has {len(cl_ord_id)} characters of {most}"
    found = (too_long_text(sizes, name, text) for name, text in _texts(terms.instructions))
    return next((text for text in found if text), "")


def _texts(given: Instructions) -> Iterator[tuple[str, str]]:
    yield "locate_id", given.locate_id
    for tag, value in given.custom:
        yield f"custom_tags={tag}", value


def _too_many_bytes(voice: Voice, text: str, sizes: Sizes, most: int) -> str:
    length = sizes.header_bytes + len(text if voice.dialect is None else said(voice.dialect, text))
    return f"message has {length} bytes of {most}" if length > most else ""
