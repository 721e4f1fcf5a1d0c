"""The book as rows, and back: each part of it in an order that the journal decides, so that equal books have equal rows.

Pure. What is in no part is found out by `is_whole`, so that nothing new in the book can be forgotten here.
"""

from collections.abc import Callable, Iterable
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from oms.book import Book
from oms.domain.acts import MassCancelRequested
from oms.domain.chain import NO_FLAGS, Chain
from oms.domain.events import Answer, Event, OrderPlaced
from oms.domain.fields import OrdStatus
from oms.doubts import Doubts
from oms.suspense import Suspended
from oms.told import Answered, Told
from oms.tombstone import sharing

Rows = Iterable[Any]


class Part(msgspec.Struct, frozen=True):
    """One part of something that is folded from the journal. No row holds a set: those have no order."""

    name: str
    row: Any
    """The type of a row, as msgspec takes it."""
    rows: Callable[[Any], Rows]
    fill: Callable[[Any, list[Any]], None]
    """Put rows into an empty owner; called once for each piece of them, in their order, after the parts before it."""
    attributes: tuple[str, ...]
    """What it covers of its owner."""

    @property
    def rows_type(self) -> Any:
        """The type of a piece of its rows."""
        return list[self.row]  # type: ignore[name-defined]  # Known when it runs.


def is_whole(owner: object, parts: Iterable[Part], beside: frozenset[str] = frozenset()) -> bool:
    """Whether every attribute of the owner is in a part, but for those that the journal does not decide."""
    covered = {attribute for part in parts for attribute in part.attributes}
    return vars(owner).keys() - beside == covered


def mapping(attribute: str, value: Any, key: Any = str) -> Part:
    """A dict, in the order in which its keys came."""
    return Part(
        attribute.lstrip("_"),
        tuple[key, value],
        lambda owner: getattr(owner, attribute).items(),
        lambda owner, rows: getattr(owner, attribute).update(rows),
        (attribute,),
    )


def answers(kinds: Iterable[type[Event]]) -> tuple[Part, ...]:
    """First answers, by kind: only then a row says by itself what it is. Within a kind in the order of the journal."""
    return tuple(_answers(kind) for kind in sorted(kinds, key=lambda kind: kind.__name__))


def answered(book: Book) -> frozenset[type[Event]]:
    """The kinds of its answers."""
    held: dict[str, Answered] = getattr(book, _ANSWERS)
    return frozenset(type(known.answer) for known in held.values())


def settle(book: Book) -> None:
    """Called when all parts are filled: bring the answers of all kinds into the order of the journal."""
    held = getattr(book, _ANSWERS)
    in_order = sorted(held.items(), key=_seq_of)
    held.clear()
    held.update(in_order)


_ANSWERS = "_answers"


def _answers(kind: type[Event]) -> Part:
    def rows(book: Book) -> Rows:
        held: dict[str, Answered] = getattr(book, _ANSWERS)
        its = (item for item in held.items() if type(item[1].answer) is kind)
        return ((named, known.seq, known.answer) for named, known in sorted(its, key=_seq_of))  # Woken ones came last.

    def fill(book: Book, rows: list[tuple[str, int, Any]]) -> None:
        held = getattr(book, _ANSWERS)
        for named, seq, answer in rows:
            held[named] = Answered(seq, _sharing_its_order(book, answer) if kind is OrderPlaced else answer)

    row: Any = tuple[str, int, kind]  # type: ignore[valid-type]  # Known when it runs, which is when msgspec asks.
    return Part(f"answers {kind.__name__}", row, rows, fill, (_ANSWERS,))


def _seq_of(item: tuple[str, Answered]) -> int:
    return item[1].seq


def _sharing_its_order(book: Book, answer: OrderPlaced) -> OrderPlaced:
    """The same for what the client was answered: it asked for these terms."""
    chain = book.chains.get(answer.root_id)
    terms = None if chain is None else chain.requests[0].terms
    return replace(answer, terms=terms) if terms is not None and terms == answer.terms else answer


def _number_rows(book: Book) -> Rows:
    yield book.prefix, book.cl_ord_ids_minted


def _fill_numbers(book: Book, rows: list[tuple[str, int]]) -> None:
    ((book.prefix, book.cl_ord_ids_minted),) = rows


def _chain_rows(book: Book) -> Rows:
    return (replace(chain, flags=NO_FLAGS) if chain.flags else chain for chain in book.chains.values())


def _fill_chains(book: Book, rows: list[Chain]) -> None:
    for chain in rows:
        book.chains[chain.root_id] = sharing(chain)


def _flag_rows(book: Book) -> Rows:
    flagged = (chain for chain in book.chains.values() if chain.flags)
    return ((chain.root_id, tuple(sorted(flag.code for flag in chain.flags))) for chain in flagged)


