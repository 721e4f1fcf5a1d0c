"""Histories of orders, and their way into a real journal."""

from collections.abc import Sequence

from gateway.cell import Cell
from gateway.facts import CATALOGUE
from oms.journal.postgres import Journal
from oms.journal.record import Record
from tests.support.client_side import CELL, ClientSide
from tests.support.model_engine import Row, events

ORDER = "35=D|11=C{}|55=EURUSD|54=1|38=1000|40=2|44=1.3850"
FILL = "35=8|11=FG{:08d}|37=V{}|17=E{}|150=F|39=1|32=100|31=1.3850|38=1000|14=100|151=900|75=20260105"


def traded(orders: int, cell: Cell = CELL) -> list[Row]:
    """So many orders of a client over FIX, each partly filled."""
    side = ClientSide(cell)
    for number in range(1, orders + 1):
        side.asks(ORDER.format(number))
        side.venue_says(FILL.format(number, number, number))
    return side.engine.journal


async def append(dsn: str, rows: Sequence[Row], batch: int = 10) -> None:
    """Put the rows into the journal as batches of that size, as a writer of their own."""
    journal = await Journal.take_over(dsn)
    try:
        keys = [event.key for event in events(list(rows))]
        for start in range(0, len(rows), batch):
            numbered = enumerate(zip(rows[start : start + batch], keys[start : start + batch], strict=True), journal.seq + 1)
            await journal.append([Record(seq, journal.epoch, at, k, v, key, data) for seq, ((at, k, v, data), key) in numbered])
    finally:
        await journal.close()


async def append_events(dsn: str, *happened: object) -> None:
    """One more batch: these facts, at the time of the last one."""
    journal = await Journal.take_over(dsn)
    try:
        records = []
        for seq, event in enumerate(happened, journal.seq + 1):
            kind, version, payload = CATALOGUE.encode(event)  # type: ignore[arg-type]
            records.append(Record(seq, journal.epoch, journal.at_ns, kind, version, "engine", payload))
        await journal.append(records)
    finally:
        await journal.close()
