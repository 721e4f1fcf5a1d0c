"""A conformance run: every course of every matrix at once in one installation, without kills, then with one after each step."""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
from msgspec.structs import replace

from gateway.simulator.scenario import Course, Step
from oms.domain.events import ReportDiffered, ReportQuarantined
from oms.domain.exec_inst import ExecInst
from ops import settings as files
from tests.conformance.client import Client, Standing
from tests.conformance.fix_client import FixClient
from tests.conformance.grpc_client import GrpcClient, is_ready
from tests.conformance.part import Part, Standings
from tests.conformance.role import Role, seen_by
from tests.conformance.scenarios import matrix
from tests.conformance.venue import Venue
from tests.crash import evidence
from tests.crash.gateway import Unanswered
from tests.support.client import NAME
from tests.support.installation import Installation
from tests.support.polling import eventually_async

PRINCIPAL = "trader/desk1"
ENGINE = "engine"
READY_S_MAX = 60.0
HEARD_S_MAX = 15.0
_TAKES = """[takes]
ord_types = ["MARKET", "LIMIT", "STOP", "STOP_LIMIT"]
times_in_force = [
    "DAY", "GOOD_TILL_CANCEL", "AT_THE_OPENING",
    "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL", "GOOD_TILL_DATE", "AT_THE_CLOSE",
]
exec_insts = EXEC_INSTS
instructions = ["locate", "min_qty", "max_floor", "cash_order_qty", "custom_tags"]
mass_status = false
""".replace("EXEC_INSTS", json.dumps([inst.name for inst in ExecInst]))
"""The venue of the matrices takes what they send, and is asked about each order by itself."""
_BOOKS_NOTHING = frozenset({"I", "D"})
"""ExecType(150) Order Status and Restated."""
_SETTINGS = {
    "lot": '"1"',
    "reference_age_ms_max": "86400000",
    "price_collar_bps": '"5000"',
    "passive_collar_bps": '"5000"',
}
"""Quantities and prices are the scenarios', and the venue's one quote is good for the day."""


class NotWell(Exception):
    """The installation did not come up, or not come back: says how it stands."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of every course."""

    courses: int
    courses_passed: int
    crash_points: int
    crash_points_passed: int
    failures: tuple[tuple[str, str], ...]
    """Course, and what went wrong first."""

    @property
    def failed(self) -> frozenset[str]:
        """The matrices that did not pass."""
        return frozenset(matrix(name) for name, _ in self.failures)


