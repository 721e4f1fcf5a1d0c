"""What the state holds for risk, as rows: what traded, latches, who is watched. What is reserved follows from the orders."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from oms.domain.latches import Mode
from oms.domain.reference import AnyRow
from oms.image import Part, Rows
from risk.dead_men import Watched
from risk.latches import Latch
from risk.ledger import Tally
from risk.reference import Held
from risk.scope import Facets, Scope

if TYPE_CHECKING:
    from gateway.state import State

_LatchRow = tuple[int, Scope, Mode, str, str, int, bool, list[str], Mapping[str, int], str, int, bool]


def _tally_rows(state: "State") -> Rows:
    return state.exposures.ledger.tallies.items()


def _fill_tallies(state: "State", rows: list[tuple[Facets, Tally]]) -> None:
    for facets, tally in rows:
        state.exposures.ledger.tell(facets, tally)


def _latch_rows(state: "State") -> Rows:
    for latch in state.exposures.latches.by_seq.values():
        yield (
            latch.seq,
            latch.scope,
            latch.mode,
            latch.principal,
            latch.reason,
            latch.at_ns,
            latch.cancels,
            sorted(latch.unanswered),
            latch.barriers,
            latch.release_asked_by,
            latch.effective_at_ns,
            latch.is_drill,
        )


def _fill_latches(state: "State", rows: list[_LatchRow]) -> None:
    for row in rows:
        latch = Latch(*row[:7], frozenset(row[7]), *row[8:])
        state.exposures.latches.by_seq[latch.seq] = latch


def _watched_rows(state: "State") -> Rows:
    return state.dead_men.by_principal.values()


def _fill_watched(state: "State", rows: list[Watched]) -> None:
    state.dead_men.by_principal.update({watched.principal: watched for watched in rows})


def _reference_rows(state: "State") -> Rows:
    return ((held.source, held.as_of_ns, held.row) for held in state.exposures.reference.held())


def _fill_reference(state: "State", rows: list[tuple[str, int, AnyRow]]) -> None:
    for source, as_of_ns, row in rows:
        state.exposures.reference.put(Held(row, source, as_of_ns))


def settle(state: "State") -> None:
    """Called when all parts are filled: reserve what every order may do."""
    state.exposures.reference.settle()
    for chain in state.book.chains.values():
        state.exposures.hold(chain)


RISK: tuple[Part, ...] = (
    Part("tallies", tuple[Facets, Tally], _tally_rows, _fill_tallies, ("exposures",)),
    Part("dead_men", Watched, _watched_rows, _fill_watched, ("dead_men",)),
    Part("reference", tuple[str, int, AnyRow], _reference_rows, _fill_reference, ("exposures",)),
    Part("latches", _LatchRow, _latch_rows, _fill_latches, ("exposures",)),
)
