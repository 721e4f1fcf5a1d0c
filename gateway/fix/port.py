"""The only door to QuickFIX: raw text goes in and comes out, and no callback can fail quietly.

QuickFIX turns most Python exceptions into a process that hangs with its port open, so every callback ends the process at
once when anything unexpected is raised (exit code 70). Messages belong to the engine and die with the callback: what leaves
here is a copy in bytes. FIX exceptions raised to the engine leak memory, so none is raised but by `judged`, which counts them.
"""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import quickfix

from gateway import crash
from gateway.codec.text import text
from gateway.fix import dictionary, message_store
from gateway.fix.config import Endpoint, LogonField, SessionConfig
from gateway.fix.layout import layout
from gateway.fix.loopback import keep_to_loopback
from gateway.fix.relay import Relay
from gateway.fix.tap import Tap
from gateway.fix.thread_state import ThreadState
from gateway.fix.token import TAG, Token, without_token
from gateway.fix.wire_log import WireLogFactory

EXIT_BROKEN_CALLBACK = 70
SOH = "\x01"
_LOGON = "A"
R = TypeVar("R")
Role = Literal["initiator", "acceptor"]
_SENDING_TIME_OFF_S_MAX = 120
"""The two minutes of the list of session-level test cases, 2o."""
_LOGON_S_MAX = 30
"""For an answer to our Logon where the front door may still be looking for an address that answers."""
_NO_JUDGE = {
    "AllowUnknownMsgFields": "Y",
    "ValidateFieldsHaveValues": "N",
    "ValidateFieldsOutOfOrder": "N",
}
"""QuickFIX passes on what our own codec then judges. A field twice, and an unknown MsgType(35), it still answers by itself."""


class CannotStart(Exception):
    """QuickFIX refuses its settings or cannot have its port."""


class Handler(Protocol):
    """What a process does with what QuickFIX says. Called on QuickFIX's threads, one call at a time for each session."""

    def logged_on(self, session: str) -> None: ...
    def logged_out(self, session: str) -> None: ...
    def outgoing_admin(self, session: str, raw: bytes) -> None: ...

    def outgoing_app(self, session: str, raw: bytes) -> None:
        """Called under the session's lock, before the number is stored and the bytes are written: take no lock here."""

    def incoming_admin(self, session: str, raw: bytes) -> None: ...

    def incoming_app(self, session: str, raw: bytes) -> None:
        """The target number advances after this returns: killed in here, the peer is asked for the message again."""


def guarded(callback: Callable[..., R]) -> Callable[..., R]:
    """`callback`, ending the process when it raises."""

    def call(*args: Any) -> R:
        try:
            return callback(*args)
        except BaseException:  # noqa: BLE001  nothing may reach QuickFIX: it would hang with its port open
            traceback.print_exc(file=sys.stderr)
            sys.stderr.flush()
            os._exit(EXIT_BROKEN_CALLBACK)

    return call


def raw_text(message: Any) -> bytes:
    """A copy of the message; bytes that were not UTF-8 on the wire come back unchanged."""
    text: str = message.toString()
    return text.encode("utf-8", "surrogateescape")


class Application(quickfix.Application):
    """QuickFIX's seven callbacks as the six calls of a Handler."""

    missing_from = 0
    """See JudgedApplication."""

    def __init__(self, handler: Handler, names: dict[str, str]) -> None:
        super().__init__()
        self.logons: dict[str, tuple[LogonField, ...]] = {}
        """What each session adds to its Logon(A)."""
        self.given: Token | None = None
        """What a Logon of ours shows to the front door, in no copy of it."""
        self.wanted: Token | None = None
        """What a Logon has to show to us; taken out of it before anybody sees it."""
        self._handler = handler
        self._names = names
        self._only_name = next(iter(names.values())) if len(names) == 1 else ""
        self._thread_state = ThreadState()

    def _name(self, session_id: Any) -> str:
        """Each call of QuickFIX gives the GIL away and takes it back, so nothing is asked where there is one answer."""
        return self._only_name or self._names[session_id.toString()]

    @guarded
    def onCreate(self, session_id: Any) -> None:
        """Nothing to do: sessions are known before they are created."""

    @guarded
    def onLogon(self, session_id: Any) -> None:
        self._handler.logged_on(self._name(session_id))

    @guarded
    def onLogout(self, session_id: Any) -> None:
        self._handler.logged_out(self._name(session_id))
        self._thread_state.give_back()

    @guarded
    def toAdmin(self, message: Any, session_id: Any) -> None:
        """Whoever gets a copy sees no secret: it is put into the message after the copy was made."""
        session = self._name(session_id)
        fields = self.logons[session] if message.getHeader().getField(35) == _LOGON else ()
        for field in fields:
            message.setField(field.tag, field.shown)
        self._handler.outgoing_admin(session, raw_text(message))
        for field in fields:
            message.setField(field.tag, field.value)
        if self.given is not None and message.getHeader().getField(35) == _LOGON:
            message.setField(TAG, self.given.text)

    @guarded
    def toApp(self, message: Any, session_id: Any) -> None:
        self._handler.outgoing_app(self._name(session_id), raw_text(message))

    @guarded
    def fromAdmin(self, message: Any, session_id: Any) -> None:
        raw = raw_text(message)
        self._handler.incoming_admin(self._name(session_id), raw if self.wanted is None else without_token(raw))

    @guarded
    def fromApp(self, message: Any, session_id: Any) -> None:
        self._thread_state.keep()
        self._handler.incoming_app(self._name(session_id), raw_text(message))


