"""Before the first order, what risk holds is proved: by the orders as they stand, and by what traded on the way there.

A fold that has gone wrong, or a snapshot that says something else than the journal, must not trade: where a number differs, the
start is refused, with the number and its place.
"""

from gateway.days import DayEnded
from gateway.exposures import MOVES
from gateway.state import State
from oms.domain.chain import Chain
from oms.domain.events import Event, OrderEvent
from risk import proof
from risk.proof import Witness

_DAY_NS = 86_400 * 1_000_000_000


class RiskDiffers(Exception):
    """What risk holds is not what the journal says. Nothing may be traded."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where}; nothing is traded. Prove the journal (`fixgate verify`), and start again; if it says the same, do not use"
            " this release with this journal: keep both, and go back to the release before"
        )


def wrong(state: State) -> str:
    """The first number that is not what the orders say, and where; empty where all are."""
    exposures, chains = state.exposures, state.book.chains.values()
    orders = ((exposures.of(chain), exposures.multiplier(chain), chain) for chain in chains if chain.session)
    return proof.wrong(exposures.ledger, exposures.ledger.usages, orders)


class Watched:
    """A state that is being folded, with a witness beside it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._at_ns = state.at_ns
        self._witness = Witness(state.exposures.ledger.tallies)

    def apply(self, event: Event, seq: int, at_ns: int) -> Chain | None:
        """As State.apply, seen by the witness."""
        if at_ns // _DAY_NS != self._at_ns // _DAY_NS:
            self._witness.ended_day(self.state.exposures.without_schedule)
        self._at_ns = at_ns
        if isinstance(event, DayEnded):
            self._witness.ended_day(frozenset({event.session}))
        chains, exposures = self.state.book.chains, self.state.exposures
        before = chains.get(event.root_id) if type(event) in MOVES and isinstance(event, OrderEvent) else None
        after = self.state.apply(event, seq, at_ns)
        if before is not None:
            now = chains[before.root_id]
            if now.session and (now.cum_qty is not before.cum_qty or now.cum_value is not before.cum_value):
                self._witness.saw(exposures.of(now), exposures.multiplier(now), before, now)
        return after

    def prove(self) -> None:
        """Raises RiskDiffers."""
        where = self._witness.wrong(self.state.exposures.ledger) or wrong(self.state)
        if where:
            raise RiskDiffers(where)
