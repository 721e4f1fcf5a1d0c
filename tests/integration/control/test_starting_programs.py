"""Programs are started beside a gRPC client that is busy, as `fixgate demo` does when PostgreSQL has to be started again."""

import asyncio
import os
import pwd
import subprocess
from contextlib import suppress

import grpc

from ops.database_home import as_user

STARTS = 200
NOBODY = pwd.getpwnam("nobody")


async def _talk(address: str) -> None:
    """Ask again and again, each time on a new channel, until cancelled. There is no such method: it is the asking that counts."""
    while True:
        async with grpc.aio.insecure_channel(address) as channel:
            call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/none/such")
            with suppress(grpc.aio.AioRpcError):
                await call(b"", timeout=1)


def _starts() -> list[subprocess.CompletedProcess[bytes]]:
    user = NOBODY if os.geteuid() == 0 else None
    return [subprocess.run(as_user(user, ["/bin/true"]), capture_output=True, timeout=30) for _ in range(STARTS)]


async def test_no_program_dies_of_grpc_before_it_has_begun() -> None:
    server = grpc.aio.server()
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    talking = [asyncio.create_task(_talk(address)) for _ in range(4)]
    done = await asyncio.to_thread(_starts)
    for task in talking:
        task.cancel()
    await asyncio.gather(*talking, return_exceptions=True)
    await server.stop(0)
    assert {(one.returncode, one.stderr) for one in done} == {(0, b"")}