class FixPort:
    """The sessions of one process. Made first, numbers set second, started third; stopped before the process ends."""

    def __init__(
        self,
        role: Role,
        sessions: tuple[SessionConfig, ...],
        endpoint: Endpoint,
        store: Path,
        handler: Handler,
        tap: Tap | None = None,
    ) -> None:
        """`tap` hears of what comes in before QuickFIX looks at it; for a process with one session."""
        store.mkdir(parents=True, exist_ok=True)
        for file in message_store.give_up_torn(store):
            sys.stderr.write(f"{file} was torn, or of a store that was, and is given up\n")
        message_store.begin_today(store)
        file = store / "quickfix.cfg"
        self._relay = _relay(role, sessions, endpoint, tap)
        own = self._relay.inner if self._relay is not None else endpoint
        file.write_text(_settings(role, sessions, own, store))
        self._settings = quickfix.SessionSettings(str(file))
        self._ids = {s.name: quickfix.SessionID(s.version.begin_string, s.sender_comp_id, s.target_comp_id) for s in sessions}
        names = {session_id.toString(): name for name, session_id in self._ids.items()}
        self._application = _application(sessions)(handler, names)  # QuickFIX holds bare pointers: keep them all alive here
        self._application.logons = {s.name: s.logon for s in sessions}
        token = next((s.token for s in sessions if s.token is not None), None)
        if role == "initiator":
            self._application.given = token
        else:
            self._application.wanted = token
        self._listens_on = own.port if role == "acceptor" else 0
        self._stores = quickfix.FileStoreFactory(self._settings)
        kind = quickfix.ThreadedSocketInitiator if role == "initiator" else quickfix.ThreadedSocketAcceptor
        self._logs = (WireLogFactory(tap, guarded),) if tap is not None or crash.IS_ON else ()
        self._connector = kind(self._application, self._stores, self._settings, *self._logs)
        self._sessions = {name: quickfix.Session.lookupSession(session_id) for name, session_id in self._ids.items()}
        self._dictionaries = {s.name: quickfix.DataDictionary(dictionary.path(s.version.data_dictionary)) for s in sessions}

    def numbers(self, session: str) -> tuple[int, int]:
        """What QuickFIX's own store holds: the next MsgSeqNum to send and the next one expected."""
        state = self._sessions[session]
        return state.getExpectedSenderNum(), state.getExpectedTargetNum()

    def set_numbers(self, session: str, next_sender: int, next_target: int) -> None:
        """Overrule the store. Only before `start`."""
        state = self._sessions[session]
        state.setNextSenderMsgSeqNum(next_sender)
        state.setNextTargetMsgSeqNum(next_target)

    def start(self) -> None:
        """Connect, or listen. Raises CannotStart, for a port that is taken, say."""
        try:
            self._connector.start()
            if self._relay is not None:
                self._relay.start()
        except (quickfix.ConfigError, quickfix.RuntimeError, OSError) as error:
            raise CannotStart(str(error)) from error
        if self._listens_on:
            keep_to_loopback(self._listens_on)

    def open(self, session: str) -> None:
        """Let the session log on, and log on again whenever it is lost. So it is from the start, unless it is shut before."""
        self._sessions[session].logon()

    def shut(self, session: str, why: str = "closed") -> None:
        """Log the session out, and neither open nor take a connection for it until `open`. Does not wait."""
        self._sessions[session].logout(why)

    def stop(self) -> None:
        """Log out and close; waits up to 10 s for the peers' logouts."""
        if self._relay is not None:
            self._relay.stop()
        self._connector.stop()

    def is_logged_on(self, session: str) -> bool:
        logged_on: bool = self._sessions[session].isLoggedOn()
        return logged_on

    def ask_missing(self, session: str) -> None:
        """Ask for what QuickFIX found missing and did not ask for: it does not where a ResendRequest(2) or Reject(3) shows it."""
        missing_from, self._application.missing_from = self._application.missing_from, 0
        if missing_from and self._sessions[session].getExpectedTargetNum() == missing_from and self.is_logged_on(session):
            begin_string = self._ids[session].getBeginString().getString()
            self.send(session, text(begin_string, "2", [(7, str(missing_from)), (16, "0")]))

    def send(self, session: str, message_text: str) -> bool:
        """Hand one message to the session; header, number and trailer are QuickFIX's.

        False does not mean that nothing was sent; what `outgoing_app` saw is the evidence.
        """
        message = quickfix.Message(message_text, self._dictionaries[session], False)
        sent: bool = quickfix.Session.sendToTarget(message, self._ids[session])
        return sent


