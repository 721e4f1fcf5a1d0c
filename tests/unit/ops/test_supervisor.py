"""The supervisor: what it starts, it ends."""

import os
import sys
import threading
from pathlib import Path

import pytest

from gateway.fix.ending import EXIT_HALTED, EXIT_RELEASED
from ops.settings import ConfigError
from ops.supervisor import Child, Supervisor

CONFIG = Path("environments/dev.toml")


class SlowDatabase:
    """Takes as long to start again as the test wants."""

    pid = 0

    def __init__(self) -> None:
        self.is_looked_at, self.may_go_on = threading.Event(), threading.Event()
        self.happened: list[str] = []

    def restart_if_dead(self) -> bool:
        self.is_looked_at.set()
        assert self.may_go_on.wait(10)
        self.happened.append("postgres started")
        return True

    def stop(self) -> None:
        self.happened.append("postgres stopped")


class NotedChild(Child):
    """Notes what is done to it, and runs nothing."""

    def __init__(self, happened: list[str], log: Path) -> None:
        super().__init__("engine", [], log, {})
        self._happened = happened

    def keep_alive(self, now_s: float) -> bool:
        self._happened.append("engine started")
        return False

    def terminate(self) -> None:
        self._happened.append("engine told to end")


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    file = tmp_path / "test.toml"
    file.write_text(CONFIG.read_text().replace(".fixgate/dev", str(tmp_path)))
    return Supervisor(file)


def test_nothing_is_started_after_stop_whoever_looks(supervisor: Supervisor, tmp_path: Path) -> None:
    database = SlowDatabase()
    supervisor._postgres = database  # type: ignore[assignment]
    supervisor._children = [NotedChild(database.happened, tmp_path / "log")]
    looking = threading.Thread(target=supervisor.tick)
    looking.start()
    assert database.is_looked_at.wait(10)
    stopping = threading.Thread(target=supervisor.stop)
    stopping.start()
    stopping.join(0.2)
    database.may_go_on.set()
    for thread in (looking, stopping):
        thread.join(10)
    supervisor.tick()
    assert database.happened == ["postgres started", "engine started", "engine told to end", "postgres stopped"]


def test_a_halted_worker_is_announced_each_time_and_not_hurried(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    child = Child("BROKER", [], tmp_path / "log", {})
    child._arguments = [sys.executable, "-c", f"raise SystemExit({EXIT_HALTED})"]
    for now_s in (0.0, 2.1):
        assert child.keep_alive(now_s)
        assert child.wait(10)
        assert not child.keep_alive(now_s + 0.1)
        assert not child.keep_alive(now_s + 1.9)
        assert "BROKER is halted and waits for a person" in capfd.readouterr().err


def test_a_released_worker_starts_again_at_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    child = Child("BROKER", [], tmp_path / "log", {})
    child._arguments = [sys.executable, "-c", f"raise SystemExit({EXIT_HALTED})"]
    assert child.keep_alive(0.0)
    assert child.wait(10)
    assert not child.keep_alive(0.1)
    child._arguments = [sys.executable, "-c", f"raise SystemExit({EXIT_RELEASED})"]
    assert child.keep_alive(3.0)
    assert child.wait(10)
    assert not child.keep_alive(3.0)
    assert child.keep_alive(3.2)
    assert child.wait(10)
    assert not child.keep_alive(3.2)
    assert "BROKER was released and starts again" in capfd.readouterr().err


def test_the_engines_core_is_its_own(tmp_path: Path) -> None:
    allowed = os.sched_getaffinity(0)
    core = max(allowed)
    child = Child("engine", ["--help"], tmp_path / "log", {}, core)
    child.keep_alive(0.0)
    assert child.pid is not None
    assert os.sched_getaffinity(child.pid) == {core}
    assert child.wait(30)
    assert not child.keep_alive(0.01)


@pytest.mark.parametrize(
    ("core", "problem"), [(-2, "engine_core -2 is neither"), (10_000, "engine_core is 10000; it must be one of")]
)
def test_a_core_that_is_not_ours_is_refused_by_name(tmp_path: Path, core: int, problem: str) -> None:
    file = tmp_path / "test.toml"
    text = CONFIG.read_text().replace(".fixgate/dev", str(tmp_path))
    file.write_text(text.replace("engine_core = -1", f"engine_core = {core}"))
    with pytest.raises(ConfigError, match=problem):
        Supervisor(file).start()
    assert not (tmp_path / "tls").exists()


def test_a_core_that_was_taken_away_does_not_end_the_child(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    child = Child("engine", ["--help"], tmp_path / "log", {}, 10_000)
    assert child.keep_alive(0.0)
    assert "engine cannot have processor 10000 for itself" in capfd.readouterr().err
    assert child.wait(30)
    assert not child.keep_alive(0.01)