class Run:
    """One installation with its client and its venue."""

    def __init__(self, running: Installation, gateway: GrpcClient, client: Client, venue: Venue) -> None:
        """`gateway` is asked how the sessions are, whoever the client is."""
        self._running = running
        self._gateway = gateway
        self._client = client
        self._venue = venue
        self._orders, *_ = running.settings.sessions
        self._victims = (ENGINE, self._orders, *([NAME] if running.client_port else []))
        self._began_s = time.monotonic()

    async def interleavings(self, courses: Mapping[str, Course]) -> list[Part]:
        """Every course to its end, in lockstep."""
        parts = self._parts("plain", courses)
        for number in range(_longest(parts)):
            if not _playing(parts, number):
                break
            await self._step(parts, number)
        self._no_repetition(parts)
        return parts

    async def crash_points(self, courses: Mapping[str, Course], rounds: int) -> tuple[list[Part], int]:
        """The same, and after each of the first `rounds` steps the engine or a worker is killed. Also: how many points passed."""
        parts = self._parts("crash", courses)
        passed = 0
        for number in range(_longest(parts)):
            if not _playing(parts, number):
                break
            before = await self._step(parts, number)
            if number >= rounds:
                continue
            await self._kill(self._victims[number % len(self._victims)], number)
            after = await self._client.standing()
            for part in _playing(parts, number):
                part.compare(number, before, after)
                passed += not part.failure
        self._no_repetition(parts)
        return parts, passed

    async def ready(self, session: str = "", grant: int = 0) -> None:
        """Until every session takes business, and `session` under a later grant than this."""

        async def is_so() -> bool:
            try:
                sessions = await self._gateway.sessions()
            except Unanswered:
                return False
            return all(map(is_ready, sessions.values())) and (not session or sessions[session].grant > grant)

        try:
            _: bool = await eventually_async(is_so, READY_S_MAX)
        except AssertionError as failure:
            raise NotWell(f"not ready after {READY_S_MAX:.0f} s\n{self._running.ends_of_logs()}") from failure

    def say(self, what: str) -> None:
        print(f"{time.monotonic() - self._began_s:7.1f} s: {what}", file=sys.stderr, flush=True)

    def _parts(self, run: str, courses: Mapping[str, Course]) -> list[Part]:
        parts = [Part(name, run, course, is_printed=name.endswith("/1")) for name, course in courses.items()]
        self._venue.plays += [part.play for part in parts]
        return parts

    async def _step(self, parts: Sequence[Part], number: int) -> Standings:
        """Step `number` of every course that has one; returns how all orders stand when the gateway has heard everything."""
        playing = _playing(parts, number)
        odd = {part.key: kind for part in playing if (kind := _alarm(part.course[number]))}
        before = await self._alarms() if odd else Counter[str]()
        await asyncio.gather(*(part.take(number, self._client, self._venue) for part in playing))
        await self._heard()
        found = await self._client.standing()
        for part in playing:
            part.look(number, found)
        untold = Counter(odd.values()) - (await self._alarms() - before) if odd else Counter[str]()
        for part in playing:
            if odd.get(part.key) in untold:
                part.fail(number, f"nobody was told: there is no {odd[part.key]} of it")
        failed = sum(bool(part.failure) for part in parts)
        self.say(f"step {number + 1} of {len(playing)} courses, {failed} of {len(parts)} failed so far")
        return found

    async def _alarms(self) -> Counter[str]:
        """How many records of each kind the journal holds."""
        return await evidence.kinds(self._running.dsn)

    async def _heard(self) -> None:
        """Until the gateway's journal holds all that the venue has said."""
        said = self._venue.next_sender

        async def is_so() -> bool:
            try:
                return (await self._gateway.sessions())[self._orders].next_target >= said
            except Unanswered:
                return False

        try:
            _: bool = await eventually_async(is_so, HEARD_S_MAX)
        except AssertionError as failure:
            raise NotWell(f"MsgSeqNum {said} was not expected in time\n{self._running.ends_of_logs()}") from failure

    async def _kill(self, victim: str, number: int) -> None:
        session = self._orders if victim == ENGINE else victim
        grant = (await self._gateway.sessions())[session].grant
        pid = self._running.kill(victim)
        self.say(f"killed {victim} {pid} after step {number + 1}")
        await self.ready(session, grant)
        await self._heard()

    def _no_repetition(self, parts: Sequence[Part]) -> None:
        """What came twice, or was never asked for, is wrong wherever it belongs."""
        for course, told in self._client.told_wrongly():
            for part in parts:
                if course in {"", part.key}:
                    part.fail(len(part.course) - 1, f"the client was told {told}")
        for what in (*self._venue.heard_again, *self._venue.unclaimed):
            owner = next((part for part in parts if part.play.knows(what.rpartition(" ")[2])), None)
            for part in [owner] if owner is not None else parts:
                part.fail(len(part.course) - 1, f"the venue heard {what} that nobody asked for, or twice")


