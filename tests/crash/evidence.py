"""What stands behind a violation: the journal's records and the ledger's lines of the same ids, for people to read."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec

from gateway.simulator.report import Report
from oms.journal.reading import read

_MS_NS = 1_000_000


async def kinds(dsn: str) -> Counter[str]:
    """How many records of each kind the journal holds: which ways of recovery the run has seen."""
    return Counter([record.kind async for _, records in read(dsn) for record in records])


async def journal_lines(dsn: str) -> list[str]:
    """Every record of the journal, one a line, SOH as `|`."""
    return [line async for line in _lines(dsn)]


async def _lines(dsn: str) -> AsyncIterator[str]:
    async for _, records in read(dsn):
        for record in records:
            payload = record.payload.decode("latin-1").replace("\\u0001", "|")
            yield f"{record.seq} epoch {record.epoch} at {record.at_ns // _MS_NS} ms {record.kind} {record.key} {payload}"


def ledger_lines(ledger: Sequence[Report]) -> list[str]:
    """Every line of the broker's ledger."""
    return [f"at {report.at_ns // _MS_NS} ms {msgspec.json.encode(report).decode()}" for report in ledger]


def about(ids: Sequence[str], lines: Sequence[str]) -> list[str]:
    """The lines that name any of `ids`."""
    return [line for line in lines if any(one in line for one in ids)]


def keep(folder: Path, journal: Sequence[str], ledger: Sequence[str]) -> None:
    """Leave all of it in `folder`."""
    (folder / "journal.txt").write_text("\n".join(journal))
    (folder / "ledger.txt").write_text("\n".join(ledger))