def _fill_flags(book: Book, rows: list[tuple[str, tuple[str, ...]]]) -> None:
    for root_id, codes in rows:
        book.chains[root_id] = replace(book.chains[root_id], flags=frozenset(map(OrdStatus, codes)))


def _tagged_rows(book: Book) -> Rows:
    return ((named, tuple(sorted(root_ids))) for named, root_ids in book.tagged.items())


def _fill_tagged(book: Book, rows: list[tuple[str, tuple[str, ...]]]) -> None:
    book.tagged.update((named, set(root_ids)) for named, root_ids in rows)


def _asked(book: Book) -> dict[str, MassCancelRequested]:
    """Every mass cancel is an answer: those that still mean something are these very objects."""
    held: dict[str, Answered] = getattr(book, _ANSWERS)
    asked = (known.answer for known in held.values())
    return {answer.cl_ord_id: answer for answer in asked if isinstance(answer, MassCancelRequested)}


def _fill_mass_cancels(book: Book, rows: list[str]) -> None:
    asked = _asked(book)
    book.mass_cancels.update((cl_ord_id, asked[cl_ord_id]) for cl_ord_id in rows)


def _to_cancel_rows(book: Book) -> Rows:
    for session, waiting in book.to_cancel.items():
        yield session, tuple((root_id, asked.cl_ord_id) for root_id, asked in waiting.items())


def _fill_to_cancel(book: Book, rows: list[tuple[str, tuple[tuple[str, str], ...]]]) -> None:
    asked = _asked(book)
    for session, waiting in rows:
        book.to_cancel[session] = {root_id: asked[cl_ord_id] for root_id, cl_ord_id in waiting}


_CANCELING = "_canceling"


def _canceling_rows(book: Book) -> Rows:
    return ((root_id, asked.cl_ord_id) for root_id, asked in getattr(book, _CANCELING).items())


def _fill_canceling(book: Book, rows: list[tuple[str, str]]) -> None:
    asked = _asked(book)
    getattr(book, _CANCELING).update((root_id, asked[cl_ord_id]) for root_id, cl_ord_id in rows)


BESIDE = frozenset({"_named"})
"""What of a book follows from the rest of it."""
_REST = ("orders_at_rest", "forgotten", "forgotten_to")


def _names_at_rest(kind: str) -> Part:
    """The tombstones, or where a kind of names is found in them; each in the order in which they were laid to rest."""
    row: Any = tuple[str, bytes] if kind == "stones" else tuple[str, str]
    return Part(
        f"{kind} at rest",
        row,
        lambda book: getattr(book.rest, kind).items(),
        lambda book, rows: getattr(book.rest, kind).update(rows),
        ("rest",),
    )


def _rest_rows(book: Book) -> Rows:
    yield tuple(getattr(book.rest, name) for name in _REST)


def _fill_rest(book: Book, rows: list[tuple[int, ...]]) -> None:
    (row,) = rows
    for name, number in zip(_REST, row, strict=True):
        setattr(book.rest, name, number)


BOOK: tuple[Part, ...] = (
    Part("numbers", tuple[str, int], _number_rows, _fill_numbers, ("prefix", "cl_ord_ids_minted")),
    Part("chains", Chain, _chain_rows, _fill_chains, ("chains",)),
    Part("flags", tuple[str, tuple[str, ...]], _flag_rows, _fill_flags, ()),
    *answers(get_args(Answer)),
    mapping("children", list[str]),
    Part("tagged", tuple[str, tuple[str, ...]], _tagged_rows, _fill_tagged, ("tagged",)),
    mapping("_root_of", str),
    mapping("_told", Told),
    mapping("_attributed", Told),
    mapping("_root_of_order_id", str),
    mapping("suspense", Suspended, int),
    Part("resolved", int, lambda book: sorted(book.resolved), lambda book, rows: book.resolved.update(rows), ("resolved",)),
    mapping("doubts", Doubts),
    mapping("live", None),
    Part("mass_cancels", str, lambda book: book.mass_cancels.keys(), _fill_mass_cancels, ("mass_cancels",)),
    Part("to_cancel", tuple[str, tuple[tuple[str, str], ...]], _to_cancel_rows, _fill_to_cancel, ("to_cancel",)),
    Part("canceling", tuple[str, str], _canceling_rows, _fill_canceling, (_CANCELING,)),
    mapping("_open", dict[str, str]),
    mapping("_sent_as", str),
    *(_names_at_rest(kind) for kind in ("stones", "orders", "answers", "told", "order_ids")),
    Part("at rest", tuple[int, int, int], _rest_rows, _fill_rest, ("rest",)),
)
"""Everything that a book holds, in the order in which it has to be put back."""
