"""The two roles of a conformance run, and what the second one can see."""

from collections.abc import Mapping
from enum import Enum

from msgspec.structs import replace

from gateway.simulator.scenario import Course, Expected, Step


class Role(Enum):
    """Who the gateway's client is. The value is the word of the command line."""

    GRPC = "grpc"
    FIX = "fix"

    @property
    def title(self) -> str:
        return {Role.GRPC: "buy side (client by gRPC)", Role.FIX: "client by FIX (both sides)"}[self]


BEGINS_AT_VENUE = {
    "E.1.a": "the order is given by telephone",
    "F.1.c/voice_order_executes_first": "the order given by voice is executed before the one by FIX is refused",
}
"""Orders that no client sent, by the beginnings of their courses' names. How they stand is judged by gRPC alone: a client by FIX
is told of its own orders only. There it is judged that it hears nothing of them, and that its own order stands as expected."""


def seen_by(role: Role, courses: Mapping[str, Course]) -> dict[str, Course]:
    """The courses with what this role's client must see."""
    if role is Role.GRPC:
        return dict(courses)
    return {name: _of_its_own(course) if name.startswith(tuple(BEGINS_AT_VENUE)) else course for name, course in courses.items()}


def _of_its_own(course: Course) -> Course:
    own = {step.tags[11] for step in course if step.msg == "D"}
    return tuple(step if _is_own(step, own) else replace(step, expect=Expected(order=None, unmatched=True)) for step in course)


def _is_own(step: Step, own: set[str]) -> bool:
    return step.expect is None or step.expect.order in own
