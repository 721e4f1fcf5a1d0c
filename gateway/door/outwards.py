"""Counterparties: from their workers' QuickFIX on loopback to the network, to whichever of their addresses answers."""

import asyncio
import random
import ssl
from contextlib import ExitStack
from functools import partial
from typing import Any

import msgspec

from gateway.door import admission, line, owner
from gateway.door.admission import Reason
from gateway.door.certificates import Renewed
from gateway.door.config import LOOPBACK, DoorConfig, Venue
from gateway.door.frames import Logon
from gateway.door.inwards import Note
from gateway.door.line import VENUE_MESSAGE_BYTES_MAX, End, Refused
from gateway.fix.reaching import Address, attempt
from gateway.fix.token import without_token

CONNECT_S_MAX = 5.0
"""For one address, its TLS handshake and all."""
_LISTENERS_MAX = 16


class Attempts(msgspec.Struct):
    """How it went with one session, for the next time."""

    failures: int = 0
    """Attempts in a row that did not end in a logon."""
    ended_s: float = float("-inf")
    """When the last attempt, or the last connection, ended."""


class Outwards:
    """All counterparties of one installation that want TLS."""

    def __init__(self, config: DoorConfig, certificates: dict[str, Renewed], note: Note) -> None:
        """`certificates` by the counterparty's name."""
        self._config, self._certificates, self._note = config, certificates, note
        self.connected: dict[str, str] = {}
        """Where each session is connected to, or that it is about to be."""
        self._attempts = {session.name: Attempts() for venue in config.venues for session in venue.sessions}
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, closing: ExitStack) -> None:
        """Raises OSError for a port that is taken."""
        loop = asyncio.get_running_loop()
        for venue in self._config.venues:
            made = partial(self._made, venue)
            server = await loop.create_server(made, LOOPBACK, venue.loopback_port, backlog=_LISTENERS_MAX)
            closing.callback(server.close)

    async def end(self) -> None:
        """Close every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _made(self, venue: Venue) -> End:
        """For a worker's connection, or that of somebody who claims to be one."""
        session = _Name()
        end = End(self._config.limits, lambda reason, detail: self._note(reason, LOOPBACK, session.name, detail))
        task = asyncio.ensure_future(self._serve(venue, end, session))
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return end

    def _over(self, task: "asyncio.Task[None]") -> None:
        """What should not have happened is raised here, and said by the event loop."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()

    async def _serve(self, venue: Venue, end: End, session: "_Name") -> None:
        """One connection of a worker, to its end."""
        try:
            logon = await self._logon(end)
            session.name = self._name(venue, logon)
            self.connected[session.name] = "connecting"
            try:
                await self._carry(venue, session.name, end, logon)
            finally:
                del self.connected[session.name]
        except Refused as refused:
            self._note(refused.reason, LOOPBACK, session.name or venue.name, refused.detail)
        finally:
            end.abort()

    async def _logon(self, end: End) -> Logon:
        """The worker's Logon, its token and all. Raises Refused."""
        limits = self._config.limits
        try:
            async with asyncio.timeout(limits.logon_s_max):
                logon = line.checked(await end.logon)
        except TimeoutError:
            raise Refused(Reason.LOGON_LATE, f"not within {limits.logon_s_max} s") from None
        assert end.transport is not None
        if not owner.has_connected(end.transport):
            raise Refused(Reason.STRANGER, "who connected is another user")
        if not self._config.token.is_in(logon.raw):
            raise Refused(Reason.UNPROVED, f"a Logon from {logon.sender_comp_id} to {logon.target_comp_id}")
        return logon

    def _name(self, venue: Venue, logon: Logon) -> str:
        """Of the session that logs on. Raises Refused."""
        session = admission.session_of(logon, venue.sessions)
        if session is None:
            raise Refused(Reason.NOBODY, f"{logon.begin_string} from {logon.sender_comp_id} to {logon.target_comp_id}")
        if session.name in self.connected:
            raise Refused(Reason.TAKEN)
        return session.name

    async def _carry(self, venue: Venue, name: str, end: End, logon: Logon) -> None:
        """To the counterparty and back, until either side ends it, or the worker has no patience any more."""
        attempts = self._attempts[name]
        dialing = asyncio.ensure_future(self._dial(venue, name, end, attempts))
        try:
            both: list[asyncio.Future[Any]] = [dialing, end.lost]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not dialing.done():
                return
            outer = dialing.result()
        finally:
            dialing.cancel()
        attempts.failures += 1  # Until it has answered the Logon.
        try:
            if end.lost.done():
                return  # The worker had no patience while the address answered: its Logon would be nobody's.
            outer.write(without_token(logon.raw))
            end.join(outer)
            await asyncio.wait([end.lost, outer.lost])  # Whichever is lost first closes the other one.
        finally:
            attempts.ended_s = asyncio.get_running_loop().time()
            outer.abort()

    async def _dial(self, venue: Venue, name: str, end: End, attempts: Attempts) -> End:
        """The addresses in their turn, ever more slowly, until one answers and shows the right certificate."""
        loop = asyncio.get_running_loop()
        while True:
            chosen = attempt(venue.reach, attempts.failures, random.random())  # noqa: S311  No secret: who waits how long.
            await asyncio.sleep(max(0.0, attempts.ended_s + chosen.after_s - loop.time()))
            outer = self._outer(name, end, chosen.address, attempts)
            try:
                async with asyncio.timeout(CONNECT_S_MAX):
                    await self._connect(venue, chosen.address, outer)
            except OSError as error:  # ssl.SSLError and TimeoutError are, too.
                outer.abort()
                attempts.failures += 1
                attempts.ended_s = loop.time()
                self._note(Reason.VENUE, str(chosen.address), name, _why(error))
                continue
            self.connected[name] = str(chosen.address)
            return outer

    def _outer(self, name: str, end: End, address: Address, attempts: Attempts) -> End:
        """The network's end, joined before it is there: no byte of it is lost."""

        def logged_on() -> None:
            attempts.failures = 0

        outer = End(self._config.limits, lambda reason, detail: self._note(reason, str(address), name, detail))
        outer.is_of_the_network()
        outer.meter(VENUE_MESSAGE_BYTES_MAX)
        outer.on_logon = logged_on
        outer.join(end)
        return outer

    async def _connect(self, venue: Venue, address: Address, outer: End) -> None:
        await asyncio.get_running_loop().create_connection(
            lambda: outer,
            address.host,
            address.port,
            ssl=self._certificates[venue.name].context,
            server_hostname=venue.server_name or address.host,
            ssl_handshake_timeout=CONNECT_S_MAX,
            ssl_shutdown_timeout=line.CLOSE_S_MAX,
        )
        assert outer.transport is not None
        line.tune(outer.transport)


class _Name:
    """Of a session, once it is known."""

    name = ""


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    return str(error) or "no answer in time"
