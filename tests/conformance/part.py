"""One course on the wire, step by step: the client asks, the venue hears and says, and the order must stand as expected."""

import time
from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from gateway.simulator.playing import Play, Unexpected
from gateway.simulator.scenario import CL_ORD_IDS, EXEC_IDS, FROM_VENUE, ORDER_ID, TO_VENUE, Course, Expected, Step
from oms.domain.refusal import Refusal
from oms.domain.report import NO_ORDER_ID
from tests.conformance.client import AlreadyAsked, AnsweredHere, CannotAsk, Client, Refused, Standing
from tests.conformance.venue import Venue

_NUMBERS = ("cum_qty", "leaves_qty", "order_qty", "overfill_qty", "day_order_qty", "day_cum_qty")
_NAMES = ("accepted_clordid", "ord_status")
_AVERAGE, _CENT = Decimal("1e-10"), Decimal("0.01")
_ANSWERS = frozenset({"8", "I"})
"""ExecType(150) of what a venue says to a ClOrdID that it had before."""
_STATUS = "I"
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
        self.key = f"{run}/{name}"
        self._is_printed = is_printed
        self._play = Play(name, tuple(map(_without_poss_resend, course)), self.key)
        self._answered_here: set[str] = set()
        """Requests that the gateway refused rightly: the venue never hears of them, and answers none."""
        self._told: dict[str, Mapping[int, str]] = {}
        """The refusals in FIX, by the request: each must say what the venue would have said."""
        self._repeated: list[str] = []
        """Used ClOrdIDs that the gateway answered for itself: the venue's next answer about each is never given."""
        self._statuses = 0
        """Questions that the gateway answered for itself: so many statuses of the venue are never given."""
        self._said: Step | None = None
        """What the venue said in this step."""
        self._asked: set[str] = set()
        self._before: Standings = {}

    async def take(self, number: int, client: Client, venue: Venue) -> None:
        """Step `number`, from 0. What goes wrong is kept in `failure`."""
        step = self.course[number]
        self._said = None
        try:
            if step.dir == TO_VENUE:
                await self._ask(step, client, venue)
            elif step.dir == FROM_VENUE:
                self._say(step, venue)
        except (Refused, AlreadyAsked, AnsweredHere, CannotAsk, Unexpected) as failure:
            self.fail(number, str(failure) or type(failure).__name__)
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
        return {(course, name): standing for (course, name), standing in found.items() if course == self.key}

    async def _ask(self, step: Step, client: Client, venue: Venue) -> None:
        name = step.tags.get(11, "")
        try:
            cl_ord_id = await client.ask(self.key, step)
        except (Refused, AlreadyAsked) as answer:
            if not self._is_right(answer, step):
                raise
            (self._repeated.append if name in self._asked else self._answered_here.add)(name)
            if isinstance(answer, Refused) and answer.told is not None:
                self._told[name] = answer.told
            self._play.skip()
            return
        except AnsweredHere:
            if self._is_of_nobody(step):
                raise
            self._statuses += 1
            self._play.skip()
            return
        if self._is_of_nobody(step):
            raise CannotAsk("the gateway took a request about an order that it does not know")
        self._asked.add(name)
        self._play.hear(await venue.hear(step.msg, cl_ord_id))

    def _is_right(self, answer: Refused | AlreadyAsked, step: Step) -> bool:
        """Whether the venue need not hear it: the order is nobody's, or ended by a fill that came first, or the id is used."""
        if isinstance(answer, AlreadyAsked):
            return step.tags.get(97) == "Y"
        match answer.refusal:
            case Refusal.UNKNOWN_ORDER.value:
                return self._is_of_nobody(step)
            case Refusal.TOO_LATE.value:
                return not self._is_printed
            case Refusal.DUPLICATE_CLIENT_ORDER_ID.value:
                return step.tags.get(11) in self._asked and 97 not in step.tags
            case _:
                return False

    def _is_of_nobody(self, step: Step) -> bool:
        """Whether it is about an order that was never sent."""
        about = {"F": 41, "G": 41, "H": 11}.get(step.msg)
        return about is not None and step.tags.get(about) not in self._asked

    def _say(self, step: Step, venue: Venue) -> None:
        name = step.tags.get(11, "")
        is_repeated = name in self._repeated and (step.msg == "9" or step.tags.get(150) in _ANSWERS)
        if is_repeated:
            self._repeated.remove(name)
            self._answered_here.add(f"{name} again")
        is_status = bool(self._statuses) and step.tags.get(150) == _STATUS and name not in self._answered_here
        self._statuses -= is_status
        if is_repeated or is_status or name in self._answered_here:
            self._play.skip()
            self._compare_refusal(step, self._told.pop(name, None))
        else:
            venue.say(self._play.say(time.time_ns()))
            self._said = step

    def _compare_refusal(self, step: Step, told: Mapping[int, str] | None) -> None:
        """Raises Unexpected where the gateway's own refusal says anything else than the venue's would have said."""
        wanted = {35: step.msg} | {tag: value for tag, value in step.tags.items() if not _is_name(tag, value)}
        differences = [
            f"tag {tag} is {told.get(tag, 'not told')} instead of {value}"
            for tag, value in wanted.items()
            if told is not None and told.get(tag) != value
        ]
        if differences:
            raise Unexpected(f"the client is refused in other words: {'; '.join(differences)}")

    @property
    def play(self) -> Play:
        """The venue's side."""
        return self._play

    # --- looking ------------------------------------------------------------------------------------------------------

    def _differences(self, wanted: Expected, found: Standings) -> list[str]:
        """Every expectation that is not met."""
        if wanted.order is None:
            is_touched = wanted.unmatched and found != self._before
            return [*(["an order of ours has changed"] if is_touched else []), *self._not_refused(wanted)]
        standing = found.get((self.key, wanted.order))
        if standing is None:
            return [f"there is no order {wanted.order}"]
        before = self._before.get((self.key, wanted.order))
        pending = wanted.pending_clordids
        if pending is not None:  # What was never sent waits for nothing.
            pending = tuple(name for name in pending if name not in self._answered_here)
        differences = [
            *(_other(name, getattr(wanted, name), getattr(standing, name)) for name in _NAMES),
            _other("pending_clordids", pending, standing.pending_clordids),
            *(_other_number(name, getattr(wanted, name), getattr(standing, name)) for name in _NUMBERS),
            _other("books_trade", wanted.books_trade, _economics(before) != _economics(standing)),
            _other("exec_type", self._exec_type(wanted, standing), standing.exec_type),
            _other("avg_px", _average(wanted.avg_px), _average(standing.avg_px or "0")),
            _other("unmatched", wanted.unmatched, wanted.order not in self._asked),
            "it has changed" if (wanted.stale_ignored or wanted.quarantined) and before != standing else "",
        ]
        return [*filter(None, differences), *self._not_refused(wanted, standing.refused_clordids)]

    def _exec_type(self, wanted: Expected, standing: Standing) -> str | None:
        """What a client that is told of each report must have heard by now; None where there is nothing new to hear."""
        said = self._said
        if said is None or standing.exec_type is None or wanted.stale_ignored or wanted.quarantined:
            return None
        return said.tags.get(150) if said.msg == "8" else ""

    def _not_refused(self, wanted: Expected, refused: tuple[str, ...] = ()) -> list[str]:
        name = wanted.request_rejected
        if name is None or {name, f"{name} again"} & {*refused, *self._answered_here}:
            return []
        return [f"request {name} has not come to nothing"]


