"""What nobody knows, asked of a real broker over a real worker: confirmed, or told to a person, and never decided by time."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from gateway import engine as engine_module
from gateway.engine import Engine
from gateway.sessions import Phase
from gateway.simulator import control
from gateway.starting import start
from gateway.state import State
from oms import ladder
from oms.domain.chain import Chain, RequestState
from oms.domain.events import (
    Event,
    MassStatusEnded,
    MassStatusRequested,
    OrderPlaced,
    RequestDoubted,
    RequestEscalated,
    StatusRequested,
)
from oms.domain.fields import OrdStatus
from ops.migrations.run import upgrade
from tests.dialogues.peer import broker_comp_id
from tests.integration.simulator.process import BrokerProcess
from tests.support import orders
from tests.support.polling import eventually_async
from tests.support.ports import free_port

S = orders.SESSION
RESTING = orders.terms(1_000, "1.3300")
_WORKER = """
import sys
from pathlib import Path
from gateway.fix import worker
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
name, broker, port, folder, socket = sys.argv[1:]
session = SessionConfig(name, "FIXGATE", broker)
worker.run(WorkerConfig(session, Endpoint("127.0.0.1", int(port)), Path(folder), Path(socket)))
"""
QUESTIONS = (StatusRequested, MassStatusRequested, MassStatusEnded, RequestEscalated)


class Desk:
    """An engine, one worker that may be killed, and a broker."""

    def __init__(self, engine: Engine, broker: BrokerProcess, folder: Path) -> None:
        self.engine, self.broker, self.folder = engine, broker, folder
        self.worker: asyncio.subprocess.Process | None = None

    async def log_on(self) -> None:
        arguments = (S, broker_comp_id(self.broker.port), str(self.broker.port), str(self.folder / "fix"), str(self.folder / "l"))
        self.worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _WORKER, *arguments, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
        )
        await self.sees(lambda state: state.sessions[S].phase is Phase.READY)

    async def die(self) -> None:
        """SIGKILL, as if the machine had failed."""
        assert self.worker is not None
        self.worker.kill()
        await self.worker.wait()
        await self.sees(lambda state: state.sessions[S].phase is Phase.DOWN)

    async def place(self, client_order_id: str) -> str:
        self.engine.state.quotes["EURUSD"] = replace(orders.QUOTE, at_ns=time.time_ns())
        _, answer, _ = await self.engine.ask(orders.place(client_order_id, RESTING))
        assert isinstance(answer, OrderPlaced), answer
        return answer.root_id

    async def sees(self, what: Callable[[State], bool]) -> None:
        look: Callable[[], Any] = partial(self.engine.look, what)
        await eventually_async(look, 30)

    def order(self, root_id: str) -> Chain:
        return self.engine.state.book.chains[root_id]

    def events(self, *kinds: type[Event]) -> list[Event]:
        return [fact.event for fact in self.engine.facts_after(0) if isinstance(fact.event, kinds)]

    def set_faults(self, *faults: str) -> None:
        control.ask(self.broker.data, control.Clear())
        for fault in faults:
            control.ask(self.broker.data, control.Set(entry=msgspec.Raw(msgspec.json.encode({"fault": fault}))))


@asynccontextmanager
async def desk(database_url: str, folder: Path) -> AsyncIterator[Desk]:
    """With a session that is ready."""
    await asyncio.to_thread(upgrade, database_url)
    engine = await start(orders.CELL, database_url, time.time_ns)
    await engine.links.listen(folder / "l")
    running = asyncio.create_task(engine.run())
    with BrokerProcess(free_port(), folder / "broker") as broker:
        made = Desk(engine, broker, folder)
        try:
            await made.log_on()
            yield made
        finally:
            if made.worker is not None and made.worker.returncode is None:
                made.worker.kill()
                await made.worker.wait()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await engine.links.close()
            await engine.close()


async def test_the_orders_of_a_lost_session_are_confirmed_by_one_mass_status(database_url: str, tmp_path: Path) -> None:
    async with desk(database_url, tmp_path) as d:
        root_ids = [await d.place(f"c{number}") for number in range(3)]
        await d.sees(lambda state: all(state.book.chains[root_id].accepted for root_id in root_ids))
        await d.die()
        assert sorted(d.engine.state.book.doubts[S].unconfirmed) == root_ids
        await d.log_on()
        await d.sees(lambda state: state.book.doubts[S].is_empty())
        asked, ended = d.events(*QUESTIONS)
        assert isinstance(asked, MassStatusRequested)
        assert ended == MassStatusEnded(S, asked.mass_status_req_id, is_complete=True)
        assert {d.order(root_id).ord_status for root_id in root_ids} == {OrdStatus.NEW}


async def test_what_nobody_answers_is_asked_again_and_for_everything_and_told_and_stays_unknown(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "STATUS_ANSWER_WITHIN_NS", 300 * orders.MS)
    monkeypatch.setattr(ladder, "MASS_STATUS_ANSWER_WITHIN_NS", 300 * orders.MS)
    monkeypatch.setattr(engine_module, "LOOK_INTERVAL_S", 0.1)
    async with desk(database_url, tmp_path) as d:
        d.set_faults("alive-but-silent", "no-status")
        root_id = await d.place("c1")
        await d.sees(lambda state: state.book.chains[root_id].requests[0].state is RequestState.SENT)
        await d.die()
        (d.folder / "fix" / "sent.log").unlink()  # Nothing says any more whether the order has left.
        await d.log_on()
        await d.sees(lambda state: bool(state.book.doubts[S].unknown) and state.book.doubts[S].unknown[root_id].is_escalated)
        asked = d.events(RequestDoubted, *QUESTIONS)
        assert [type(event) for event in asked] == [
            RequestDoubted,
            StatusRequested,
            StatusRequested,
            MassStatusRequested,
            MassStatusEnded,
            RequestEscalated,
        ]
        assert d.order(root_id).requests[0].state is RequestState.UNKNOWN
        d.set_faults()  # And the broker says at last what it has kept to itself.
        await d.sees(lambda state: state.book.chains[root_id].requests[0].state is RequestState.DONE)
        assert d.engine.state.book.doubts[S].unknown_ns > 0
