"""How an engine begins: take the journal over, prove it, and fold it into the state before anything else happens."""

from collections.abc import Callable

from gateway.cell import Cell
from gateway.engine import Engine
from gateway.facts import CATALOGUE, Fact
from gateway.state import State
from oms.domain import numbers
from oms.domain.events import Event
from oms.journal.catalogue import Undecodable, UnknownKind, UnknownVersion
from oms.journal.postgres import Journal
from oms.journal.reading import verified
from oms.journal.record import Record


class Unfoldable(Exception):
    """The journal is as it was written, but a record of it says nothing to this release."""

    def __init__(self, seq: int, reason: Exception) -> None:
        super().__init__(f"record {seq}: {reason}")
        self.seq = seq


async def start(cell: Cell, dsn: str, wall_ns: Callable[[], int]) -> Engine:
    """An engine that knows all that the journal knows, ready to `run`.

    Raises what `Journal.take_over` and `verified` raise: no journal, no order. Corrupt names the first bad batch, Unfoldable
    the first record that this release does not understand.
    """
    numbers.install()
    journal = await Journal.take_over(dsn)
    state = State(cell)
    engine = Engine(state, journal, wall_ns)
    async for _, records in verified(dsn):
        for record in records:
            event = _event(record)
            chain = state.apply(event, record.seq, record.at_ns)
            engine.remember(Fact(record.seq, record.at_ns, event, chain))
    assert state.seq == journal.seq, f"the journal ends at {journal.seq}, the fold at {state.seq}"
    return engine


def _event(record: Record) -> Event:
    try:
        event = CATALOGUE.decode(record.kind, record.version, record.payload)
    except (Undecodable, UnknownKind, UnknownVersion) as reason:
        raise Unfoldable(record.seq, reason) from reason
    assert isinstance(event, Event)
    return event
