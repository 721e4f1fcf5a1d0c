"""What the engine tells a worker of the journal: how much of the sent.log it need not keep."""

from gateway.facts import Fact
from gateway.inbox import Inbox
from gateway.links import Links
from gateway.sessions import AdminSent, GapFilled, SessionGranted
from oms.domain.events import Event, MessageSent
from tests.support.orders import OTHER, SESSION

GRANTED = SessionGranted(SESSION, 1, 4, 1, 10_000, trusted=True, pid=1)
SENT = MessageSent("FG1", "FG1", SESSION, 1, 3, "D", "")
FILLED = GapFilled(SESSION, 1, 4)


def acked(*events: Event) -> dict[str, int]:
    """What is known after these facts, one batch each."""
    links = Links(Inbox(lambda: None), frozenset({SESSION, OTHER}))
    for seq, event in enumerate(events, 1):
        links.hear([Fact(seq, 1, event, None)])
    return links.acked


def test_each_order_and_each_gap_fill_is_an_entry() -> None:
    heartbeat = AdminSent(SESSION, 1, 5, "0", "")
    assert acked(GRANTED, SENT, FILLED, FILLED, heartbeat) == {SESSION: 3}


def test_a_grant_starts_a_log() -> None:
    """What the last worker left unsaid is told just before it."""
    assert acked(GRANTED, SENT, FILLED, SENT, GRANTED) == {SESSION: 0}
