"""What the benchmarks read from the machine: whose CPU it was, and the disk."""

import os
import subprocess
import sys
from pathlib import Path

from tests.bench import machine


def test_cpu_per_order_is_the_difference_of_two_readings() -> None:
    before, after = {"worker": 1.0}, {"worker": 1.5, "engine": 0.25}
    assert machine.cpu_us_per_order(before, after, orders=10_000) == {"worker": 50.0, "engine": 25.0}


def test_the_tree_holds_a_child_and_its_child_and_not_the_parent() -> None:
    grandchild = "import sys; print(flush=True); sys.stdin.read()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    with subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        found = machine.tree(process.pid)
        process.stdin.close()
    assert len(found) == 2
    assert found[0].pid == process.pid
    assert found[1].ppid == process.pid
    assert os.getpid() not in {each.pid for each in found}


def test_cpu_is_summed_by_what_the_command_line_is_called() -> None:
    sums = machine.cpu_s_by_role(lambda command: "python" if "python" in command else "other", os.getpid())
    assert sums["python"] > 0


def test_the_whole_machine_was_busy_for_longer_than_this_process() -> None:
    assert machine.busy_s() > machine.tree(os.getpid())[0].cpu_s


def test_fdatasync_is_probed_as_often_as_asked_for(tmp_path: Path) -> None:
    taken_ms = machine.fdatasync_ms(tmp_path, probes=3)
    assert len(taken_ms) == 3
    assert min(taken_ms) > 0
    assert list(tmp_path.iterdir()) == []
