"""`python -m tests.integration.control.lone_server FOLDER`: the server without an engine, until its standard input ends.

It imports what `fixgate engine` imports, in that order, and prints its port.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.control.server import Server
from gateway.control.tls import Files


class NoEngine:
    """Enough to serve handshakes."""

    durable_seq = 0
    state = None

    def subscribe(self, sink: Any) -> Callable[[], None]:
        return lambda: None


async def main(folder: Path) -> None:
    files = Files(folder / "server.pem", folder / "server.key", folder / "ca.pem")
    server = await Server.start(NoEngine(), "127.0.0.1:0", files, {}, lifecycle=None)  # type: ignore[arg-type]
    print(server.address.rpartition(":")[2], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(0)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
