"""An installation with the clients that trade on it: how they are connected, when all is well again, and what the judge says."""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress

from gateway.simulator import ledger
from oms.domain.chain import OPEN
from tests.crash import evidence
from tests.crash.account import Held, Outage
from tests.crash.gateway import Gateway, Unanswered
from tests.crash.judge import Verdict, judge
from tests.crash.trader import Trader
from tests.support.installation import Installation

ACCOUNTS = {"trader/desk1": "DESK1", "trader/desk2": "DESK2"}
READY_S_MAX = 60.0
SETTLED_S_MAX = 60.0
CAUGHT_UP_S_MAX = 5.0
LOOK_S = 0.1
SHOWN_MAX = 10


class NotWell(Exception):
    """The installation did not come back, or did not settle: says how it stands."""


class Trading:
    """Traders on a running installation. `connect` first."""

    def __init__(self, running: Installation, traders_per_account: int, seed: int) -> None:
        self.running = running
        self.traders: list[Trader] = []
        self._traders_per_account = traders_per_account
        self._seed = seed
        self._began_s = time.monotonic()
        self._gateways: list[Gateway] = []

    async def connect(self, stack: AsyncExitStack) -> None:
        for principal, account in ACCOUNTS.items():
            spiffe_id = f"spiffe://fixgate/{self.running.settings.environment.environment}/{principal}"
            gateway = Gateway(self.running.address, spiffe_id, self.running.identity(principal))
            self._gateways.append(await stack.enter_async_context(gateway))
            for number in range(self._traders_per_account):
                name = f"{account}-{number}"
                self.traders.append(Trader(name, gateway, account, random.Random(f"{name} {self._seed}")))

    async def ready(self) -> None:
        """Until every session takes business. Raises NotWell."""
        phases: dict[str, str] | str = "not asked"
        deadline_s = time.monotonic() + READY_S_MAX
        while time.monotonic() < deadline_s and self.running.is_up():
            try:
                phases = await self._gateways[0].phases()
            except Unanswered as silence:
                phases = f"no answer: {silence}"
            else:
                if set(phases.values()) == {"READY"}:
                    return
            await asyncio.sleep(LOOK_S)
        raise NotWell(f"not ready: {phases}\n{self.running.ends_of_logs()}")

    async def settled(self) -> list[Held]:
        """The gateway's state once it has heard what it asked for; at the latest after the time that it may take."""
        deadline_s = time.monotonic() + SETTLED_S_MAX
        while True:
            await self.ready()
            with suppress(Unanswered):  # Something died just now: then it is not ready either.
                held = await self.orders()
                is_open = any(request.state in OPEN for order in held for request in order.requests)
                if not is_open or time.monotonic() > deadline_s:
                    return held
            await asyncio.sleep(LOOK_S)

    async def orders(self) -> list[Held]:
        """Every order as the gateway has it now. Raises Unanswered."""
        return [order for gateway in self._gateways for order in await gateway.orders()]

    async def judged(self, outages: Sequence[Outage]) -> Verdict:
        """The market goes on while we look: an order that trades between two looks is looked at again."""
        deadline_s = time.monotonic() + CAUGHT_UP_S_MAX
        while True:
            held = await self.settled()
            asked = [one for trader in self.traders for one in trader.asked]
            verdict = judge(asked, held, ledger.read(self.running.ledger), outages)
            if not verdict.violations or time.monotonic() > deadline_s:
                return verdict
            await asyncio.sleep(LOOK_S)

    async def leave_evidence(self) -> tuple[list[str], list[str]]:
        """The lines of journal and ledger, which are left in the folder as well."""
        journal = await evidence.journal_lines(self.running.dsn)
        reports = evidence.ledger_lines(ledger.read(self.running.ledger))
        evidence.keep(self.running.folder, journal, reports)
        return journal, reports

    async def shown(self, verdict: Verdict) -> tuple[str, ...]:
        """The violations, each with what journal and ledger say of its ids."""
        if not verdict.violations:
            return ()
        journal, reports = await self.leave_evidence()
        lines: list[str] = []
        for violation in sorted(verdict.violations, key=lambda one: one.kind.value)[:SHOWN_MAX]:
            lines.append(f"{violation.kind.value}: {', '.join(violation.ids)}: {violation.what}")
            lines += [f"  journal {line}" for line in evidence.about(violation.ids, journal)]
            lines += [f"  ledger  {line}" for line in evidence.about(violation.ids, reports)]
        hidden = len(verdict.violations) - SHOWN_MAX
        return (*lines, *([f"and {hidden} more"] if hidden > 0 else []))

    @property
    def accepted(self) -> int:
        """How many orders the gateway took."""
        return sum(trader.accepted for trader in self.traders)

    @property
    def took_s(self) -> float:
        return time.monotonic() - self._began_s

    def say(self, what: str) -> None:
        print(f"{self.took_s:7.1f} s, {self.accepted:5} orders: {what}", file=sys.stderr, flush=True)
