"""A client's Logon(A) with ResetSeqNumFlag(141)=Y: refused without any harm, or a new beginning that loses no report."""

from pathlib import Path

import pytest

from gateway.fix.judged import NO_RESET
from gateway.sessions import SequencesReset
from tests.sessions.acceptor import START_S, Acceptor
from tests.sessions.peer import Peer, Unheard, now, put_together
from tests.support.model_engine import events
from tests.support.polling import eventually_async

pytestmark = pytest.mark.timeout(300)
ORDER = [(11, "A1"), (21, "1"), (55, "EURUSD"), (54, "1"), (60, now()), (38, "100"), (40, "1")]
RESET = (141, "Y")


class Client:
    """The client's side, connection after connection."""

    def __init__(self, acceptor: Acceptor) -> None:
        self._acceptor = acceptor
        self._peer: Peer | None = None

    async def connect(self, number: int, *body: tuple[int, str]) -> dict[int, str]:
        """Log on under this number; the answer."""
        self._peer = await Peer.connect(self._acceptor.port)
        await self.say(number, "A", (98, "0"), (108, "30"), *body)
        return await self.hear()

    async def say(self, number: int, msg_type: str, *body: tuple[int, str]) -> None:
        assert self._peer is not None
        header = [(8, "FIX.4.4"), (9, "$LEN"), (35, msg_type), (34, str(number))]
        ids = [(49, self._acceptor.them), (56, self._acceptor.us), (52, now())]
        await self._peer.write(put_together([*header, *ids, *body, (10, "$SUM")]))

    async def hear(self) -> dict[int, str]:
        assert self._peer is not None
        return dict(await self._peer.hear())

    async def hang_up(self) -> None:
        assert self._peer is not None
        await self._peer.hang_up()

    async def ordered(self) -> dict[int, str]:
        """The first session: an order, refused for want of a venue. Its report."""
        assert (await self.connect(1))[34] == "1"
        await self.say(2, "D", *ORDER)
        report = await self.hear()
        assert (report[35], report[34], report[11]) == ("8", "2", "A1")
        await self.hang_up()
        return report


async def listens_again(acceptor: Acceptor, starts: int) -> None:
    """The worker that is granted its start after so many listens."""
    await eventually_async(lambda: acceptor.starts > starts, START_S)
    await acceptor.listens()


async def test_a_reset_that_the_file_does_not_take_changes_nothing(tmp_path: Path) -> None:
    async with Acceptor(tmp_path / "acceptor", "FIX.4.4") as acceptor:
        client = Client(acceptor)
        report = await client.ordered()
        for number in ("3", "4"):
            starts = acceptor.starts
            told = await client.connect(1, RESET)
            assert (told[35], told[34], NO_RESET in told[58]) == ("5", number, True)
            await client.hang_up()
            await listens_again(acceptor, starts)
        session = acceptor.engine.state.sessions[acceptor.name]
        assert (session.session_epoch, session.hold, session.next_target) == (1, None, 3)
        logon = await client.connect(3)
        assert (logon[35], logon[34]) == ("A", "5")
        await client.say(4, "2", (7, "2"), (16, "2"))
        again = await client.hear()
        assert {tag: again[tag] for tag in (35, 34, 43, 17)} == {35: "8", 34: "2", 43: "Y", 17: report[17]}
        await client.hang_up()


async def test_a_reset_that_the_file_takes_begins_both_numbers_anew_and_tells_again_what_may_be_missing(tmp_path: Path) -> None:
    async with Acceptor(tmp_path / "acceptor", "FIX.4.4", takes_resets=True) as acceptor:
        client = Client(acceptor)
        report = await client.ordered()
        starts = acceptor.starts
        with pytest.raises(Unheard):
            await client.connect(1, RESET)
        await client.hang_up()
        await listens_again(acceptor, starts)
        logon = await client.connect(1, RESET)
        assert (logon[35], logon[34], logon[141]) == ("A", "1", "Y")
        again = await client.hear()
        assert {tag: again[tag] for tag in (35, 34, 97, 17, 11)} == {35: "8", 34: "2", 97: "Y", 17: report[17], 11: "A1"}
        await client.say(2, "1", (112, "alive"))
        assert (await client.hear())[112] == "alive"
        await client.hang_up()
        resets = [event for event in events(acceptor.engine.journal) if isinstance(event, SequencesReset)]
        assert [(reset.session_epoch, reset.is_ours_too) for reset in resets] == [(2, True)]
