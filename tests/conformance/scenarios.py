"""Which scenario files there are: the form is gateway.simulator.scenario's."""

from pathlib import Path

from gateway.simulator.scenario import Scenario, load

ORDER_STATE = Path(__file__).parents[3] / "shared" / "conformance" / "order_state.json"
"""Groups A to D; not part of the project."""
GROUPS_E_TO_L = Path(__file__).with_name("groups_e_to_l.json")
"""Our own."""
BAD_REPORTS = Path(__file__).with_name("bad_reports.json")
"""Races and impossible reports: ours, and no matrices of FIX."""
FILES = (ORDER_STATE, GROUPS_E_TO_L)
MATRICES = 48
"""Of FIX Volume 4, A.1.a to L.1.b."""


def matrix(name: str) -> str:
    """The matrix that a course belongs to: FIX prints B.1.d.1 and B.1.d.2 as one, B.1.d, with two orders in it."""
    return ".".join(name.partition("/")[0].split(".")[:3])


def missing() -> list[Path]:
    """The files that are not there."""
    return [file for file in FILES if not file.exists()]


def every_matrix() -> tuple[Scenario, ...]:
    """Those of all files that are there. Raises ScenarioUnreadable."""
    return tuple(scenario for file in FILES if file.exists() for scenario in load(file))