def _is_name(tag: int, value: str) -> bool:
    """Whether the value holds within the scenario only."""
    return tag in CL_ORD_IDS | EXEC_IDS or (tag == ORDER_ID and value != NO_ORDER_ID)


def _other(name: str, wanted: object, found: object) -> str:
    """The difference; empty where there is none, or nothing is asserted."""
    return "" if wanted is None or wanted == found else f"{name} is {found} instead of {wanted}"


def _other_number(name: str, wanted: str | None, found: str | None) -> str:
    if wanted is None or (found and Decimal(wanted) == Decimal(found)):
        return ""
    return f"{name} is {found or 'not told'} instead of {wanted}"


def _average(px: str | None) -> Decimal | None:
    """As scenarios round it."""
    return None if px is None else Decimal(px).quantize(_AVERAGE)


def _without_poss_resend(step: Step) -> Step:
    """PossResend(97) is the sender's own doubt; whether the gateway has one towards the venue is the gateway's affair."""
    is_doubt = step.dir == TO_VENUE and 97 in step.tags
    return replace(step, tags={tag: value for tag, value in step.tags.items() if tag != 97}) if is_doubt else step


def _economics(standing: Standing | None) -> Decimal:
    """What the executions are worth: a split changes their quantity and their price, and trades nothing."""
    if standing is None or not standing.avg_px:
        return Decimal(0)
    return (Decimal(standing.cum_qty) * Decimal(standing.avg_px)).quantize(_CENT)


def _told(found: Standings) -> str:
    return ", ".join(str(standing) for standing in found.values()) or "nowhere"
