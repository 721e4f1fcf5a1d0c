"""Whether a session's worker may start, with which numbers, and what is believed of what its predecessor left. Pure."""

from gateway.link import BLOCK, SEQUENCE_RESET, Hello, Logged
from gateway.sessions import Session, SessionGranted


def why_halt(session: Session, hello: Hello) -> str:
    """Why the session must not log on: its folder was used beyond what this journal knows. Empty where it may.

    A database restored from a backup, or made anew, looks like this: the venue holds orders that the journal does not. Where a
    person has set the numbers, a store without a log of this epoch may still hold those of before.
    """
    is_of_now = hello.log is not None and hello.log.session_epoch == session.session_epoch
    used_to = session.reserved_to if is_of_now else max(session.reserved_to, session.reserved_before)
    if session.grant == 0 and (hello.next_sender > 1 or hello.log is not None):
        return "the session's folder was used with another journal; if that one is gone for good, remove the folder"
    if hello.next_sender > used_to + 1 and session.grant:
        return f"the FIX store is at {hello.next_sender}, beyond the last number that this journal gave out, {used_to}"
    return ""


def trusts(session: Session, hello: Hello) -> bool:
    """Whether the predecessor's sent.log can be believed: same boot, epoch and start, and the store's number agrees with us.

    A log of an older start is believed if no business was possible since: it is then only older, not incomplete. A log beyond
    the store's number proves that the store was set back; only the last entry may be one that was never stored.
    """
    log = hello.log
    if log is None:
        return session.grant == 0
    is_ours = log.boot_id == hello.boot_id and log.session_epoch == session.session_epoch
    is_latest = log.grant == session.grant or not session.was_ready
    is_store_whole = all(e.msg_seq_num <= hello.next_sender for e in log.entries)
    last_logged = max((e.msg_seq_num for e in log.entries if e.msg_seq_num < hello.next_sender), default=0)
    in_range = max(session.last_sender, last_logged) < hello.next_sender <= session.reserved_to + 1
    return is_ours and is_latest and is_store_whole and in_range


def granted(session: Session, hello: Hello, waiting: int = 0) -> SessionGranted:
    """The numbers for a new start: continued where the evidence is good, beyond everything ever reserved where it is not.

    So many messages wait to be sent at once, and must have a number each.
    """
    trusted = trusts(session, hello)
    next_sender = (hello.next_sender if trusted else session.reserved_to + 1) if session.grant else 1
    reserved_to = session.reserved_to
    while reserved_to - next_sender < BLOCK // 2 + waiting:
        reserved_to += BLOCK
    return SessionGranted(
        session=session.name,
        session_epoch=session.session_epoch,
        next_sender=next_sender,
        next_target=session.next_target,
        reserved_to=reserved_to,
        trusted=trusted,
        pid=hello.pid,
    )


def granted_anew(session: Session, hello: Hello) -> SessionGranted:
    """A session whose numbers start anew at every logon needs no evidence and reserves nothing."""
    return SessionGranted(
        session=session.name,
        session_epoch=session.session_epoch,
        next_sender=1,
        next_target=1,
        reserved_to=0,
        trusted=True,
        pid=hello.pid,
    )


def left_in_log(session: Session, hello: Hello) -> tuple[Logged, ...]:
    """What the predecessor sent without being able to tell us. Only for a trusted log.

    An entry counts only if QuickFIX's own number moved past it: else the worker died before the message was stored.
    """
    assert hello.log is not None
    known = session.last_sender
    return tuple(e for e in hello.log.entries if known < e.msg_seq_num < hello.next_sender and e.msg_type != SEQUENCE_RESET)


def filled_in_log(hello: Hello) -> tuple[Logged, ...]:
    """The gap-fills of the predecessor, told or untold. Only for a trusted log."""
    assert hello.log is not None
    return tuple(e for e in hello.log.entries if e.msg_type == SEQUENCE_RESET)
