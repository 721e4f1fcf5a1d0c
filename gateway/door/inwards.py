"""Clients: from the network to their workers' QuickFIX on loopback."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

from gateway.door import admission, line, owner
from gateway.door.admission import Counts, Reason
from gateway.door.certificates import Renewed, is_resumed
from gateway.door.config import LOOPBACK, Client, DoorConfig
from gateway.door.frames import Logon
from gateway.door.line import End, Refused
from gateway.fix.token import with_token

Note = Callable[[Reason, str, str, str], None]
"""Reason, address, session, detail."""
WORKER_S_MAX = 3.0
"""For a worker on loopback to take the connection."""


class _Arrival(asyncio.Protocol):
    """A connection of which nothing was read yet."""

    def __init__(self, arrived: Callable[[asyncio.Transport], None]) -> None:
        self._arrived = arrived

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        self._arrived(transport)


class Inwards:
    """All clients of one installation."""

    def __init__(self, config: DoorConfig, certificates: Renewed, note: Note) -> None:
        self._config, self._certificates, self._note = config, certificates, note
        self._limits = config.limits
        self.counts = Counts(config.limits)
        self.connected: dict[str, str] = {}
        """Where each session that is connected comes from."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, closing: ExitStack) -> None:
        """Raises OSError for a port that is taken."""
        loop = asyncio.get_running_loop()
        for host, port in sorted({(client.host, client.port) for client in self._config.clients}):
            clients = [client for client in self._config.clients if (client.host, client.port) == (host, port)]
            made = partial(_Arrival, partial(self._arrived, clients))
            server = await loop.create_server(made, host, port)
            closing.callback(server.close)

    async def end(self) -> None:
        """Close every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _arrived(self, clients: Sequence[Client], transport: asyncio.Transport) -> None:
        """Before a byte is read: whoever may not come, or is one too many, costs nothing."""
        peer = transport.get_extra_info("peername")
        if peer is None:  # It is gone already.
            transport.abort()
            return
        address = str(peer[0])
        is_known = any(admission.may_come(client, address) for client in clients)
        refusal = self.counts.refusal(address) if is_known else Reason.ADDRESS
        if refusal is not None:
            self._note(refusal, address, "", f"{self.counts.total} connections are open")
            transport.abort()
            return
        self.counts.add(address)
        task = asyncio.ensure_future(self._serve(transport, address, clients))
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._over(task, address))

    def _over(self, task: "asyncio.Task[None]", address: str) -> None:
        """What should not have happened is raised here, and said by the event loop."""
        self._tasks.discard(task)
        self.counts.remove(address)
        if not task.cancelled():
            task.result()

    async def _serve(self, transport: asyncio.Transport, address: str, clients: Sequence[Client]) -> None:
        """One connection, to its end."""
        session = ""

        def note(reason: Reason, detail: str) -> None:
            self._note(reason, address, session, detail)

        end = End(self._limits, note)
        end.is_of_the_network()
        try:
            logon = await self._logon(transport, end)
            client = self._client(logon, end, address, clients)
            session = client.session.name
            await self._carry(end, client, logon, address)
        except Refused as refused:
            session = session or _claimed(end)
            note(refused.reason, refused.detail)
        finally:
            transport.abort()

    async def _logon(self, transport: asyncio.Transport, end: End) -> Logon:
        """The first message of a client whose certificate is good. Raises Refused."""
        loop, limits, is_shaken = asyncio.get_running_loop(), self._limits, False
        try:
            async with asyncio.timeout(limits.logon_s_max):
                line.tune(transport)
                shaken = await loop.start_tls(
                    transport,
                    end,
                    self._certificates.context,
                    server_side=True,
                    ssl_handshake_timeout=limits.handshake_s_max,
                    ssl_shutdown_timeout=line.CLOSE_S_MAX,
                )
                assert shaken is not None
                end.connection_made(shaken)  # asyncio leaves that to whoever starts TLS.
                if is_resumed(shaken.get_extra_info("ssl_object")):
                    end.abort()
                    raise Refused(Reason.HANDSHAKE, "it resumed a TLS session, and showed no certificate")
                is_shaken = True
                return line.checked(await end.logon)
        except TimeoutError:
            reason = Reason.LOGON_LATE if is_shaken else Reason.HANDSHAKE
            raise Refused(reason, f"not within {limits.logon_s_max} s") from None
        except OSError as error:  # ssl.SSLError is one.
            raise Refused(Reason.HANDSHAKE, str(error) or "it hung up") from error

    def _client(self, logon: Logon, end: End, address: str, clients: Sequence[Client]) -> Client:
        """Who may log on by this. Raises Refused."""
        session = admission.session_of(logon, [client.session for client in clients])
        if session is None:
            raise Refused(Reason.NOBODY, _shown(logon))
        client = next(client for client in clients if client.session is session)
        assert end.transport is not None
        tls: ssl.SSLObject = end.transport.get_extra_info("ssl_object")
        names = admission.names(tls.getpeercert() or {})
        reason = admission.logon_refusal(client, logon, address, names, is_connected=session.name in self.connected)
        if reason is not None:
            raise Refused(reason, f"{_shown(logon)}, certificate of {', '.join(sorted(names)) or 'nobody'}")
        return client

    async def _carry(self, end: End, client: Client, logon: Logon, address: str) -> None:
        """To the worker and back, until either side ends it. Nothing is awaited between the look at `connected` and this."""
        name = client.session.name
        self.connected[name] = address
        inner: End | None = None
        try:
            inner = await self._to_worker(client)
            if end.lost.done():
                return  # Its Logon would keep the worker's session for nobody.
            end.meter(self._limits.message_bytes_max, self._limits.messages_per_s_max)
            inner.join(end)
            inner.write(with_token(logon.raw, self._config.token))
            end.join(inner)
            await asyncio.wait([end.lost, inner.lost])  # Whichever is lost first closes the other one.
        finally:
            if inner is not None:
                inner.abort()
            del self.connected[name]

    async def _to_worker(self, client: Client) -> End:
        """A connection to the worker's QuickFIX. Raises Refused."""
        loop, port = asyncio.get_running_loop(), client.loopback_port
        inner = End(self._limits, lambda _reason, _detail: None)
        try:
            async with asyncio.timeout(WORKER_S_MAX):
                await loop.create_connection(lambda: inner, LOOPBACK, port)
        except OSError as error:  # TimeoutError is one.
            raise Refused(Reason.NO_WORKER, f"{LOOPBACK}:{port}: {str(error) or 'no answer'}") from error
        assert inner.transport is not None
        if not owner.listens(inner.transport):
            inner.abort()
            raise Refused(Reason.STRANGER, f"who listens on {LOOPBACK}:{port} is another user")
        return inner


def _claimed(end: End) -> str:
    """Whom the Logon names, whoever sent it; for the log."""
    logon = end.logon.result() if end.logon.done() and not end.logon.cancelled() else None
    return logon.sender_comp_id if isinstance(logon, Logon) else ""


def _shown(logon: Logon) -> str:
    return f"{logon.begin_string} from {logon.sender_comp_id} to {logon.target_comp_id}"