def _application(sessions: tuple[SessionConfig, ...]) -> type[Application]:
    if not any(session.is_judged for session in sessions):
        return Application
    from gateway.fix.judged import JudgedApplication

    return JudgedApplication


def _relay(role: Role, sessions: tuple[SessionConfig, ...], endpoint: Endpoint, tap: Tap | None) -> Relay | None:
    """What a client says is read by us before QuickFIX reads it. Raises CannotStart."""
    if role == "initiator" or not any(session.is_judged for session in sessions):
        return None
    (session,) = sessions
    try:
        passed_over = tap.passed_over if tap is not None else lambda _: None
        return Relay(endpoint, layout(session.version), passed_over, takes_resets=session.takes_resets)
    except OSError as error:
        raise CannotStart(f"{endpoint.host}:{endpoint.port}: {error}") from error


def _settings(role: Role, sessions: tuple[SessionConfig, ...], endpoint: Endpoint, store: Path) -> str:
    """The text of QuickFIX's settings file. Sessions never end by QuickFIX's own clock: we roll them ourselves."""
    shared = {
        "ConnectionType": role,
        "FileStorePath": store,
        "NonStopSession": "Y",
        "ReconnectInterval": endpoint.reconnect_interval_s,
        "SocketNodelay": "Y",
        "TimestampPrecision": 6,
        "ValidateUserDefinedFields": "N",  # Custom tags pass through, whoever sends them.
        **_address(role, endpoint),
    }
    return "\n".join([_section("DEFAULT", shared), *(_section("SESSION", _session(role, s, store)) for s in sessions)])


def _address(role: Role, endpoint: Endpoint) -> dict[str, object]:
    """QuickFIX cannot be told to listen on one address: an acceptor turns away sessions from any other (and see `loopback`)."""
    if role == "acceptor":
        return {"SocketAcceptPort": endpoint.port, "SocketReuseAddress": "Y", "AllowedRemoteAddresses": endpoint.host}
    first, *others = endpoint.reach.addresses
    addresses: dict[str, object] = {"SocketConnectHost": first.host, "SocketConnectPort": first.port}
    for number, address in enumerate(others, 1):
        addresses |= {f"SocketConnectHost{number}": address.host, f"SocketConnectPort{number}": address.port}
    return addresses


def _session(role: Role, config: SessionConfig, store: Path) -> dict[str, object]:
    """What a venue says of our orders has to reach us, however it says it. A client is told where it does not speak FIX."""
    return {
        "BeginString": config.version.begin_string,
        "SenderCompID": config.sender_comp_id,
        "TargetCompID": config.target_comp_id,
        "HeartBtInt": config.heart_bt_int_s,
        "ResetOnLogon": "Y" if config.reset_on_logon else "N",
        "PersistMessages": "Y" if config.persist_messages else "N",
        "CheckLatency": "Y" if config.is_judged else "N",
        "MaxLatency": _SENDING_TIME_OFF_S_MAX,
        **({"LogonTimeout": _LOGON_S_MAX} if config.token is not None else {}),
        "UseDataDictionary": "Y",
        **_dictionaries(role, config, store),
        **(_NO_JUDGE if role == "initiator" else {}),
    }


def _dictionaries(role: Role, config: SessionConfig, store: Path) -> dict[str, object]:
    """From FIXT.1.1 on, the session has a version of its own, and its Logon(A) says which one the business messages have."""

    def file(name: str, other: str = "") -> str:
        written = store / f"{name}.xml"
        if role == "initiator":
            dictionary.write_lenient(name, written, config.overlay)
        elif config.is_judged:
            dictionary.write_strict(name, written, other, config.overlay)
        else:
            return dictionary.path(name)
        return str(written)

    version = config.version
    business, transport = version.data_dictionary, version.transport_data_dictionary
    if not transport:
        return {"DataDictionary": file(business)}
    return {
        "DefaultApplVerID": version.default_appl_ver_id,
        "TransportDataDictionary": file(transport, business),
        "AppDataDictionary": file(business, transport),
    }


def _section(title: str, settings: dict[str, object]) -> str:
    return "\n".join([f"[{title}]", *(f"{key}={value}" for key, value in settings.items()), ""])
