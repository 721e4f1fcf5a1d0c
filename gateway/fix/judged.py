"""QuickFIX's callbacks where the peer is a client: what FIX does not allow is refused before anybody hears of it.

QuickFIX lets a callback refuse a message by one of three exceptions. Each costs some kilobytes for ever (`port`), and a peer can
provoke it: so there is a bound, and the process then ends and begins anew.
"""

import os
import sys
from typing import Any

import quickfix

from gateway.fix import judge
from gateway.fix.ending import EXIT_REFUSALS, EXIT_STRANGER
from gateway.fix.port import Application, guarded, raw_text
from gateway.fix.raw import value

REFUSALS_MAX = 10_000
"""Of one process: some 60 MB."""
_LOGON, _REJECT, _LOGOUT, _RESEND_REQUEST = b"A", b"3", b"5", b"2"
_REJECT_REASON, _TEXT = 373, 58
_REASON_MAX = 11
"""The last SessionRejectReason(373) of FIX 4.2."""


class JudgedApplication(Application):
    """Of one session."""

    missing_from = 0
    """The number from which messages are missing that QuickFIX has not asked for; 0: none."""
    _refusals = 0
    _refusing: judge.Refusal | None = None
    """What the Reject(3) is about that QuickFIX makes next, on this very thread."""

    def fromAdmin(self, message: Any, session_id: Any) -> None:
        self._raise(self._why_not_admin(message, session_id))
        super().fromAdmin(message, session_id)

    def fromApp(self, message: Any, session_id: Any) -> None:
        self._raise(self._why_not_app(message))
        super().fromApp(message, session_id)

    def toAdmin(self, message: Any, session_id: Any) -> None:
        if self._refusing is not None:
            self._say_why(message, self._refusing)
        super().toAdmin(message, session_id)

    @guarded
    def _why_not_app(self, message: Any) -> Exception | None:
        self._thread_state.keep()
        return self._refused(judge.refusal(raw_text(message), 0, 0))

    @guarded
    def _why_not_admin(self, message: Any, session_id: Any) -> Exception | None:
        raw, session = raw_text(message), quickfix.Session.lookupSession(session_id)
        msg_type, given, expected = value(raw, b"\x0135="), value(raw, b"\x0134="), session.getExpectedTargetNum()
        if msg_type == _LOGON:
            if self.wanted is not None and not self.wanted.is_in(raw):
                return self._not_from_the_door(session, raw)
            problem = judge.why_no_logon(raw)
            return self._counted(quickfix.RejectLogon(problem)) if problem else None
        if not session.receivedLogon() or not given.isdigit():
            return self._hung_up(session, msg_type)
        number = int(given)
        if msg_type in {_REJECT, _RESEND_REQUEST} and number > expected:
            self.missing_from = expected
        if msg_type in {_REJECT, _LOGOUT}:
            if number != expected:  # QuickFIX counts it whatever its number is, and would jump over what is missing.
                session.setNextTargetMsgSeqNum(expected - 1)
            return None
        return self._refused(judge.refusal(raw, expected, session.getExpectedSenderNum()))

    def _hung_up(self, session: Any, msg_type: bytes) -> Exception:
        """QuickFIX takes SequenceReset(4) and Reject(3) from anybody, before the Logon(A); and some messages without a number.

        It counts a Reject that is refused before the Logon: that one ends in a Logout(5) that nobody hears."""
        session.disconnect()
        return self._counted(quickfix.RejectLogon("") if msg_type == _REJECT else quickfix.IncorrectTagValue(35))

    def _not_from_the_door(self, session: Any, raw: bytes) -> Exception:
        """Somebody on this machine. QuickFIX has done what 141=Y asks for already: its numbers are no good any more."""
        if b"\x01141=Y" in raw:
            sys.stderr.write("worker ends: a Logon that did not come through the front door reset the sequence numbers\n")
            sys.stderr.flush()
            os._exit(EXIT_STRANGER)
        sys.stderr.write("a Logon that did not come through the front door was refused\n")
        session.disconnect()
        return self._counted(quickfix.RejectLogon(""))

    def _refused(self, refusal: judge.Refusal | None) -> Exception | None:
        if refusal is None:
            return None
        self._refusing = refusal
        return self._counted(quickfix.IncorrectTagValue(refusal.ref_tag_id))

    def _counted(self, exception: Exception) -> Exception:
        self._refusals += 1
        if self._refusals > REFUSALS_MAX:
            sys.stderr.write(f"worker ends: {REFUSALS_MAX} messages of the client were refused\n")
            sys.stderr.flush()
            os._exit(EXIT_REFUSALS)
        return exception

    @guarded
    def _say_why(self, message: Any, refusal: judge.Refusal) -> None:
        self._refusing = None
        if refusal.session_reject_reason > _REASON_MAX and message.getHeader().getField(8) < "FIX.4.3":
            message.removeField(_REJECT_REASON)  # FIX 4.2 has no word for it.
        else:
            message.setField(_REJECT_REASON, str(refusal.session_reject_reason))
        message.setField(_TEXT, refusal.text)

    @staticmethod
    def _raise(exception: Exception | None) -> None:
        if exception is not None:
            raise exception
