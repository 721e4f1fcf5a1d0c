"""The simulated broker as a process that a test may kill and start again."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.dialogues.peer import broker_comp_id

_START = """
import sys
from pathlib import Path
from gateway.simulator.broker import run
from gateway.simulator.config import SimulatorConfig
port, data, comp_id, *faults = sys.argv[1:]
sys.exit(run(SimulatorConfig(port=int(port), data=Path(data), sender_comp_id=comp_id, faults=tuple(faults))))
"""
_REPOSITORY = Path(__file__).parents[3]


class BrokerProcess:
    """Started at entry of the context, ended at exit."""

    def __init__(self, port: int, data: Path, *faults: str) -> None:
        self.port = port
        self.data = data
        self.faults = faults
        """What it is started with, the next time too."""
        self._process = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None) -> None:
        if self._process.poll() is None:
            self.stop()
        self._process.communicate()

    def line(self) -> str:
        """The next line that the broker prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def signal(self, number: signal.Signals) -> None:
        os.kill(self._process.pid, number)

    def stop(self) -> int:
        """End it as an operator does; the exit code."""
        self.signal(signal.SIGTERM)
        return self._process.wait(20)

    def kill_and_restart(self) -> None:
        """SIGKILL, and a new process on the same port and data."""
        self._process.kill()
        self._process.communicate()
        self._process = self._started()

    def _started(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", _START, str(self.port), str(self.data), broker_comp_id(self.port), *self.faults]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_REPOSITORY)
        assert process.stdout is not None
        said = process.stdout.readline()
        assert "listening" in said, said
        return process
