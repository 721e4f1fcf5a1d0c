"""Plays every written conversation of the folder `client` against a whole installation: we are the sell side, over TCP.

Those in a folder of their own are of a client that speaks that version of FIX; the others speak FIX 4.4.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import psycopg
import pytest

from gateway.codec.version import FIX_42, FIX_44, FIX_50SP2, VERSIONS
from tests.dialogues import dialogue
from tests.dialogues.peer import Peer
from tests.support.client import logged_on
from tests.support.installation import Installation, installation
from tests.support.polling import eventually

CLIENT = Path(__file__).parent / "client"
DIALOGUES = [(FIX_44.begin_string, file) for file in sorted(CLIENT.glob("*.txt"))]
DIALOGUES += [(file.parent.name, file) for file in sorted(CLIENT.glob("*/*.txt"))]
_DISPUTED = "SELECT count(*) FROM journal_record WHERE kind = 'ReportDisputed' AND convert_from(payload, 'UTF8') LIKE %s"

Clients = Callable[[str], Peer]


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation(has_client=True, clients=(FIX_42.begin_string, FIX_50SP2.begin_string)) as started:
        yield started


@pytest.fixture(scope="module")
def clients(running: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """The client that speaks a version."""
    with ExitStack() as stack:

        @cache
        def client(begin_string: str) -> Peer:
            peer = logged_on(running, tmp_path_factory.mktemp("peer"), VERSIONS[begin_string])
            stack.callback(peer.stop)
            return peer

        yield client


@pytest.mark.parametrize(("version", "file"), DIALOGUES, ids=[f"{version}-{file.stem}" for version, file in DIALOGUES])
def test_dialogue(version: str, file: Path, running: Installation, clients: Clients) -> None:
    def happen(words: list[str]) -> None:
        """`disputed 2`: of what we told this client, so much is disputed in the journal, and each was an alarm."""
        match words:
            case ["disputed", number]:
                session = running.client_name(version)
                eventually(lambda: disputed(running, session) == int(number))
                eventually(lambda: alarms(running, session) == int(number))
            case _:
                raise AssertionError(f"nothing happens at {words}")

    dialogue.run(file, clients(version), happen)


def disputed(running: Installation, session: str) -> int:
    with psycopg.connect(running.dsn) as connection:
        row = connection.execute(_DISPUTED, (f'%"session":"{session}"%',)).fetchone()
    assert row is not None
    return int(row[0])


def alarms(running: Installation, session: str) -> int:
    log = (running.settings.data / "log" / "engine.log").read_text().splitlines()
    return sum("a person has to look" in line and "ReportDisputed" in line and f"'{session}'" in line for line in log)
