"""A Logout(5) above the expected number: QuickFIX counts it, and never asks for what lies between. Ours asks."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.codec.text import fields
from gateway.fix.config import Endpoint, SessionConfig
from gateway.fix.port import FixPort
from tests.sessions.peer import Peer, Unheard, now, put_together
from tests.support.ports import free_port

ORDER = [(11, "A1"), (21, "1"), (55, "EURUSD"), (54, "1"), (60, now()), (38, "100"), (40, "1")]
LOGON = [(98, "0"), (108, "30")]
LOGONS_MAX = 10


class Heard:
    """A Handler that keeps what business messages came in."""

    def __init__(self) -> None:
        self.cl_ord_ids: list[str] = []

    def logged_on(self, session: str) -> None: ...

    def logged_out(self, session: str) -> None: ...

    def outgoing_admin(self, session: str, raw: bytes) -> None: ...

    def outgoing_app(self, session: str, raw: bytes) -> None: ...

    def incoming_admin(self, session: str, raw: bytes) -> None: ...

    def incoming_app(self, session: str, raw: bytes) -> None:
        self.cl_ord_ids.append(dict(fields(raw))[11])


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def acceptor(is_judged: bool, port: int, heard: Heard, tmp_path: Path) -> Iterator[FixPort]:
    """is_judged: whether it is ours; else it is QuickFIX as it is."""
    session = SessionConfig("S", "US", "PEER", persist_messages=True, is_judged=is_judged)
    acceptor = FixPort("acceptor", (session,), Endpoint("127.0.0.1", port), tmp_path / "store", heard)
    acceptor.start()
    yield acceptor
    acceptor.stop()


async def say(peer: Peer, number: int, msg_type: str, *body: tuple[int, str]) -> None:
    header = [(8, "FIX.4.4"), (9, "$LEN"), (35, msg_type), (34, str(number)), (49, "PEER"), (56, "US"), (52, now())]
    header += [one for one in body if one[0] in {43, 122}]
    await peer.write(put_together([*header, *(one for one in body if one[0] not in {43, 122}), (10, "$SUM")]))


async def logged_on(port: int, number: int) -> Peer:
    """Whoever comes back at once may find the session not quite gone, and is hung up on: he comes again."""
    for _ in range(LOGONS_MAX):
        peer = await Peer.connect(port)
        await say(peer, number, "A", *LOGON)
        try:
            assert dict(await peer.hear())[35] == "A"
        except Unheard:
            await peer.hang_up()
            await asyncio.sleep(0.2)
        else:
            return peer
    raise Unheard(f"{LOGONS_MAX} logons came to nothing")


async def asked_from(port: int, acceptor: FixPort) -> int:
    """An order is lost under number 2, and a Logout comes under 3. From where are we asked, at the next logon?"""
    peer = await logged_on(port, 1)
    await say(peer, 3, "5")
    assert dict(await peer.hear())[35] == "5"
    await peer.hang_up()
    peer = await logged_on(port, 4)
    asked = dict(await peer.hear())
    assert asked[35] == "2"
    begin = int(asked[7])
    if begin == 2:
        await say(peer, 2, "D", (43, "Y"), (122, now()), *ORDER)
    await say(peer, max(begin, 3), "4", (43, "Y"), (122, now()), (36, "5"), (123, "Y"))
    await say(peer, 5, "1", (112, "all"))
    assert dict(await peer.hear())[112] == "all"
    await peer.hang_up()
    return begin


@pytest.mark.parametrize("is_judged", [False])
async def test_quickfix_as_it_is_loses_the_order_before_a_logout(port: int, acceptor: FixPort, heard: Heard) -> None:
    assert await asked_from(port, acceptor) == 3
    assert heard.cl_ord_ids == []


@pytest.mark.parametrize("is_judged", [True])
async def test_ours_asks_for_the_order_before_a_logout(port: int, acceptor: FixPort, heard: Heard) -> None:
    assert await asked_from(port, acceptor) == 2
    assert heard.cl_ord_ids == ["A1"]
