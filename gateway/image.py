"""The whole state as bytes, and back: what is read back cannot be told from what was folded, and equal states have equal bytes.

The bytes come in pieces, each a part's name and so many of its rows in MessagePack. The hash of a state is sha256 over its
pieces, each after its length. Pure.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from gateway import image_of_risk
from gateway.cell import Cell
from gateway.client.outbox import Letter
from gateway.days import Day
from gateway.image_of_risk import RISK
from gateway.image_of_sessions import SIGNS
from gateway.session_acts import ACTS
from gateway.sessions import Session
from gateway.state import State
from oms import image as of_book
from oms import tombstone
from oms.domain.acts import DrainRequested
from oms.domain.events import Answer
from oms.image import Part, Rows, is_whole, mapping

SHAPE = 1
"""Rises when a fact comes to mean something else for the state without any field of it changing."""
PIECE_ROWS = 10_000
_LENGTH_BYTES = 8

Piece = bytes


class NotAnImage(Exception):
    """The bytes are no state of this release's."""


def pieces(state: State) -> Iterator[Piece]:
    """The state as bytes; nobody may change it meanwhile."""
    _assert_whole(state)
    for name, rows in _rows(state):
        remaining = iter(rows)
        while piece := list(islice(remaining, PIECE_ROWS)):
            yield _encode((name, piece))


def digest(of: Iterable[Piece]) -> bytes:
    """The hash of a state, from its pieces."""
    sha256 = hashlib.sha256()
    for piece in of:
        sha256.update(len(piece).to_bytes(_LENGTH_BYTES))
        sha256.update(piece)
    return sha256.digest()


def state_hash(state: State) -> bytes:
    """Two states have the same hash if nothing that the journal decides can tell them apart."""
    return digest(pieces(state))


def loaded(cell: Cell, of: Iterable[Piece]) -> State:
    """The state that the pieces are of. Raises NotAnImage."""
    state = State(cell)
    state.sessions.clear()  # They come back in the order that they had.
    try:
        for piece in of:
            _fill(state, piece)
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError) as reason:
        raise NotAnImage(f"it does not decode: {reason}") from reason
    of_book.settle(state.book)
    image_of_risk.settle(state)
    return state


def shape(cell: Cell) -> str:
    """What must be the same for a snapshot to be of use: the release, the types of all parts, and what of the configuration a
    fold depends on. With any other the whole journal is folded again."""
    return f"{cell.version}/{SHAPE}/{_FINGERPRINT}/{_configured(cell)}/{zlib.ZLIB_RUNTIME_VERSION}"


def _configured(cell: Cell) -> str:
    """Sessions, as far as what the journal says of them turns on it."""
    said = [
        (
            *(p.name, p.kind.value, p.version.begin_string, p.schedule is not None, p.rate, p.cancels_on_ready, p.alarms),
            *(p.breakers, p.heart_bt_int_s),
        )
        for p in cell.sessions
    ]
    traded = [(i.symbol, i.currency, str(i.multiplier)) for i in cell.policy.instruments.values()]
    return hashlib.sha256(repr((cell.name, sorted(traded), sorted(said, key=lambda session: session[0]))).encode()).hexdigest()[
        :16
    ]


_POSITION = ("seq", "at_ns", "snapshot_seq", "day_ended_seq")


def _position_rows(state: State) -> Rows:
    yield tuple(getattr(state, name) for name in _POSITION)


def _fill_position(state: State, rows: list[tuple[int, ...]]) -> None:
    (row,) = rows
    for name, number in zip(_POSITION, row, strict=True):
        setattr(state, name, number)


def _drain_rows(state: State) -> Rows:
    if state.draining is not None:
        yield state.draining


def _fill_drain(state: State, rows: list[DrainRequested]) -> None:
    (state.draining,) = rows


def _session_rows(state: State) -> Rows:
    for session in state.sessions.values():
        yield replace(session, heard_ahead=frozenset()), tuple(sorted(session.heard_ahead))


def _fill_sessions(state: State, rows: list[tuple[Session, tuple[int, ...]]]) -> None:
    for session, heard_ahead in rows:
        state.sessions[session.name] = replace(session, heard_ahead=frozenset(heard_ahead))


