"""Scenario files: what each side sends at each step of a matrix, and how the order stands after it."""

from pathlib import Path
from typing import Literal

import msgspec

ORDER_STATE = Path(__file__).parents[3] / "shared" / "conformance" / "order_state.json"
"""Groups A to D; not part of the project."""
E_TO_L = Path(__file__).parent / "groups_e_to_l.json"
BAD_REPORTS = Path(__file__).parent / "bad_reports.json"
"""Races and impossible reports: no matrices of FIX."""
TO_VENUE = "B>S"


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The order that begins with ClOrdID `order`, after a step. Quantities and ids as in the scenario; None is not asserted."""

    order: str | None
    accepted_clordid: str | None = None
    pending_clordids: tuple[str, ...] | None = None
    cum_qty: str | None = None
    leaves_qty: str | None = None
    order_qty: str | None = None
    ord_status: str | None = None
    books_trade: bool | None = None
    request_rejected: str | None = None
    avg_px: str | None = None
    day_order_qty: str | None = None
    day_cum_qty: str | None = None
    overfill_qty: str | None = None
    quarantined: bool | None = None
    unmatched: bool | None = None
    stale_ignored: bool | None = None


class Step(msgspec.Struct, frozen=True):
    """One message, by tag; ids X, Y, Z are symbols. Steps of one `t` in opposite directions cross on the wire."""

    t: str
    dir: Literal["B>S", "S>B"]
    msg: str
    tags: dict[int, str]
    expect: Expected | None = None
    accept_alt: tuple[dict[int, str], ...] = ()


class Case(msgspec.Struct, frozen=True):
    """One course that a matrix can take."""

    case: str
    steps: tuple[Step, ...]


class Scenario(msgspec.Struct, frozen=True):
    """One matrix."""

    id: str
    title: str
    cases: tuple[Case, ...]


class File(msgspec.Struct, frozen=True):
    """A scenario file."""

    schema_version: int
    scenarios: tuple[Scenario, ...]


def load(path: Path) -> tuple[Scenario, ...]:
    """The matrices of a scenario file. Raises msgspec.DecodeError for one of another form."""
    file = msgspec.json.decode(path.read_bytes(), type=File, strict=False)
    assert file.schema_version == 1, f"{path.name} has schema_version {file.schema_version}"
    return file.scenarios
