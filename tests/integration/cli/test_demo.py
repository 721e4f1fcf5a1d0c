"""`fixgate demo`, as an operator runs and ends it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.installation import REPOSITORY, Installation
from tests.support.polling import eventually

PROGRAM = f'trap "" INT; exec {sys.executable} -m ops.cli demo --config'
"""As a shell starts what it puts into the background: SIGINT is ignored."""


def test_a_demonstration_in_the_background_ends_on_sigterm_with_all_its_processes(tmp_path: Path) -> None:
    installation, output = Installation(tmp_path), tmp_path / "demo.log"
    with output.open("wb") as log:
        demo = subprocess.Popen(["bash", "-c", f"{PROGRAM} {installation.file}"], stdout=log, stderr=log, cwd=REPOSITORY)
    try:
        eventually(lambda: "Ctrl-C ends every process" in output.read_text(), seconds=60)
        names = [name for name in installation.pids() if installation.pid(name) is not None]
        assert len(names) >= 4, names
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(60) == 0
        assert [name for name in names if installation.pid(name) is not None] == []
    finally:
        demo.kill()
        demo.wait()
        for pid in filter(None, map(installation.pid, installation.pids())):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("begin_string", ["FIX.4.2", "FIXT.1.1"])
def test_a_demonstration_ends_as_expected_in_every_version(tmp_path: Path, begin_string: str) -> None:
    installation = Installation(tmp_path, begin_string=begin_string)
    command = [sys.executable, "-m", "ops.cli", "demo", "--check", "--config", str(installation.file)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=300, check=False)
    assert (done.returncode, "all as expected" in done.stdout) == (0, True), done.stdout + done.stderr
