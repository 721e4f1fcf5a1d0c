"""When orders that have ended are laid to rest, and when they are forgotten: a few at a time, so that nobody waits for it.

An order rests from the end of its session's trading day on, or from midnight UTC where no schedule says when that is. What may
still come to life by itself does not: an order in doubt, one that a report in suspense names, one with a reservation.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from gateway.cell import SessionKind
from oms.domain.chain import OPEN, Chain
from oms.domain.resting import OrdersForgotten, OrdersLaidToRest
from oms.family import is_parent

if TYPE_CHECKING:
    from gateway.state import State

ORDERS_AT_ONCE = 100
"""Of one session, or to be forgotten, in one turn; a family is never parted. Some milliseconds of the engine's loop."""
_DAY_NS = 86_400 * 1_000_000_000
Families = tuple[tuple[str, ...], ...]


class LayToRest(msgspec.Struct, frozen=True, gc=False):
    """Orders of a session that had ended when somebody looked: each alone, or a parent and its children."""

    session: str
    families: Families


class ForgetOrders(msgspec.Struct, frozen=True, gc=False):
    """These have been at rest for as long as the cell keeps them, or there are too many."""

    root_ids: tuple[str, ...]


class Resting:
    """Looks from time to time for what is to be laid to rest or forgotten."""

    def __init__(self) -> None:
        self._done_ns: dict[str, int] = {}
        """Up to which end of a day nothing of a session is left to be laid to rest."""

    def due(self, state: "State", at_ns: int) -> list[LayToRest | ForgetOrders]:
        """What is to be asked for now. A session is looked through until nothing is found, and then again after its next day."""
        found: list[LayToRest | ForgetOrders] = []
        for plan in state.cell.sessions:
            ended_ns = _day_ended_ns(state, plan.name, at_ns) if plan.kind is SessionKind.ORDERS else 0
            if ended_ns <= self._done_ns.get(plan.name, 0):
                continue
            families = tuple(_some(_ended(state, plan.name, ended_ns)))
            if families:
                found.append(LayToRest(plan.name, families))
            else:
                self._done_ns[plan.name] = ended_ns
        forgotten = tuple(islice(_outlived(state, at_ns), ORDERS_AT_ONCE))
        return [*found, ForgetOrders(forgotten)] if forgotten else found


def lay(state: "State", command: LayToRest, _at_ns: int) -> tuple[OrdersLaidToRest, ...]:
    """What has come to life since somebody looked stays where it is."""
    quiet = _Quiet(state)
    families = [ids for ids in command.families if all(quiet.may_rest(state.book.chains.get(root_id)) for root_id in ids)]
    root_ids = tuple(root_id for ids in families for root_id in ids)
    return (OrdersLaidToRest(command.session, root_ids),) if root_ids else ()


def forget(state: "State", command: ForgetOrders, _at_ns: int) -> tuple[OrdersForgotten, ...]:
    """What was woken since is not forgotten."""
    root_ids = tuple(root_id for root_id in command.root_ids if root_id in state.book.rest.stones)
    return (OrdersForgotten(root_ids),) if root_ids else ()


class _Quiet:
    """Which orders nothing is to be expected of any more."""

    def __init__(self, state: "State") -> None:
        self._state, book = state, state.book
        self._named = {entry.root_id for entry in book.suspense.values()} | book.attributed_to()

    def may_rest(self, chain: Chain | None) -> bool:
        if chain is None or chain.root_id in self._state.book.live or chain.root_id in self._named:
            return False
        is_answered = is_parent(chain) or not any(request.state in OPEN for request in chain.requests)
        return is_answered and chain.root_id not in self._state.exposures.ledger.reservations


def _day_ended_ns(state: "State", session: str, at_ns: int) -> int:
    """When the session's last day ended; 0 before the first end."""
    if state.plans[session].schedule is None:
        return at_ns // _DAY_NS * _DAY_NS
    day = state.days.get(session)
    return 0 if day is None else day.ended_at_ns


def _ended(state: "State", session: str, ended_ns: int) -> Iterator[tuple[str, ...]]:
    """Orders of the session, or families that one of its children ends: all that was asked for before the end of the day."""
    book, quiet = state.book, _Quiet(state)
    seen: set[str] = set()
    for chain in book.chains.values():
        if chain.session != session or chain.root_id in book.live or chain.parent_id in seen:
            continue
        family = [chain]
        if chain.parent_id:
            seen.add(chain.parent_id)
            family = [book.chains[root_id] for root_id in (chain.parent_id, *book.children[chain.parent_id])]
        if all(quiet.may_rest(its) and its.requests[-1].placed_at_ns < ended_ns for its in family):
            yield tuple(its.root_id for its in family)


def _some(families: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The first of them, with so many orders altogether."""
    orders = 0
    for family in families:
        if orders >= ORDERS_AT_ONCE:
            return
        orders += len(family)
        yield family


def _outlived(state: "State", at_ns: int) -> Iterator[str]:
    """What rests longest comes first."""
    rest, cell = state.book.rest, state.cell
    too_many = rest.orders_at_rest - cell.tombstones_max
    for number, head in enumerate(rest.stones):
        if number >= too_many and rest.rested_at_ns(head) > at_ns - cell.tombstone_days * _DAY_NS:
            return
        yield head
