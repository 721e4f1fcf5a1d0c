"""UsageService: how much of each limit is used, now and as it changes.

Nothing is kept for a stream but what it was told last. Each looks at how things stand when it may tell again: what changed often
meanwhile is told once, and who reads slowly keeps nobody waiting. A look is taken in pieces: the engine's loop never waits for a
whole sheet.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeVar

from gateway.api.v1 import usage_pb2
from gateway.api.v1 import usage_service_pb2 as api
from gateway.control.access import caller
from gateway.control.handlers import Write
from gateway.control.identity import Principal, Role
from gateway.control.status import EdgeRefusal, Refused
from gateway.facts import Fact
from gateway.state import State
from oms.domain.numbers import plain
from risk.limit import Limit
from risk.scope import FIRM, Dimension, NoScope, Scope, parse
from risk.usage import Used, counted, used

T = TypeVar("T")
PIECE_LIMITS = 250
"""So many limits are looked at in one go: a millisecond or less."""
MESSAGE_USAGES = 1_000
INTERVAL_MS, INTERVAL_MS_MIN, INTERVAL_MS_MAX = 1_000, 100, 60_000
SILENCE_S = 10.0
"""After so long without a fact it is looked at all the same: limits begin and end by the clock."""
_SEES_ALL = frozenset({Role.RISK, Role.OPERATOR})


class Engine(Protocol):
    """What the service needs of the engine."""

    async def look(self, view: Callable[[State], T]) -> T: ...
    def subscribe(self, sink: Callable[[Sequence[Fact]], None]) -> Callable[[], None]: ...


class UsageService:
    """One method for each RPC of the contract."""

    def __init__(self, engine: Engine, silence_s: float = SILENCE_S) -> None:
        self._engine = engine
        self._silence_s = silence_s
        self._wakes: set[asyncio.Event] = set()
        self._closing = asyncio.Event()
        self._unsubscribe = engine.subscribe(self._hear)

    async def List(self, request: api.UsageServiceListRequest) -> api.UsageServiceListResponse:
        found = await self._look(_wanted(request.scope, caller()))
        return api.UsageServiceListResponse(usages=map(_shown, found))

    async def Watch(self, request: api.UsageServiceWatchRequest, write: Write) -> None:
        wanted, interval_s = _wanted(request.scope, caller()), _interval_ms(request.interval_ms) / 1_000
        wake = asyncio.Event()
        self._wakes.add(wake)
        told: dict[Limit, Used] | None = None
        try:
            while not self._closing.is_set():
                wake.clear()
                now = {one.limit: one for one in await self._look(wanted)}
                for message in _changes(told, now):
                    await write(message.SerializeToString())
                told = now
                await _set_within(self._closing, interval_s)
                await _set_within(wake, self._silence_s)
        finally:
            self._wakes.discard(wake)
        raise Refused(EdgeRefusal.SHUTTING_DOWN, "the server is going down; ask again, and all is told anew")

    def close(self) -> None:
        """Every stream ends."""
        self._closing.set()
        self._unsubscribe()
        for wake in self._wakes:
            wake.set()

    async def _look(self, wanted: Callable[[Scope], bool]) -> list[Used]:
        """What is used of each limit that is wanted; each piece as it stood when it was looked at, and durable."""
        now_ns = time.time_ns()
        limits = await self._engine.look(
            lambda state: [limit for limit in counted(state.exposures.basis.sheet, now_ns) if wanted(limit.scope)]
        )
        found: list[Used] = []
        for start in range(0, len(limits), PIECE_LIMITS):
            piece = limits[start : start + PIECE_LIMITS]
            found += await self._engine.look(partial(_used, piece))
        return found

    def _hear(self, facts: Sequence[Fact]) -> None:
        """A batch has become durable."""
        for wake in self._wakes:
            wake.set()


async def _set_within(wake: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return  # Time enough has gone by.


def _used(limits: Sequence[Limit], state: State) -> list[Used]:
    """Of a scope that nobody counts any more nothing is told: the next look has other limits."""
    ledger = state.exposures.ledger
    return [used(ledger, limit) for limit in limits if limit.scope in ledger.usages]


def _wanted(text: str, principal: Principal) -> Callable[[Scope], bool]:
    """Which scopes are told of. Raises Refused."""
    try:
        within = parse(text) if text else FIRM
    except NoScope as problem:
        raise Refused(EdgeRefusal.INVALID_FIELD, str(problem), field="scope") from problem
    pairs, sees_all = set(within.pairs), principal.role in _SEES_ALL
    accounts = {(Dimension.ACCOUNT.value, account) for account in principal.accounts}
    return lambda scope: pairs.issubset(scope.pairs) and (sees_all or not accounts.isdisjoint(scope.pairs))


def _interval_ms(asked: int) -> int:
    if asked and not INTERVAL_MS_MIN <= asked <= INTERVAL_MS_MAX:
        problem = f"is {asked}, and must be from {INTERVAL_MS_MIN} to {INTERVAL_MS_MAX}, or 0 for {INTERVAL_MS}"
        raise Refused(EdgeRefusal.INVALID_FIELD, problem, field="interval_ms")
    return asked or INTERVAL_MS


def _changes(told: dict[Limit, Used] | None, now: dict[Limit, Used]) -> Iterator[api.UsageServiceWatchResponse]:
    """What is new since it was told; of the first time all, be it nothing."""
    before = told or {}
    over = [_over(one) for limit, one in before.items() if limit not in now]
    changed = [*over, *(_shown(one) for limit, one in now.items() if before.get(limit) != one)]
    if told is None and not changed:
        yield api.UsageServiceWatchResponse()
    for start in range(0, len(changed), MESSAGE_USAGES):
        yield api.UsageServiceWatchResponse(usages=changed[start : start + MESSAGE_USAGES])


def _over(last: Used) -> usage_pb2.Usage:
    shown = _shown(last)
    shown.is_over = True
    return shown


def _shown(one: Used) -> usage_pb2.Usage:
    percent = one.percent
    return usage_pb2.Usage(
        scope=one.limit.scope.text,
        control=one.limit.control.value,
        limit=plain(one.limit.value),
        used=plain(one.used),
        used_percent="" if percent is None else plain(percent),
        is_exceeded=one.used > one.limit.value,
        unpriced_orders=one.unpriced_orders,
    )
