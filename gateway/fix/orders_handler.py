"""What a worker does with what QuickFIX says of a session of orders or clients: tells the engine, counts, logs what leaves."""

import threading
from collections.abc import Callable

from gateway import guards, link
from gateway.crash import crash
from gateway.fix import sent_log
from gateway.fix.anew import Anew
from gateway.fix.ending import EXIT_NUMBERS, EXIT_RESET, end
from gateway.fix.link_writer import LinkWriter
from gateway.fix.masking import masked
from gateway.fix.raw import LOGOUT, logout_text, value

RESET_S_MAX = 2.0
"""For QuickFIX's thread to tell of a reset that the main thread has run into."""
_BUSINESS_REJECT = b"j"
_LOGON = "A"


class OrdersHandler:
    """QuickFIX's callbacks of an orders session: everything is told to the engine, in order, with its number."""

    def __init__(
        self,
        writer: LinkWriter,
        log: Callable[[], sent_log.Writer],
        halt: Callable[[int, str], None],
        shut: Callable[[], None],
        *,
        is_client: bool = False,
    ) -> None:
        self._is_client = is_client
        self._shut = shut
        """Keeps the session logged off. What the engine does with the same message is the same, but it may be slow."""
        self._writer = writer
        self._log = log
        self._halt = halt
        """Ends the process, and keeps the next one from starting."""
        self._last_sender = 0
        self.sending: link.Send | None = None
        """The frame that the main thread is handing over right now; `outgoing_app` runs inside that call."""
        self._main = threading.get_ident()
        self.reserved_to = 0
        self._has_asked = False
        self.anew = Anew()
        self._logout_text = ""

    @property
    def last_sender(self) -> int:
        """The last MsgSeqNum(34) that was used."""
        return self._last_sender

    def granted(self, grant: link.Grant) -> None:
        self._last_sender = grant.next_sender - 1
        self.reserved_to = grant.reserved_to

    def begin_anew(self, frame: link.Anew) -> None:
        self._last_sender = 0
        self.reserve(frame.reserved_to)
        self.anew.know()

    def reserve(self, reserved_to: int) -> None:
        self.reserved_to = reserved_to
        self._has_asked = False

    def ask_numbers(self) -> None:
        """Ask for more, once, when half is used: heartbeats alone use a block up in a day."""
        if self._last_sender > self.reserved_to - link.BLOCK // 2 and not self._has_asked:
            self._has_asked = True
            self._writer.add(link.WantNumbers())

    def has_number(self) -> bool:
        return self._last_sender < self.reserved_to

    def logged_on(self, session: str) -> None:
        self._tell(link.LoggedOn())

    def logged_out(self, session: str) -> None:
        self.anew.end()
        text, self._logout_text = self._logout_text, ""
        self._tell(link.LoggedOut(text))

    def outgoing_app(self, session: str, raw: bytes) -> None:
        send = self.sending if threading.get_ident() == self._main else None
        if send is None:  # A report resent, or QuickFIX's own answer to a message that lacks half its header.
            is_known = b"\x0143=Y\x01" in raw or value(raw, b"\x0135=") == _BUSINESS_REJECT
            assert is_known, "a business message that the engine did not ask for"
            self.outgoing_admin(session, raw)
            return
        crash("worker.in_to_app", raw)
        number, told = self._count(raw), masked(raw)
        self._log().add(link.Logged(number, send.seq, send.cl_ord_id, send.root_id, send.msg_type, told))
        crash("worker.after_sent_log", raw)
        seq = 0 if send.cl_ord_id else send.seq
        self._writer.add(link.Sent(number, send.cl_ord_id, send.root_id, send.msg_type, told, seq))

    def outgoing_admin(self, session: str, raw: bytes) -> None:
        msg_type = value(raw, b"\x0135=").decode("latin-1")
        number = int(value(raw, b"\x0134=")) if b"\x0143=Y" in raw else self._count(raw)
        if msg_type == _LOGON:
            self.anew.end()
        if msg_type == link.SEQUENCE_RESET:  # Logged before it leaves: the peer will never ask for what it covers again.
            self._log().add(link.Logged(int(value(raw, b"\x0136=")), 0, "", "", msg_type, masked(raw)))
        self._writer.add(link.Sent(number, "", "", msg_type, masked(raw)))
        if guards.too_low(raw) is not None and not self._is_client:
            self._shut()

    def incoming_admin(self, session: str, raw: bytes) -> None:
        if b"\x01141=Y" in raw:
            self._begun_anew() if self._is_client else self._reset(raw)
        if value(raw, b"\x0135=") == LOGOUT:
            self._logout_text = logout_text(raw)
        self._tell(link.Received(masked(raw)))
        if guards.too_low(raw, self._last_sender) is not None:
            self._shut()

    def _reset(self, raw: bytes) -> None:
        """QuickFIX has begun its numbers anew already: nothing more may go out under them until the journal knows of it."""
        self._writer.add(link.PeerReset())
        self._tell(link.Received(masked(raw)))
        end(EXIT_RESET, "the peer reset the sequence numbers; the journal's are another epoch's now")

    def _begun_anew(self) -> None:
        self.anew.begin()
        self._tell(link.PeerReset())
        if not self.anew.is_known_in_time():
            end(EXIT_RESET, "the engine does not know that the client reset the sequence numbers")

    def incoming_app(self, session: str, raw: bytes) -> None:
        crash("worker.in_from_app", raw)
        self._writer.add(link.Received(masked(raw)))
        crash("worker.before_link_write", raw)
        self._writer.flush()

    def _tell(self, frame: link.FromWorker) -> None:
        self._writer.add(frame)
        self._writer.flush()

    def _count(self, raw: bytes) -> int:
        """Each number is the last one plus one, or the store lies; and reserved, or the engine is too slow for the peer."""
        number = int(value(raw, b"\x0134="))
        if number == 1 < self._last_sender and self._is_client:
            end(EXIT_RESET, "a Logon(A) that reset the sequence numbers was not taken; the journal's hold")
        if number == 1 < self._last_sender and threading.get_ident() == self._main:
            threading.Event().wait(RESET_S_MAX)  # QuickFIX's thread has begun anew, and is about to say so and to end us.
        if number != self._last_sender + 1:
            self._halt(EXIT_NUMBERS, f"QuickFIX would send MsgSeqNum {number} after {self._last_sender}")
        if number > self.reserved_to:
            end(EXIT_NUMBERS, f"MsgSeqNum {number} is not reserved; {self.reserved_to} was the last")
        self._last_sender = number
        return number
