"""An order that has ended as few bytes: all that a late fill, bust or correction, a repeated id or a question needs of it (R22).

Pure. A parent and its children make one tombstone: what a parent is follows from them. Names of fields and what most orders say
are in an example that the bytes are squeezed with, so that they cost next to nothing.
"""

import zlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from oms.domain.chain import NO_FLAGS, Chain, Execution, Request, RequestState
from oms.domain.events import Answer, CancelRequested, OrderPlaced, ReplaceRequested
from oms.domain.fields import ExecType, MsgType, OrdStatus, OrdType, Side
from oms.domain.terms import Decision, Terms
from oms.told import Answered, Told

_AT_BYTES = 8
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Answer)}


class Tombstone(msgspec.Struct, frozen=True):
    """What is known of one order, or of a family, in the order in which it became known."""

    chains: Mapping[str, Chain]
    """By root_id; a parent first."""
    answers: Mapping[str, Answered]
    """First answers to requests about it, by principal and client_order_id."""
    told: Mapping[str, Told]
    """What its venue has said, by the name of each report."""
    order_ids: Mapping[str, str]
    """root_id by session and OrderID(37) or SecondaryOrderID(198)."""

    @property
    def root_id(self) -> str:
        """Its name: that of the first of its orders."""
        return next(iter(self.chains))


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """As it is encoded. A set has no order: an order's flags are beside it."""

    chains: list[Chain]
    flags: list[list[str]]
    answers: list[tuple[str, int, str, msgspec.Raw]]
    told: list[tuple[str, Told]]
    order_ids: list[tuple[str, str]]


def squeezed(stone: Tombstone, at_ns: int) -> bytes:
    """The tombstone as bytes, and since when it is one."""
    row = _Row(
        chains=[replace(chain, flags=NO_FLAGS) if chain.flags else chain for chain in stone.chains.values()],
        flags=[sorted(flag.code for flag in chain.flags) for chain in stone.chains.values()],
        answers=[
            (named, known.seq, type(known.answer).__name__, msgspec.Raw(_encode(known.answer)))
            for named, known in stone.answers.items()
        ],
        told=list(stone.told.items()),
        order_ids=list(stone.order_ids.items()),
    )
    squeezing = zlib.compressobj(level=6, wbits=-zlib.MAX_WBITS, memLevel=9, zdict=_EXAMPLE)
    return at_ns.to_bytes(_AT_BYTES) + squeezing.compress(_encode(row)) + squeezing.flush()


def rested_at_ns(stone: bytes) -> int:
    """Since when it is a tombstone, ns since the Unix epoch."""
    return int.from_bytes(stone[:_AT_BYTES])


def opened(stone: bytes) -> Tombstone:
    """The tombstone that the bytes are."""
    row = _decode(zlib.decompressobj(wbits=-zlib.MAX_WBITS, zdict=_EXAMPLE).decompress(stone[_AT_BYTES:]))
    flagged = zip(row.chains, row.flags, strict=True)
    chains = {
        chain.root_id: sharing(replace(chain, flags=frozenset(map(OrdStatus, codes))) if codes else chain)
        for chain, codes in flagged
    }
    return Tombstone(
        chains=chains,
        answers={named: Answered(seq, _answer(chains, kind, raw)) for named, seq, kind, raw in row.answers},
        told=dict(row.told),
        order_ids=dict(row.order_ids),
    )


def sharing(chain: Chain) -> Chain:
    """An order has its terms once, in its first request too: so it is in a fold, and takes half the room."""
    first = chain.requests[0]
    return replace(chain, terms=first.terms) if first.terms is not None and first.terms == chain.terms else chain


def _answer(chains: Mapping[str, Chain], kind: str, raw: msgspec.Raw) -> Any:
    answer = _DECODERS[kind].decode(raw)
    chain = chains.get(answer.root_id) if kind == OrderPlaced.__name__ else None
    terms = None if chain is None else chain.requests[0].terms
    return replace(answer, terms=terms) if terms is not None and terms == answer.terms else answer


ROW = _Row
"""The type of what the bytes hold."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Row).decode
_DECODERS: dict[str, Any] = {name: msgspec.msgpack.Decoder(kind) for name, kind in _KINDS.items()}


def _example() -> bytes:
    """An order with everything that is often there, as it is encoded: what is common comes last, where it costs least."""
    terms = Terms("", "", Side.SELL, OrdType.MARKET, Decimal(1000), Decimal("1.0"))
    decision = Decision("", Decimal("1.0"), Decimal("1.0"), 1 << 60, Decimal("1.0"))
    first = Request("", MsgType.NEW_ORDER_SINGLE, "", "spiffe://", 1, 1 << 60, terms, worst_px=Decimal("1.0"))
    sent = replace(first, state=RequestState.DONE, session_epoch=1, msg_seq_num=1 << 20)
    replaced = replace(sent, msg_type=MsgType.ORDER_CANCEL_REPLACE_REQUEST, orig_cl_ord_id=" ")
    canceled = replace(sent, msg_type=MsgType.ORDER_CANCEL_REQUEST, terms=None, worst_px=None, orig_cl_ord_id=" ")
    trade = Execution("", Decimal(1000), Decimal(1000), 1, Decimal(1000))
    requests = (replaced, canceled, sent)
    chain = Chain("", "", terms, requests, " ", " ", "", Decimal(1000), Decimal(1000), (trade, trade), Decimal(1000))
    answers: tuple[Answer, ...] = (
        CancelRequested("", "", "", "", "", "", 1),
        ReplaceRequested("", "", "", "", "", "", 1, terms, decision),
        OrderPlaced("", "", "", "", 1, terms, decision),
    )
    row = _Row(
        chains=[replace(chain, trade_date="20260102", text=" ")],
        flags=[[]],
        answers=[("spiffe://", 1 << 20, type(answer).__name__, msgspec.Raw(_encode(answer))) for answer in answers],
        told=[
            ("", Told("", ExecType.NEW, None, None, "")),
            ("", Told("", ExecType.CANCELED, None, None, "")),
            ("", Told("", ExecType.TRADE, Decimal(1000), Decimal("1.0"), "")),
        ],
        order_ids=[("", "")],
    )
    return _encode(row)


_EXAMPLE = _example()
