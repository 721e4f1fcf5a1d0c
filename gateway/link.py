"""The frames between the engine and its FIX workers: what is said over the Unix socket, and how it is cut into pieces.

Each frame is four bytes of length (big-endian) and one msgpack array. Only these two processes of one installation speak
it, and they are always of the same version.
"""

from struct import Struct as Layout

import msgspec

FRAME_BYTES_MAX = 16 << 20
"""A longer frame is a broken peer. The longest is a Hello with all of a sent.log, which has bounds of its own."""
BLOCK = 10_000
"""Sender numbers are reserved in the journal in blocks of this many, and renewed at half."""
SEQUENCE_RESET = "4"
"""MsgType(35). The only one that our FIX layer sends by itself on an orders session is a gap-fill."""
SESSION_MESSAGES = frozenset({"0", "1", "2", "3", "4", "5", "A", "j"})
"""MsgType(35) of what our FIX layer sends by itself, and our TestRequest: of these only a gap-fill stands in the sent.log."""
_LENGTH_BYTES = 4
_length_at = Layout(">I").unpack_from


class LinkBroken(Exception):
    """The peer sent something that is no frame."""


class Logged(msgspec.Struct, frozen=True, array_like=True):
    """One entry of the worker's sent.log: a message that reached `outgoing_app` under this number, or a gap-fill of ours."""

    msg_seq_num: int
    """Of a gap-fill (`msg_type` 4): NewSeqNo(36), the number of whatever is sent after it."""
    seq: int
    cl_ord_id: str
    root_id: str
    msg_type: str
    raw: bytes


class SentLog(msgspec.Struct, frozen=True, array_like=True):
    """What a worker found of its predecessor's sent.log."""

    boot_id: str
    session_epoch: int
    grant: int
    entries: tuple[Logged, ...]


class Hello(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A worker has started and holds the session's folder; nothing else sends for this session while it lives."""

    session: str
    boot_id: str
    pid: int
    next_sender: int
    """What QuickFIX's store says of the next MsgSeqNum(34) to send."""
    log: SentLog | None
    halted: str = ""
    """Why a worker before it halted the session: it does not log on until it is told of a Release. Empty where none did."""


class LoggedOn(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """The FIX session is logged on. Nothing is known yet of what is missing."""


class LoggedOut(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """The FIX session is gone, or a logon came to nothing."""

    text: str = ""
    """Text(58) of the peer's Logout(5); empty where it sent none."""


class Received(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """A message came in, session messages included."""

    raw: bytes


class Sent(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """A message was handed to the FIX session; `cl_ord_id` is empty for session messages, `root_id` for
    whatever is about no one order."""

    msg_seq_num: int
    cl_ord_id: str
    root_id: str
    msg_type: str
    raw: bytes
    seq: int = 0
    """Of a report to a client: journal seq of the fact that it tells. Zero for a session message, and for a report resent."""


SESSION_DOWN = "SESSION_DOWN"
"""Why a message was dropped where the FIX session was not logged on."""


class NotSent(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """A message was dropped before it reached the FIX session."""

    cl_ord_id: str
    root_id: str
    msg_type: str
    reason: str


class WantNumbers(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """Half of the reserved sender numbers are used."""


class PeerReset(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """The peer's Logon(A) has ResetSeqNumFlag(141)=Y: what it counted of us and we of it is void. The worker ends after
    it, but for a client's: that one waits for Anew."""


class Halted(msgspec.Struct, frozen=True, array_like=True, tag=12):
    """What a Halt named is dropped, or has left."""

    latch: int
    msg_seq_num: int
    """The last number that was used; nothing that was named leaves above it. 0 where there is no worker who knows."""


class Grant(msgspec.Struct, frozen=True, array_like=True, tag=20):
    """The session may log on with these numbers. `grant` is the journal seq of the grant, and names this start of the worker."""

    grant: int
    session_epoch: int
    next_sender: int
    next_target: int
    reserved_to: int
    is_open: bool = True
    """Whether it may log on at once, or has to wait for LogOn."""


class Anew(msgspec.Struct, frozen=True, array_like=True, tag=27):
    """A client began the numbers anew, and so do we, at 1: the journal knows. Its Logon(A) may be answered."""

    session_epoch: int
    reserved_to: int


class Send(msgspec.Struct, frozen=True, array_like=True, tag=21):
    """Send this message; header and number are the FIX session's."""

    seq: int
    cl_ord_id: str
    root_id: str
    msg_type: str
    expire_at_ns: int
    """0: never expires. At or after this instant it is not sent."""
    text: str


class Reserve(msgspec.Struct, frozen=True, array_like=True, tag=22):
    """Sender numbers up to this one, inclusive, may be used."""

    reserved_to: int


class Lease(msgspec.Struct, frozen=True, array_like=True, tag=23):
    """The engine's journal took a commit, or proved that it could."""

    acked: int
    """How many entries of this grant's sent.log are durable facts, the first ones: they are not needed any more.

    A count and no number: a gap-fill is logged under the number of what is sent after it, and two may bear the same one.
    """
    asked_ns: int
    """CLOCK_MONOTONIC when the journal was asked; one machine has one. A lease that waited in the socket is as old as it is."""


class Stop(msgspec.Struct, frozen=True, array_like=True, tag=24):
    """Log out and end."""


class LogOn(msgspec.Struct, frozen=True, array_like=True, tag=25):
    """The session may be logged on; so it is until LogOff."""


class LogOff(msgspec.Struct, frozen=True, array_like=True, tag=26):
    """Log out, and stay so until LogOn."""

    text: str = "closed"
    """Text(58) of the Logout(5)."""


class Release(msgspec.Struct, frozen=True, array_like=True, tag=28):
    """A person has looked at the halted session: forget the halt, and end, so that the next worker may be granted a start."""


class Halt(msgspec.Struct, frozen=True, array_like=True, tag=32):
    """Read ahead of everything that waits: do not send these, if they are still to be sent."""

    latch: int
    """Journal seq of the latch."""
    cl_ord_ids: tuple[str, ...]


FromWorker = Hello | LoggedOn | LoggedOut | Received | Sent | NotSent | WantNumbers | PeerReset | Halted
FromEngine = Grant | Send | Reserve | Lease | Stop | LogOn | LogOff | Anew | Release | Halt

from_worker = msgspec.msgpack.Decoder(FromWorker)
from_engine = msgspec.msgpack.Decoder(FromEngine)
_encode = msgspec.msgpack.Encoder().encode


def frame(message: FromWorker | FromEngine) -> bytes:
    """One frame, ready for the socket."""
    body = _encode(message)
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


class Cutter:
    """Cuts a stream of bytes into frame bodies."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that `data` completes. Raises LinkBroken for a length that no frame has."""
        bodies: list[bytes] = []
        buffer = self._rest + data if self._rest else data
        start, last = 0, len(buffer) - _LENGTH_BYTES
        while start <= last:
            (length,) = _length_at(buffer, start)
            if length > FRAME_BYTES_MAX:
                raise LinkBroken(f"a frame of {length} bytes; the limit is {FRAME_BYTES_MAX}")
            if start + length > last:
                break
            body, start = start + _LENGTH_BYTES, start + _LENGTH_BYTES + length
            bodies.append(buffer[body:start])
        self._rest = buffer[start:]
        return bodies
