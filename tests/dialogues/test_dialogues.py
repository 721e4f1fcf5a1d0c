"""Plays every written conversation of this folder against the simulated broker, over TCP."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.codec.version import FIX_44, VERSIONS, Version
from gateway.simulator import entries
from gateway.simulator.broker import Broker
from gateway.simulator.config import SimulatorConfig
from gateway.simulator.quote import Quote
from gateway.simulator.quotes import Move
from tests.dialogues import dialogue
from tests.dialogues.peer import Peer, broker_comp_id
from tests.support.ports import free_port

HERE = Path(__file__).parent
DIALOGUES = sorted(file for folder in (HERE, *map(HERE.joinpath, VERSIONS)) for file in folder.glob("*.txt"))
"""Those of the folder `client` are held with another."""
STILL = [Move(0, Quote(Decimal("1.38500"), Decimal("1.38510")))]
Close = Callable[[Callable[[], None]], None]


@pytest.fixture(scope="module")
def closing() -> Iterator[Close]:
    """Ends sessions in the background: QuickFIX takes three seconds for each, and no test needs to wait for the last one."""
    with ThreadPoolExecutor(len(DIALOGUES)) as pool:
        ends: list[Future[None]] = []
        yield lambda stop: ends.append(pool.submit(stop))
        for end in ends:
            end.result()


@pytest.fixture
def version(file: Path) -> Version:
    """What the dialogue is held in: FIX 4.4, where its folder does not say otherwise."""
    return VERSIONS.get(file.parent.name, FIX_44)


@pytest.fixture
def broker(version: Version, tmp_path: Path, closing: Close) -> Iterator[Broker]:
    port = free_port()
    config = SimulatorConfig(
        port=port,
        data=tmp_path / "broker",
        begin_string=version.begin_string,
        displayed_qty=Decimal(1000),
        sender_comp_id=broker_comp_id(port),
    )
    broker = Broker(config, iter(STILL))
    broker.start()
    yield broker
    closing(broker.stop)


@pytest.mark.parametrize("file", DIALOGUES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_dialogue(file: Path, version: Version, broker: Broker, closing: Close, tmp_path: Path) -> None:
    def happen(words: list[str]) -> None:
        match words:
            case ["quote", bid_px, offer_px]:
                broker.on_quote(Quote(Decimal(bid_px), Decimal(offer_px)))
            case ["fault", *names]:
                broker.faults.clear()
                for name in names:
                    broker.faults.set(entries.read(name))
            case ["hears", "nothing"]:
                assert peer.hears_nothing(0.1)
            case _:
                raise AssertionError(f"nothing happens at {words}")

    peer = Peer(broker.config.port, tmp_path / "peer", version=version)
    peer.start()
    try:
        dialogue.run(file, peer, happen)
    finally:
        closing(peer.stop)