STATE: tuple[Part, ...] = (
    Part("position", tuple[int, int, int, int], _position_rows, _fill_position, _POSITION),
    Part("sessions", tuple[Session, tuple[int, ...]], _session_rows, _fill_sessions, ("sessions",)),
    mapping("days", Day),
    *SIGNS,
    *RISK,
    Part("draining", DrainRequested, _drain_rows, _fill_drain, ("draining",)),
)
"""What the state holds beside its book and its outboxes."""

OUTBOX: tuple[Part, ...] = (
    mapping("waiting", Letter, int),
    Part(
        "forgotten_to",
        int,
        lambda outbox: (outbox.forgotten_to,),
        lambda outbox, rows: setattr(outbox, "forgotten_to", rows[0]),
        ("forgotten_to",),
    ),
    mapping("_sent", Letter, int),
    Part("is_on", bool, lambda outbox: (outbox.is_on,), lambda outbox, rows: setattr(outbox, "is_on", rows[0]), ("is_on",)),
    Part("unheard", int, lambda outbox: outbox.unheard, lambda outbox, rows: outbox.unheard.extend(rows), ("unheard",)),
    mapping("_exec_seqs", dict[str, int]),
    mapping("_mass_canceled", str),
)
"""Of each client over FIX."""

_CONFIGURED = frozenset({"cell", "plans", "_orders_sessions", "_outboxes_of", "adopting", "dialects", "cautious"})
_BESIDE_STATE = _CONFIGURED | {"quotes", "book", "outboxes"}
"""What the configuration says, what is not journalled, and what has parts of its own."""
_BESIDE_OUTBOX = frozenset({"plan", "_cell"})
_BOOK, _OUTBOX, _STATE = "book", "outbox", "state"
BOOK: tuple[Part, ...] = (*of_book.BOOK, *of_book.answers(ACTS))
"""The book's own parts, and what of its answers are facts about sessions."""
_GROUPS = {_STATE: STATE, _BOOK: BOOK, _OUTBOX: OUTBOX}
_ANSWERS = frozenset({*get_args(Answer), *ACTS})


def _assert_whole(state: State) -> None:
    assert is_whole(state, STATE, _BESIDE_STATE), f"a part of the state is in no image: {sorted(vars(state))}"
    assert is_whole(state.book, BOOK, of_book.BESIDE), f"a part of the book is in no image: {sorted(vars(state.book))}"
    others = of_book.answered(state.book) - _ANSWERS
    assert not others, f"answers of these kinds are in no image: {sorted(kind.__name__ for kind in others)}"
    for outbox in state.outboxes.values():
        assert is_whole(outbox, OUTBOX, _BESIDE_OUTBOX), f"a part of an outbox is in no image: {sorted(vars(outbox))}"


def _rows(state: State) -> Iterator[tuple[tuple[str, str, str], Rows]]:
    """Each part's name, and its rows."""
    yield from (((_STATE, "", part.name), part.rows(state)) for part in STATE)
    yield from (((_BOOK, "", part.name), part.rows(state.book)) for part in BOOK)
    for name, outbox in state.outboxes.items():
        yield from (((_OUTBOX, name, part.name), part.rows(outbox)) for part in OUTBOX)


def _fill(state: State, piece: Piece) -> None:
    (group, owner, name), raw = _header(piece)
    part, decode = _DECODERS[group, name]
    part.fill(state if group == _STATE else state.book if group == _BOOK else state.outboxes[owner], decode(raw))


_encode = msgspec.msgpack.Encoder().encode
_header = msgspec.msgpack.Decoder(tuple[tuple[str, str, str], msgspec.Raw]).decode
_DECODERS: dict[tuple[str, str], tuple[Part, Any]] = {
    (group, part.name): (part, msgspec.msgpack.Decoder(part.rows_type).decode)
    for group, parts in _GROUPS.items()
    for part in parts
}


def _fingerprint() -> str:
    """Of the types of all rows: a field that comes, goes or changes makes another one. Words about them do not."""
    names = [f"{group}.{part.name}" for group, parts in _GROUPS.items() for part in parts]
    schemas = msgspec.json.schema_components([*(part.row for parts in _GROUPS.values() for part in parts), tombstone.ROW])
    return hashlib.sha256(msgspec.json.encode((names, _without_words(schemas)), order="sorted")).hexdigest()[:16]


def _without_words(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_words(value) for key, value in schema.items() if key != "description"}
    return [_without_words(item) for item in schema] if isinstance(schema, (list, tuple)) else schema


_FINGERPRINT = _fingerprint()
