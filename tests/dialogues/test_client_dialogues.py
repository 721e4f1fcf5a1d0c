"""Plays every written conversation of the folder `client` against a whole installation: we are the sell side, over TCP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialogues import dialogue
from tests.dialogues.peer import Peer
from tests.support.client import logged_on
from tests.support.installation import Installation, installation

DIALOGUES = sorted((Path(__file__).parent / "client").glob("*.txt"))


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation(has_client=True) as started:
        yield started


@pytest.fixture(scope="module")
def peer(running: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    client = logged_on(running, tmp_path_factory.mktemp("peer"))
    yield client
    client.stop()


@pytest.mark.parametrize("file", DIALOGUES, ids=lambda file: file.stem)
def test_dialogue(file: Path, peer: Peer) -> None:
    def happen(words: list[str]) -> None:
        raise AssertionError(f"nothing happens at {words}")

    dialogue.run(file, peer, happen)
