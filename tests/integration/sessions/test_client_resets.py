"""A client's Logon(A) with ResetSeqNumFlag(141)=Y where its file refuses it: the connection ends, and nothing else happens.

Where the file accepts it: scripts/01_logon.txt, and tests/integration/client.
"""

from pathlib import Path

import pytest

from tests.sessions.acceptor import Acceptor
from tests.sessions.peer import Peer, Unheard, now, put_together

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


async def test_a_reset_that_the_file_refuses_changes_nothing(tmp_path: Path) -> None:
    async with Acceptor(tmp_path / "acceptor", "FIX.4.4", takes_resets=False) as acceptor:
        client = Client(acceptor)
        assert (await client.connect(1))[34] == "1"
        await client.say(2, "D", *ORDER)
        report = await client.hear()
        assert (report[35], report[34], report[11]) == ("8", "2", "A1")
        await client.hang_up()
        for _ in range(2):
            with pytest.raises(Unheard):
                await client.connect(1, RESET)
            await client.hang_up()
        session = acceptor.engine.state.sessions[acceptor.name]
        assert (session.session_epoch, session.halted, session.hold, session.next_target) == (1, "", None, 3)
        assert "reset_seq_num" in acceptor.said()
        logon = await client.connect(3)
        assert (logon[35], logon[34]) == ("A", "3")
        await client.say(4, "2", (7, "2"), (16, "2"))
        again = await client.hear()
        assert {tag: again[tag] for tag in (35, 34, 43, 17)} == {35: "8", 34: "2", 43: "Y", 17: report[17]}
        await client.hang_up()
        assert acceptor.starts == 1
