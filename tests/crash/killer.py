"""Kills one process after the other by a seeded plan: in rounds, so that each has its turn, and some before all is well again."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

from tests.crash.account import Outage
from tests.crash.losses import Losses
from tests.support.installation import BROKER, JOURNAL, Installation
from tests.support.polling import eventually_async

IMPATIENCE = 0.3
"""How often the next kill does not wait until business is possible again."""
PAUSE_S_MAX = 1.2
HANGS = 0.5
"""How often the victim hangs for a moment before it dies: what comes in meanwhile is in its buffers, and dies with it."""
HANG_S_MAX = 0.3
COPIES = 0.5
"""How often a worker's files are copied before it dies, to come back after a later death."""
AWAY_S_MAX = 1.0
"""How long the broker stays dead before it is started again; the supervisor has its own mind about the others."""
ALIVE_S_MAX = 60.0
WORKER = "worker"
BEFORE_NS = 3_000_000_000
"""A request that was made this much before a kill may come to nothing by it: it may be held up, and expire in a queue."""

Say = Callable[[str], None]


class Killer:
    """The plan, and what came of it."""

    def __init__(
        self, running: Installation, chance: random.Random, ready: Callable[[], Awaitable[None]], say: Say, losses: float
    ) -> None:
        """losses: how often a worker loses files as well, or the broker its sent.log, from 0 to 1.

        Then nobody can say what the worker sent, and the broker sends all its reports again under the same ExecIDs.
        """
        self.kills: Counter[str] = Counter()
        self.outages: list[Outage] = []
        self._running = running
        self._chance = chance
        self._ready = ready
        self._say = say
        self._losses = losses
        orders, market_data = running.settings.sessions
        self.victims = {
            "engine": "engine",
            "journal": JOURNAL,
            WORKER: orders,
            "market data": market_data,
            "postgres": "postgres",
            BROKER: BROKER,
        }
        """Their names in the summary, and in the installation."""
        folder = running.settings.data / "fix" / orders
        self._files = Losses(folder, running.folder / "older", chance)

    async def run(self, kills: int) -> None:
        """Kill so many times, and return when all is well again."""
        began_ns = 0
        for number, victim in zip(range(1, kills + 1), self._victims(), strict=False):
            if not began_ns or self._chance.random() > IMPATIENCE:
                await self._well(began_ns)
                began_ns = 0
            await asyncio.sleep(self._chance.uniform(0, PAUSE_S_MAX))
            began_ns = began_ns or time.time_ns() - BEFORE_NS
            pid = await self._kill(victim)
            self.kills[victim] += 1
            self._say(f"kill {number} of {kills}: {victim} {pid}")
        await self._well(began_ns)

    async def _well(self, began_ns: int) -> None:
        await self._ready()
        if began_ns:
            self.outages.append(Outage(began_ns, time.time_ns()))

    async def _kill(self, victim: str) -> int:
        name = self.victims[victim]
        await eventually_async(lambda: self._running.pid(name), ALIVE_S_MAX)
        if victim == WORKER and self._chance.random() < COPIES:
            self._files.keep()
        if self._chance.random() < HANGS:
            self._running.pause(name)
            await asyncio.sleep(self._chance.uniform(0, HANG_S_MAX))
        pid = self._running.kill(name)
        if self._chance.random() < self._losses:
            self._lose(victim)
        if name == BROKER:
            await asyncio.sleep(self._chance.uniform(0, AWAY_S_MAX))
            self._running.start_broker()
        return pid

    def _lose(self, victim: str) -> None:
        if victim == WORKER:
            self._say(f"{victim}: {self._files.lose()}")
        elif victim == BROKER:
            (self._running.ledger.parent / "sent.log").unlink(missing_ok=True)

    def _victims(self) -> Iterator[str]:
        while True:
            yield from self._chance.sample(list(self.victims), len(self.victims))
