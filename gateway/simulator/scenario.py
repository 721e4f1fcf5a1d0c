"""Scenario files: what each side sends at each step of an order state matrix, and how the order stands after it.

A file is JSON: `{"schema_version": 1, "scenarios": [{"id", "title", "cases": [{"case", "steps": [...]}]}]}`. A step says

- `t`: when. Two steps of one `t` in opposite directions cross on the wire: each has left before the other arrives.
- `dir`: `B>S` from the order's sender to its receiver, `S>B` back, `OOB` for what happens outside FIX.
- `msg`: MsgType(35), or `event` where `dir` is `OOB`.
- `tags`: FIX fields by tag. Values of ClOrdID(11), OrigClOrdID(41), ExecID(17), ExecRefID(19) and OrderID(37) are names that
  hold within the case; only OrderID `NONE` and ExecID `0` stand for themselves. What is not said is not asserted when heard, and
  filled in when sent.
- `expect`: how the order stands in the sender's books after the step; `accept_alt`: values that are right as well.

Keys that mean nothing to us (notes, references) are passed over, but not within `expect`: there everything is asserted.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

SCHEMA_VERSION = 1
TO_VENUE, FROM_VENUE, OUT_OF_BAND = "B>S", "S>B", "OOB"
CL_ORD_IDS, EXEC_IDS, ORDER_ID = frozenset({11, 41}), frozenset({17, 19}), 37
"""The tags whose values are names."""
_EVENT = "event"
_MSG_TYPES = {
    TO_VENUE: frozenset({"D", "F", "G", "H", "Q", "q"}),
    FROM_VENUE: frozenset({"8", "9", "r"}),
    OUT_OF_BAND: frozenset({_EVENT}),
}
_EXPECTED_BY_TAG = {
    6: "avg_px",
    14: "cum_qty",
    38: "order_qty",
    39: "ord_status",
    151: "leaves_qty",
    424: "day_order_qty",
    425: "day_cum_qty",
}
_NUMBERS = frozenset({6, 14, 31, 32, 38, 151})
"""Tags that the venue reckons with when it speaks."""
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_PLACE = re.compile(r"\[(\d+)\]")
_NAMES = (("scenarios", "id"), ("cases", "case"), ("steps", "t"))
"""What lies inside what, and what each is called by."""


class ScenarioUnreadable(Exception):
    """A file that is no scenario file: names the file and, where it can, the scenario, the case and the step."""


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order after a step. Quantities and ids as in the scenario; None is not asserted."""

    order: str | None
    """The first ClOrdID of its chain, or the OrderID of one that has none; None: no order matched."""
    accepted_clordid: str | None = None
    """The version that the venue works."""
    pending_clordids: tuple[str, ...] | None = None
    """What the sender has asked for and has no last answer to."""
    cum_qty: str | None = None
    leaves_qty: str | None = None
    order_qty: str | None = None
    ord_status: str | None = None
    books_trade: bool | None = None
    """Whether position or profit and loss move."""
    request_rejected: str | None = None
    """The request that came to nothing."""
    stale_ignored: bool | None = None
    """Whether the message is older than what is known, and changes nothing."""
    quarantined: bool | None = None
    """Whether the message is set aside for a person."""
    unmatched: bool | None = None
    """Whether the message is about no order of the sender's."""
    overfill_qty: str | None = None
    """What traded beyond OrderQty(38)."""
    avg_px: str | None = None
    """Of the executions that stand, to ten decimals."""
    day_order_qty: str | None = None
    day_cum_qty: str | None = None


class Step(msgspec.Struct, frozen=True):
    """One message, or one event outside FIX."""

    t: str
    dir: Literal["B>S", "S>B", "OOB"]
    msg: str
    tags: dict[int, str] = {}
    expect: Expected | None = None
    accept_alt: tuple[dict[int, str], ...] = ()

    @property
    def alternatives(self) -> tuple[Expected, ...]:
        """How the order may stand after the step: as expected first, then as is tolerated. Empty where nothing is asserted."""
        if self.expect is None:
            return ()
        others = [{_EXPECTED_BY_TAG[tag]: value for tag, value in tags.items()} for tags in self.accept_alt]
        return (self.expect, *(replace(self.expect, **changes) for changes in others))


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


