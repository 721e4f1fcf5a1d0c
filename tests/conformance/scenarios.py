"""Which scenario files there are: the form is gateway.simulator.scenario's."""

from pathlib import Path

from msgspec.structs import replace

from gateway.simulator.scenario import Course, Scenario, Step, courses, load

ORDER_STATE = Path(__file__).parents[3] / "shared" / "conformance" / "order_state.json"
"""Groups A to D; not part of the project."""
GROUPS_E_TO_L = Path(__file__).with_name("groups_e_to_l.json")
"""Our own."""
BAD_REPORTS = Path(__file__).with_name("bad_reports.json")
"""Races and impossible reports: ours, and no matrices of FIX."""
NOT_BY_A_CLIENT = {
    "X.14": "that we do not know a trade is what a person says",
    "X.15": "a mass cancel means the orders of every other course as well",
}
"""Bad reports that are not played on the wire, where all courses share one venue and one client, and why."""
_ACCOUNTS = {"OURS": "DESK1"}
FILES = (ORDER_STATE, GROUPS_E_TO_L)
MATRICES = 48
"""Of FIX Volume 4, A.1.a to L.1.b."""


def matrix(name: str) -> str:
    """The matrix that a course belongs to: FIX prints B.1.d.1 and B.1.d.2 as one, B.1.d, with two orders in it."""
    return ".".join(name.partition("/")[0].split(".")[:3])


def bad_reports() -> dict[str, Course]:
    """The races and impossible reports that can be played on the wire, by the names of their courses."""
    played = [scenario for scenario in load(BAD_REPORTS) if scenario.id not in NOT_BY_A_CLIENT]
    return {name: tuple(map(_with_account, course)) for name, course in courses(played).items()}


def _with_account(step: Step) -> Step:
    """An account that we have in place of the scenario's word for one."""
    return replace(step, tags={tag: _ACCOUNTS.get(value, value) if tag == 1 else value for tag, value in step.tags.items()})


def missing() -> list[Path]:
    """The files that are not there."""
    return [file for file in FILES if not file.exists()]


def every_matrix() -> tuple[Scenario, ...]:
    """Those of all files that are there. Raises ScenarioUnreadable."""
    return tuple(scenario for file in FILES if file.exists() for scenario in load(file))
