"""The simulator's sockets, on a thread of their own: the wire that the gateway connects to, and the control socket."""

import asyncio
import socket
import threading

from gateway.fix.port import guarded
from gateway.simulator import control
from gateway.simulator.config import SimulatorConfig
from gateway.simulator.switchboard import Switchboard
from gateway.simulator.wire import Wire

_STOP_S = 15


class Network:
    """Made, started, stopped. From the making on, connections wait."""

    def __init__(self, config: SimulatorConfig, board: Switchboard) -> None:
        """The data folder must be ours alone. Raises OSError."""
        self._listener = socket.create_server((config.host, config.port))
        self._control = control.bound(config.data)
        self._board = board
        self.target_port = _free_port()
        """Where QuickFIX has to listen."""
        self._wire = Wire(self.target_port, config.orders_comp_id, board)
        self._loop = asyncio.new_event_loop()
        self._ends = asyncio.Event()
        self._thread = threading.Thread(target=guarded(self._run), name="network")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End every connection."""
        if not self._thread.is_alive():
            self._listener.close()
            self._control.close()
            self._loop.close()
            return
        self._loop.call_soon_threadsafe(self._ends.set)
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._wire.serve(self._listener, self._ends))
            tasks.create_task(control.serve(self._control, self._board, self._ends))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