Course = tuple[Step, ...]
"""The steps of one case in the order in which they happen."""


def load(path: Path) -> tuple[Scenario, ...]:
    """The matrices of a scenario file. Raises ScenarioUnreadable."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except OSError as failure:
        raise ScenarioUnreadable(f"{path}: {failure.strerror}") from failure
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        raise ScenarioUnreadable(f"{path}: {failure}") from failure
    try:
        file = msgspec.convert(found, File, strict=False)
    except msgspec.ValidationError as failure:
        raise ScenarioUnreadable(f"{path}: {_placed(str(failure), found)}") from failure
    if file.schema_version != SCHEMA_VERSION:
        raise ScenarioUnreadable(f"{path}: schema_version is {file.schema_version}; this reads {SCHEMA_VERSION}")
    for wrong in _wrong(file):
        raise ScenarioUnreadable(f"{path}: {wrong}")
    return file.scenarios


def crossings(case: Case) -> tuple[Course, ...]:
    """The case as it is, and with each pair of messages that cross in the other order too."""
    courses: list[Course] = [()]
    for _, together in groupby(case.steps, key=lambda step: step.t):
        steps = tuple(together)
        ways = [steps] if len({step.dir for step in steps} - {OUT_OF_BAND}) < 2 else [steps, steps[::-1]]
        courses = [course + way for course in courses for way in ways]
    return tuple(courses)


def courses(scenarios: Iterable[Scenario]) -> dict[str, Course]:
    """Every course of every case by its name: the matrix, the case and the course's number from 1, with slashes between."""
    return {
        f"{scenario.id}/{case.case}/{number}": course
        for scenario in scenarios
        for case in scenario.cases
        for number, course in enumerate(crossings(case), start=1)
    }


def _placed(failure: str, found: Any) -> str:
    """`failure` with the place that it names by position named as people know it."""
    _, _, place = failure.partition("`$.scenarios")
    names: list[str] = []
    for number, (inside, name) in zip(_PLACE.findall(place), _NAMES, strict=False):
        found = found[inside][int(number)]
        if not isinstance(found, Mapping):
            break
        label = f"step {int(number) + 1} (t={found.get(name)})" if inside == "steps" else found.get(name, f"number {number}")
        names.append(str(label))
    return f"{', '.join(names)}: {failure}" if names else failure


def _wrong(file: File) -> list[str]:
    """What no type says: where, and why."""
    wrong: list[str] = []
    ids = [scenario.id for scenario in file.scenarios]
    wrong += [f"{one} is there twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    for scenario in file.scenarios:
        names = [case.case for case in scenario.cases]
        wrong += [f"{scenario.id}, {one}: is there twice" for one in sorted({one for one in names if names.count(one) > 1})]
        for case in scenario.cases:
            for number, step in enumerate(case.steps, start=1):
                if why := _wrong_step(step):
                    wrong.append(f"{scenario.id}, {case.case}, step {number} (t={step.t}): {why}")
    return wrong


def _wrong_step(step: Step) -> str:
    """Why the step cannot be; empty when it can."""
    if step.msg not in _MSG_TYPES[step.dir]:
        return f"msg {step.msg!r} does not go {step.dir}: {', '.join(sorted(_MSG_TYPES[step.dir]))} do"
    if step.dir == FROM_VENUE:
        for tag in sorted(_NUMBERS & step.tags.keys()):
            if not _DECIMAL.fullmatch(step.tags[tag]):
                return f"tag {tag} is {step.tags[tag]!r}, not a number"
    if unknown := {tag for tags in step.accept_alt for tag in tags} - set(_EXPECTED_BY_TAG):
        return f"accept_alt: nothing is expected of tag {min(unknown)}"
    return ""
