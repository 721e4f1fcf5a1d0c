"""Plays every written conversation of this folder against the simulated broker, over TCP."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.simulator import faults
from gateway.simulator.broker import Broker
from gateway.simulator.config import SimulatorConfig
from gateway.simulator.quote import Quote
from gateway.simulator.quotes import Move
from tests.dialogues import dialogue
from tests.dialogues.peer import Peer
from tests.support.ports import free_port

DIALOGUES = sorted(Path(__file__).parent.glob("*.txt"))
STILL = [Move(0, Quote(Decimal("1.38500"), Decimal("1.38510")))]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    config = SimulatorConfig(port=free_port(), data=tmp_path / "broker", displayed_qty=Decimal(1000))
    broker = Broker(config, iter(STILL))
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.parametrize("file", DIALOGUES, ids=lambda file: file.stem)
def test_dialogue(file: Path, broker: Broker, tmp_path: Path) -> None:
    def happen(words: list[str]) -> None:
        match words:
            case ["quote", bid_px, offer_px]:
                broker.on_quote(Quote(Decimal(bid_px), Decimal(offer_px)))
            case ["fault", *switches]:
                broker.set_faults(faults.board(switches))
            case _:
                raise AssertionError(f"nothing happens at {words}")

    with Peer(broker.config.port, tmp_path / "peer") as peer:
        dialogue.run(file, peer, happen)
