"""One course on the wire, step by step: the client asks, the venue hears and says, and the order must stand as expected."""

import time
from decimal import Decimal

from gateway.simulator.playing import Play, Unexpected
from gateway.simulator.scenario import FROM_VENUE, TO_VENUE, Course, Expected, Step
from oms.domain.refusal import Refusal
from tests.conformance.client import CannotAsk, Client, Refused, Standing
from tests.conformance.venue import Venue

_NUMBERS = ("cum_qty", "leaves_qty", "order_qty")
_NAMES = ("accepted_clordid", "ord_status")
_LOOKS = frozenset({*_NUMBERS, *_NAMES, "order", "pending_clordids", "books_trade", "request_rejected", "stale_ignored"})
"""What can be seen of an order. Anything else that a scenario expects counts as not met."""
Standings = dict[tuple[str, str], Standing]


class Part:
    """A course in one pass of a run. It stops at its first failure."""

    def __init__(self, name: str, run: str, course: Course, *, is_printed: bool) -> None:
        """`name` is the course's; `run` is another in each pass; `is_printed`: the case's own order of crossing messages."""
        self.name = name
        self.course = course
        self.failure = ""
        """The step and the difference; empty while all is well."""
        self.at_the_end: Standings = {}
        self._key = f"{run}/{name}"
        self._is_printed = is_printed
        self._play = Play(name, course, f"{run}-{name}")
        self._answered_here: set[str] = set()
        """Requests that the gateway refused rightly: the venue never hears of them, and answers none."""
        self._asked: set[str] = set()
        self._before: Standings = {}

    async def take(self, number: int, client: Client, venue: Venue) -> None:
        """Step `number`, from 0. What goes wrong is kept in `failure`."""
        step = self.course[number]
        try:
            if step.dir == TO_VENUE:
                await self._ask(step, client, venue)
            elif step.dir == FROM_VENUE:
                self._say(step, venue)
        except (Refused, CannotAsk, Unexpected) as failure:
            self.fail(number, str(failure))
        except TimeoutError:
            self.fail(number, "the venue never heard it, or the gateway never answered")

    def look(self, number: int, found: Standings) -> None:
        """Whether the order stands as step `number` expects. Of a crossing, both sides have been played before anybody looks."""
        own = self._own(found)
        following = self.course[number + 1] if number + 1 < len(self.course) else None
        if self.failure or (following is not None and following.t == self.course[number].t):
            return
        together = [step for step in self.course[: number + 1] if step.t == self.course[number].t]
        asserted = [step for step in together if step.expect is not None]
        if asserted:
            differences = [self._differences(wanted, own) for wanted in asserted[-1].alternatives]
            if all(differences):
                self.fail(number, "; ".join(differences[0]))
        self._before = self.at_the_end = own

    def compare(self, number: int, before: Standings, after: Standings) -> None:
        """A kill after step `number` must change nothing."""
        if self._own(before) != self._own(after):
            self.fail(number, f"stood {_told(self._own(before))} before the kill, and {_told(self._own(after))} after it")

    def fail(self, number: int, why: str) -> None:
        step = self.course[number]
        self.failure = self.failure or f"step {number + 1} (t={step.t}, {step.msg} {step.dir}): {why}"

    def _own(self, found: Standings) -> Standings:
        return {(course, name): standing for (course, name), standing in found.items() if course == self._key}

    async def _ask(self, step: Step, client: Client, venue: Venue) -> None:
        name = step.tags.get(11, "")
        try:
            cl_ord_id = await client.ask(self._key, step)
        except Refused as refused:
            if not self._is_right(refused, step):
                raise
            self._answered_here.add(name)
            self._play.skip()
            return
        if self._is_of_nobody(step):
            raise CannotAsk("the gateway took a request about an order that it does not know")
        self._asked.add(name)
        self._play.hear(await venue.hear(step.msg, cl_ord_id))

    def _is_right(self, refused: Refused, step: Step) -> bool:
        """An order that nobody knows, or one that a fill which came first has ended: we need not ask the venue to hear it."""
        if refused.refusal == Refusal.UNKNOWN_ORDER.value:
            return self._is_of_nobody(step)
        return refused.refusal == Refusal.TOO_LATE.value and not self._is_printed

    def _is_of_nobody(self, step: Step) -> bool:
        return step.msg in {"F", "G"} and step.tags.get(41) not in self._asked

    def _say(self, step: Step, venue: Venue) -> None:
        if step.tags.get(11) in self._answered_here:
            self._play.skip()
        else:
            venue.say(self._play.say(time.time_ns()))

    @property
    def play(self) -> Play:
        """The venue's side."""
        return self._play

    # --- looking ------------------------------------------------------------------------------------------------------

    def _differences(self, wanted: Expected, found: Standings) -> list[str]:
        """Every expectation that is not met."""
        unseen = [f"{name}: nothing tells" for name in wanted.__struct_fields__ if self._is_unseen(wanted, name)]
        if wanted.order is None:
            return [*unseen, *self._not_refused(wanted)]
        standing = found.get((self._key, wanted.order))
        if standing is None:
            return [f"there is no order {wanted.order}"]
        before = self._before.get((self._key, wanted.order))
        pending = wanted.pending_clordids
        if pending is not None:  # What was never sent waits for nothing.
            pending = tuple(name for name in pending if name not in self._answered_here)
        differences = [
            *(_other(name, getattr(wanted, name), getattr(standing, name)) for name in _NAMES),
            _other("pending_clordids", pending, standing.pending_clordids),
            *(_other_number(name, getattr(wanted, name), getattr(standing, name)) for name in _NUMBERS),
            _other("books_trade", wanted.books_trade, _economics(before) != _economics(standing)),
            _other("stale_ignored", wanted.stale_ignored, before == standing),
        ]
        return [*unseen, *filter(None, differences), *self._not_refused(wanted, standing.refused_clordids)]

    def _is_unseen(self, wanted: Expected, name: str) -> bool:
        return name not in _LOOKS and getattr(wanted, name) not in (None, False)

    def _not_refused(self, wanted: Expected, refused: tuple[str, ...] = ()) -> list[str]:
        name = wanted.request_rejected
        if name is None or name in refused or name in self._answered_here:
            return []
        return [f"request {name} has not come to nothing"]


def _other(name: str, wanted: object, found: object) -> str:
    """The difference; empty where there is none, or nothing is asserted."""
    return "" if wanted is None or wanted == found else f"{name} is {found} instead of {wanted}"


def _other_number(name: str, wanted: str | None, found: str) -> str:
    return "" if wanted is None or Decimal(wanted) == Decimal(found) else f"{name} is {found} instead of {wanted}"


def _economics(standing: Standing | None) -> tuple[Decimal, str]:
    """What position and profit or loss are made of."""
    return (Decimal(0), "") if standing is None else (Decimal(standing.cum_qty), standing.avg_px)


def _told(found: Standings) -> str:
    return ", ".join(str(standing) for standing in found.values()) or "nowhere"
