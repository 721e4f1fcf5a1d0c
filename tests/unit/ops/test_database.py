"""The embedded PostgreSQL: real servers, really killed."""

import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from ops.database import DatabaseInUse, EmbeddedPostgres
from ops.database_home import BINARIES, DatabaseError, as_user, open_way_to, postmaster_of, socket_folder
from tests.support.databases import SMALL, running_server
from tests.support.polling import eventually


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    with running_server() as running:
        yield running


def ask(server: EmbeddedPostgres, question: str) -> str:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return "" if row is None else str(row[0])


def kill(server: EmbeddedPostgres) -> None:
    os.kill(server.pid, signal.SIGKILL)
    eventually(lambda: not server.running())


def test_a_server_never_trades_durability(server: EmbeddedPostgres) -> None:
    names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")
    assert [ask(server, f"SHOW {name}") for name in names] == ["on", "on", "on", "on"]


def test_settings_cannot_turn_durability_off(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, settings={"fsync": "off"})
    assert server._settings["fsync"] == "on"


def test_a_server_listens_on_no_port(server: EmbeddedPostgres) -> None:
    assert ask(server, "SHOW listen_addresses") == ""
    assert server.sockets.stat().st_mode & 0o777 == 0o700


def test_what_was_committed_survives_the_death_of_the_postmaster(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE fact (seq bigint)")
        connection.execute("INSERT INTO fact VALUES (42)")
    first = server.pid
    kill(server)
    assert server.restart_if_dead()
    assert server.pid != first
    assert ask(server, "SELECT seq FROM fact") == "42"


def test_a_restart_waits_for_a_backend_that_outlives_the_postmaster(server: EmbeddedPostgres) -> None:
    def compute() -> None:
        # The backend may still deliver its answer before it notices that it is alone.
        with suppress(psycopg.OperationalError), psycopg.connect(server.dsn) as connection:
            connection.execute("SELECT count(*) FROM generate_series(1, 6000000)")

    busy = threading.Thread(target=compute)
    busy.start()
    eventually(lambda: ask(server, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 6%'") == "2")
    kill(server)
    assert server.restart_if_dead()
    busy.join()
    assert ask(server, "SELECT 1") == "1"


def test_a_living_server_is_not_restarted(server: EmbeddedPostgres) -> None:
    assert not server.restart_if_dead()


def test_a_second_supervisor_of_a_folder_is_refused(server: EmbeddedPostgres) -> None:
    with pytest.raises(DatabaseInUse, match="another process supervises"):
        EmbeddedPostgres(server.folder).start()
    assert server.running()


def test_the_server_of_a_killed_supervisor_is_replaced(server: EmbeddedPostgres) -> None:
    server.stop()
    program = (
        "import signal, sys; from pathlib import Path; from ops.database import EmbeddedPostgres; "
        "server = EmbeddedPostgres(Path(sys.argv[1])).start(); print(server.pid, flush=True); signal.pause()"
    )
    command = [sys.executable, "-c", program, str(server.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=BINARIES.anchor, env=environment()) as supervisor:
        assert supervisor.stdout is not None
        orphan = int(supervisor.stdout.readline())
        supervisor.kill()
    assert postmaster_of(server.data) == orphan
    server.start()
    assert postmaster_of(server.data) == server.pid != orphan


def environment() -> dict[str, str]:
    """This project importable, wherever the child runs."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])}


def test_a_stopped_server_is_gone_and_starts_again(server: EmbeddedPostgres) -> None:
    pid = server.pid
    server.stop()
    server.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert not server.running()
    with pytest.raises(DatabaseError, match="not started"):
        server.restart_if_dead()
    assert ask(server.start(), "SELECT 1") == "1"


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(server: EmbeddedPostgres) -> None:
    assert os.getpgid(server.pid) != os.getpgid(0)


def test_a_folder_behind_a_closed_door_is_reached_but_not_listed(server: EmbeddedPostgres) -> None:
    door = server.folder / "closed"
    door.mkdir(mode=0o700)
    with EmbeddedPostgres(door / "inside", settings=SMALL) as other:
        assert ask(other, "SELECT 1") == "1"
    assert door.stat().st_mode & 0o777 in {0o700, 0o701}


def test_each_folder_that_is_opened_is_named_once_with_its_modes(
    server: EmbeddedPostgres, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = pwd.getpwnam("nobody")
    monkeypatch.setattr("ops.database_home.BINARIES", server.folder)
    outer, inner = server.folder / "outer", server.folder / "outer" / "inner"
    for door, mode in ((outer, 0o700), (inner, 0o2750)):
        door.mkdir()
        door.chmod(mode)
    open_way_to(inner / "data", user)
    assert [door.stat().st_mode & 0o7777 for door in (outer, inner)] == [0o701, 0o2751]
    said = [line for line in capsys.readouterr().err.splitlines() if str(outer) in line]
    assert [line.partition(",")[0] for line in said] == [
        f"fixgate: {outer}: mode 0700 is now 0701",
        f"fixgate: {inner}: mode 2750 is now 2751",
    ]
    open_way_to(inner / "data", user)
    assert capsys.readouterr().err == ""


def test_a_deep_folder_gets_a_socket_elsewhere(server: EmbeddedPostgres) -> None:
    deep = server.folder / "/".join(["deep"] * 30)
    assert len(os.fsencode(socket_folder(deep))) < 80
    with EmbeddedPostgres(deep, settings=SMALL) as other:
        assert ask(other, "SELECT 1") == "1"
    assert not other.sockets.exists()


def test_a_server_that_cannot_start_says_why(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    server.stop()
    monkeypatch.setattr("ops.database.START_S_MAX", 0.3)
    server._settings["shared_buffers"] = "plenty"
    with pytest.raises(DatabaseError, match='invalid value for parameter "shared_buffers"'):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_program_of_another_user_has_nothing_left_of_root() -> None:
    nobody = pwd.getpwnam("nobody")
    done = subprocess.run(as_user(nobody, ["/usr/bin/id"]), capture_output=True, text=True, check=True)
    ids = [part.partition("(")[0] for part in done.stdout.split()]
    assert ids == [f"uid={nobody.pw_uid}", f"gid={nobody.pw_gid}", f"groups={nobody.pw_gid}"]
