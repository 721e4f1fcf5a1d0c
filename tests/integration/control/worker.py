"""A real FIX worker for the gateway of a test, started again whenever it ends, as its supervisor would."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.integration.control.venue import ORDERS
from tests.integration.fix.counterparty import NAME, US

_REPOSITORY = Path(__file__).parents[3]
_START = f"""
import sys
from pathlib import Path
from gateway.fix import worker
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
folder, port, socket = sys.argv[1:]
session = SessionConfig("{ORDERS}", "{US}", "{NAME}")
worker.run(WorkerConfig(session, Endpoint("127.0.0.1", int(port)), Path(folder), Path(socket)))
"""


@asynccontextmanager
async def worker(folder: Path, port: int) -> AsyncIterator[None]:
    """Keep a worker of the orders session alive, which connects to `port` and has the session's folder in `folder`."""
    living = asyncio.create_task(_keep_alive(folder, port))
    try:
        yield
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)


async def _keep_alive(folder: Path, port: int) -> None:
    while True:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", _START, str(folder / "fix"), str(port), str(folder / "link.sock")),
            cwd=_REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(_REPOSITORY)},
            stderr=subprocess.DEVNULL,
        )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
