"""A FIX client over TLS that says what it is told; its numbers go on over all its connections."""

import asyncio
import contextlib
import ssl
from itertools import count
from typing import Self

from ops.dev_ca import Identity
from tests.sessions.peer import Fields, Peer, Unheard, now, put_together

DEADLINE_S = 30.0
_ids = count(1)
_opened: list[Peer] = []


class Hanged(Exception):
    """The connection was closed."""


def context(identity: Identity | None, authority: Identity | None = None) -> ssl.SSLContext:
    """Of a client with that certificate, or none. `authority`: whose server we trust."""
    trusted = authority or identity
    assert trusted is not None
    made = ssl.create_default_context(cafile=str(trusted.authority))
    if identity is not None:
        made.load_cert_chain(identity.certificate, identity.key)
    return made


class Client:
    """One session of a client, over as many connections as it takes."""

    def __init__(self, port: int, begin_string: str, comp_id: str, target_comp_id: str, tls: ssl.SSLContext) -> None:
        self.port, self._begin_string, self._comp_id, self.target_comp_id = port, begin_string, comp_id, target_comp_id
        self.tls = tls
        self.number = 0
        """The last MsgSeqNum(34) that QuickFIX has surely seen."""
        self._logon_number = 0
        self._peer: Peer | None = None

    async def connect(self, source: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Peer:
        """A connection without a Logon. Raises OSError."""
        self._peer = await connected(self.port, source, tls or self.tls)
        return self._peer

    def message(self, msg_type: str, *body: tuple[int, str], number: int = 0) -> bytes:
        header = [(8, self._begin_string), (9, "$LEN"), (35, msg_type), (49, self._comp_id), (56, self.target_comp_id)]
        rest = [(34, str(number or self.number + 1)), (52, now())]
        return put_together([*header, *rest, *body, (10, "$SUM")])

    def logon(self, *body: tuple[int, str]) -> bytes:
        return self.message("A", (98, "0"), (108, "30"), *body)

    async def log_on(self, source: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Self:
        """Raises Hanged when the door closes instead."""
        peer = await self.connect(source, tls)
        try:
            await peer.write(self.logon())
            while dict(heard := await peer.hear(DEADLINE_S)).get(35) != "A":
                if dict(heard).get(35) == "5":
                    raise Hanged(dict(heard).get(58, ""))
        except (Unheard, ConnectionError) as closed:
            raise Hanged(str(closed)) from closed
        self.number += 1
        self._logon_number = self.number
        return self

    async def orders(self) -> Fields:
        """Place an order, and return the report that says what became of it: the session works."""
        cl_ord_id = f"D{next(_ids)}"
        await self.send("D", (11, cl_ord_id), (21, "1"), (55, "EURUSD"), (54, "1"), (60, now()), (38, "100"), (40, "1"))
        while dict(heard := await self.hear()).get(11) != cl_ord_id:
            pass
        return heard

    async def send(self, msg_type: str, *body: tuple[int, str]) -> None:
        assert self._peer is not None
        raw = self.message(msg_type, *body)
        self.number += 1
        await self._peer.write(raw)

    async def hear(self) -> Fields:
        """The next message that is no question; those are answered. Raises Hanged."""
        assert self._peer is not None
        while True:
            try:
                heard = await self._peer.hear(DEADLINE_S)
            except (Unheard, ConnectionError) as closed:
                raise Hanged(str(closed)) from closed
            told = dict(heard)
            if told[35] == "1":
                await self.send("0", (112, told[112]))
            elif told[35] == "2":  # It has missed something: nothing that would have to come again.
                await self._fill(int(told[7]))
            else:
                return heard

    async def hears_all(self) -> None:
        """Raises Hanged, sooner or later."""
        while True:
            await self.hear()

    async def _fill(self, begin: int) -> None:
        """A gap-fill from there to behind our Logon; what came after that has its number still to be counted."""
        assert self._peer is not None
        filling = [(43, "Y"), (122, now()), (123, "Y"), (36, str(self._logon_number + 1))]
        await self._peer.write(self.message("4", *filling, number=begin))

    async def hang_up(self) -> None:
        if self._peer is not None:
            with contextlib.suppress(OSError):  # The other side still talked.
                await self._peer.hang_up()
            self._peer = None


async def connected(port: int, source: str, tls: ssl.SSLContext | None) -> Peer:
    """Raises OSError."""
    name = "localhost" if tls is not None else None
    peer = Peer(*await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name, local_addr=(source, 0)))
    _opened.append(peer)
    return peer


async def hang_up_all() -> None:
    """Every connection that a test opened, however it ended."""
    while _opened:
        peer = _opened.pop()
        peer._writer.transport.abort()
        with contextlib.suppress(OSError):
            await peer.hang_up()


async def is_closed(peer: Peer, within_s: float = DEADLINE_S) -> bool:
    """Whether the other side hangs up without a word."""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(within_s):
            return await peer._reader.read(1) == b""
    return True
