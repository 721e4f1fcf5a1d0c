"""The fault switchboard: named ways for the broker to misbehave, set at start or while it runs.

While it runs the faults are the lines of the file `faults` in its data folder, read again at SIGHUP. An empty file clears all.
"""

from collections.abc import Iterable
from enum import Enum
from pathlib import Path

DELAY_MS_MAX = 600_000


class Fault(Enum):
    """A way to misbehave."""

    SILENT = "silent"
    """Takes requests into its ledger and sends nothing until cleared; then everything, in order."""
    REJECT_NEW = "reject-new"
    """Rejects every new order with OrdRejReason(103)=0."""
    DELAY_ACK = "delay-ack"
    """Holds back each New report, and all that follows it, for so many milliseconds."""
    NO_STATUS = "no-status"
    """Ignores OrderStatusRequest(H) and OrderMassStatusRequest(AF)."""
    PARTIAL = "partial"
    """Executes each trade in two halves."""


class FaultUnknown(Exception):
    """A line that names no fault, or a fault whose value is missing, wrong or too many."""


Board = dict[Fault, int]
"""The faults that are on, with the milliseconds of DELAY_ACK and 0 for the others."""


def board(lines: Iterable[str]) -> Board:
    """The switchboard of lines such as `silent` and `delay-ack 250` (`delay-ack=250` too). Raises FaultUnknown."""
    return dict(_fault(line) for line in lines if line.strip())


def load(file: Path) -> Board:
    """The switchboard in `file`; empty without the file. Raises FaultUnknown, which names the file."""
    try:
        return board(file.read_text().splitlines())
    except FileNotFoundError:
        return {}
    except FaultUnknown as failure:
        raise FaultUnknown(f"{file}: {failure}") from None


def described(faults: Board) -> str:
    names = [f"{fault.value} {value}" if value else fault.value for fault, value in faults.items()]
    return ", ".join(names) or "none"


def _fault(line: str) -> tuple[Fault, int]:
    name, _, value = line.strip().replace("=", " ").partition(" ")
    try:
        fault = Fault(name)
    except ValueError:
        known = ", ".join(fault.value for fault in Fault)
        raise FaultUnknown(f"{name!r} is no fault; there are: {known}") from None
    if fault is not Fault.DELAY_ACK:
        if value:
            raise FaultUnknown(f"{name} takes no value")
        return fault, 0
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= DELAY_MS_MAX):
        raise FaultUnknown(f"{name} needs milliseconds from 1 to {DELAY_MS_MAX}, as in `{name} 250`")
    return fault, int(value)
