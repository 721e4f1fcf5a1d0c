"""A FIX worker in a few lines, with every place where a real one can die, and the disk that outlives it."""

from collections import deque
from enum import Enum

from gateway import link
from gateway.codec.text import fields
from tests.support.model_wire import Body, Message, Wire, gap_fill, resend_request

GRANT_BLOCK = 60
"""Sender numbers are so few in the model that blocks are used up."""


class Death(Enum):
    """Where in the sending of a message the worker dies."""

    BEFORE_LOG = "before anything"
    AFTER_LOG = "logged, not stored: the number is not used"
    AFTER_STORE = "stored, not written to the socket"
    AFTER_WRITE = "sent, and nobody told"


class Disk:
    """What a worker leaves behind: QuickFIX's store, and the sent.log."""

    def __init__(self) -> None:
        self.boot_id = "boot 1"
        self.next_sender = 1
        self.next_target = 1
        self.log: link.SentLog | None = None


class Worker:
    """One start of the worker. `told` is in the socket and survives its death; `unsaid` does not."""

    def __init__(self, session: str, disk: Disk, wire: Wire) -> None:
        self.session, self.disk, self.wire = session, disk, wire
        self.is_alive = True
        self.is_logged_on = False
        self.grant: link.Grant | None = None
        self.reserved_to = 0
        self.frames: deque[link.FromEngine] = deque()
        self.told: deque[link.FromWorker] = deque()
        self.unsaid: deque[link.FromWorker] = deque()
        self.asked_up_to = 0
        self.wants_numbers = False
        self.is_open = True
        """Whether it may log on."""
        self.told.append(link.Hello(session, disk.boot_id, 1, disk.next_sender, disk.log))

    def die(self, *, last_words: bool = False) -> None:
        """`last_words`: what is in the connection's buffers arrives."""
        in_flight = list(self.wire.to_venue) if last_words else []
        self.is_alive = self.is_logged_on = False
        self.frames.clear()
        self.unsaid.clear()
        self.wire.drop()
        self.wire.to_venue.extend(in_flight)

    def flush(self) -> None:
        self.told.extend(self.unsaid)
        self.unsaid.clear()

    @property
    def may_connect(self) -> bool:
        return self.is_alive and self.grant is not None and self.is_open

    def connect(self) -> None:
        assert self.grant is not None
        self.wire.is_up = True
        self.asked_up_to = 0
        self._send_admin("A")

    def disconnect(self) -> None:
        """The connection broke."""
        self.wire.drop()
        if self.is_logged_on:
            self.is_logged_on = False
            self.unsaid.append(link.LoggedOut())
            self.flush()

    def take(self, death: Death | None = None) -> None:
        """One frame of the engine."""
        match self.frames.popleft():
            case link.Grant() as grant:
                self.grant, self.reserved_to, self.is_open = grant, grant.reserved_to, grant.is_open
                self.disk.next_sender, self.disk.next_target = grant.next_sender, grant.next_target
                self.disk.log = link.SentLog(self.disk.boot_id, grant.session_epoch, grant.grant, ())
            case link.Reserve() as reserve:
                self.reserved_to, self.wants_numbers = reserve.reserved_to, False
            case link.LogOn() | link.LogOff() as line:
                self._open(is_open=isinstance(line, link.LogOn))
            case link.Send() as send:
                self._send(send, death)

    def drop(self) -> None:
        """One frame of the engine is not sent, for whatever reason."""
        dropped = self.frames.popleft()
        assert isinstance(dropped, link.Send)
        self.unsaid.append(link.NotSent(dropped.cl_ord_id, dropped.root_id, dropped.msg_type, "dropped"))

    def _send(self, send: link.Send, death: Death | None) -> None:
        if not self.is_logged_on or self.disk.next_sender > self.reserved_to:
            self.unsaid.append(link.NotSent(send.cl_ord_id, send.root_id, send.msg_type, "SESSION_DOWN"))
        elif send.msg_type == "1":
            self._send_admin("1", _body(send.text))
        else:
            self._send_business(send, death)
        if self.is_alive and self.disk.next_sender > self.reserved_to - GRANT_BLOCK // 2 and not self.wants_numbers:
            self.wants_numbers = True
            self.unsaid.append(link.WantNumbers())

    def _send_business(self, send: link.Send, death: Death | None) -> None:
        if death is Death.BEFORE_LOG:
            return self.die()
        message = Message(self.disk.next_sender, send.msg_type, _body(send.text))
        ids = (message.msg_seq_num, send.cl_ord_id, send.root_id, send.msg_type, message.raw())
        self._log(link.Logged(ids[0], send.seq, *ids[1:]))
        self.unsaid.append(link.Sent(*ids))
        if death is Death.AFTER_LOG:
            return self.die()
        self.disk.next_sender += 1
        if death is Death.AFTER_STORE:
            return self.die()
        self.wire.to_venue.append(message)
        if death is Death.AFTER_WRITE:
            self.die(last_words=True)
        return None

    def _log(self, entry: link.Logged) -> None:
        log = self.disk.log
        assert log is not None
        self.disk.log = link.SentLog(log.boot_id, log.session_epoch, log.grant, (*log.entries, entry))

    def _send_admin(self, msg_type: str, body: Body = ()) -> None:
        if self.disk.next_sender > self.reserved_to:
            return self.die()  # No number is reserved: the worker ends.
        message = Message(self.disk.next_sender, msg_type, body)
        self.disk.next_sender += 1
        self.unsaid.append(link.Sent(message.msg_seq_num, "", "", msg_type, message.raw()))
        self.wire.to_venue.append(message)
        return None

    def hear(self) -> None:
        """Take one message off the wire."""
        message = self.wire.to_us.popleft()
        number, is_early = message.msg_seq_num, message.msg_seq_num > self.disk.next_target
        if message.get(141) == "Y":
            return self._reset(message)
        if number < self.disk.next_target:
            return None if message.poss_dup or message.msg_type == "2" else self._too_low(number)
        if not is_early or message.msg_type in {"A", "2"}:
            self.unsaid.append(link.Received(message.raw()))
            self.flush()
        if is_early:
            self._ask_for_gap(number)
        else:
            self.disk.next_target = int(message.get(36)) if message.msg_type == "4" else number + 1
            self.asked_up_to = 0 if self.asked_up_to < self.disk.next_target else self.asked_up_to
        if message.msg_type == "A":
            self.is_logged_on = True
            self.unsaid.append(link.LoggedOn())
        elif message.msg_type == "2":
            self._fill_gap(int(message.get(7)))
        return None

    def _reset(self, message: Message) -> None:
        """The Logon says so: nothing more is heard or sent under the old numbers."""
        self.disk.next_sender = self.disk.next_target = 1
        self.unsaid += (link.PeerReset(), link.Received(message.raw()))
        self.flush()
        self.die()

    def _too_low(self, number: int) -> None:
        """QuickFIX logs out; and we stay so."""
        said = f"MsgSeqNum too low, expecting {self.disk.next_target} but received {number}"
        self._send_admin("5", ((58, said),))
        if self.is_alive:
            self._open(is_open=False)

    def _open(self, *, is_open: bool) -> None:
        self.is_open = is_open
        if not is_open and self.wire.is_up:
            self.disconnect()

    def _ask_for_gap(self, number: int) -> None:
        if not self.asked_up_to:
            self._send_admin("2", resend_request(self.disk.next_target))
        self.asked_up_to = max(self.asked_up_to, number)

    def _fill_gap(self, begin_seq_no: int) -> None:
        """QuickFIX with PersistMessages=N: one gap-fill for everything."""
        message = Message(begin_seq_no, "4", gap_fill(self.disk.next_sender), poss_dup=True)
        self._log(link.Logged(self.disk.next_sender, 0, "", "", "4", message.raw()))
        self.unsaid.append(link.Sent(begin_seq_no, "", "", "4", message.raw()))
        self.wire.to_venue.append(message)


def _body(text: str) -> Body:
    return tuple((tag, value) for tag, value in fields(text.encode()) if tag not in {8, 9, 35, 10})