async def run(folder: Path, role: Role, courses: Mapping[str, Course], rounds: int = sys.maxsize) -> Outcome:
    """All courses in an empty folder, and again with a kill after each of the first `rounds` steps. Raises NotWell."""
    running = Installation(folder, has_client=role is Role.FIX)
    comp_id = f"VENUE{running.broker_port}"
    _set_up(running, comp_id)
    venue = Venue(running.broker_port, comp_id, folder / "venue")
    identity = running.identity(PRINCIPAL)  # Before the supervisor, which makes no certificates where there are some.
    venue.start()
    try:
        running.start_up()
        async with AsyncExitStack() as stack:
            gateway = await stack.enter_async_context(GrpcClient(running.address, PRINCIPAL, identity))
            client: Client = gateway
            if role is Role.FIX:
                client = await stack.enter_async_context(FixClient(running.client_port, folder / "client", gateway))
            play = Run(running, gateway, client, venue)
            await play.ready()
            play.say(f"{role.title} is ready: {len(courses)} courses")
            seen = seen_by(role, courses)
            plain = await play.interleavings(seen)
            crashed, points_passed = await play.crash_points(seen, rounds)
            return _outcome(plain, crashed, points_passed, rounds)
    finally:
        await asyncio.to_thread(running.stop)
        await asyncio.to_thread(venue.stop)


def _outcome(plain: list[Part], crashed: list[Part], points_passed: int, rounds: int) -> Outcome:
    """However its messages cross, a case ends the same; kills or none, a course does."""
    _same_ends(plain)
    for before, after in zip(plain, crashed, strict=True):
        ends = [list(part.at_the_end.values()) for part in (before, after)]
        if not before.failure and not after.failure and ends[0] != ends[1]:
            after.fail(len(after.course) - 1, f"ends as {ends[1]}, and without kills as {ends[0]}")
    failures = [(part.name, part.failure) for part in plain if part.failure]
    failures += [(part.name, f"with kills: {part.failure}") for part in crashed if part.failure]
    return Outcome(
        courses=len(plain),
        courses_passed=sum(not part.failure for part in plain),
        crash_points=sum(min(len(part.course), rounds) for part in crashed),
        crash_points_passed=points_passed,
        failures=tuple(failures),
    )


def _same_ends(parts: Sequence[Part]) -> None:
    """A request that came too late may have been refused by the venue or here: the order stands the same."""
    first: dict[str, list[Standing]] = {}
    for part in parts:
        end = [replace(standing, refused_clordids=(), exec_type=None) for standing in part.at_the_end.values()]
        wanted = first.setdefault(part.name.rpartition("/")[0], end)
        if not part.failure and end != wanted:
            part.fail(len(part.course) - 1, f"ends as {end}, and in the order that is printed as {wanted}")


def _set_up(running: Installation, comp_id: str) -> None:
    """The files of the development environment for this venue: every run in one process has sessions of its own."""
    text = running.file.read_text()
    for key, value in _SETTINGS.items():
        text, count = re.subn(rf"^{key} = \S+", f"{key} = {value}", text, flags=re.MULTILINE)
        assert count, f"no line sets {key}"
    running.file.write_text(text)
    counterparty = running.folder / "simbroker.toml"
    text = counterparty.read_text().partition("[takes]")[0] + _TAKES
    text = text.replace('unknown_orders = "quarantine"', 'unknown_orders = "adopt"')
    counterparty.write_text(text.replace('target_comp_id = "SIMBROKER"', f'target_comp_id = "{comp_id}"'))
    running.settings = files.load(running.file)


def _alarm(step: Step) -> str:
    """The kind of record by which a person hears of an impossible report; empty where the step has none.

    A status and a restatement book nothing, so that there is nothing to set aside: they tell otherwise than we hold.
    """
    if step.expect is None or not step.expect.quarantined:
        return ""
    return (ReportDiffered if step.tags.get(150) in _BOOKS_NOTHING else ReportQuarantined).__name__


def _longest(parts: Sequence[Part]) -> int:
    return max((len(part.course) for part in parts), default=0)


def _playing(parts: Sequence[Part], number: int) -> list[Part]:
    return [part for part in parts if not part.failure and number < len(part.course)]
