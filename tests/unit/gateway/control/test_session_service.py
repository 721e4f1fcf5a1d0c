"""What nobody knows of a session, as the contract and the terminal show it."""

import time

from gateway.control.session_view import shown as session_shown
from gateway.sessions import SessionGranted, SessionLoggedOn, SessionLoggedOut, SessionReady
from gateway.state import State
from oms.domain.events import Event, MessageSent, RequestDoubted
from oms.domain.fields import ExecType, OrdStatus
from ops.commands.showing import SESSION_COLUMNS, session_row
from tests.support.orders import CELL, SECOND, SESSION, placed, report, said

ROOT, NEXT = "FG00000001", "FG00000002"
READY = (SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1), SessionLoggedOn(SESSION), SessionReady(SESSION))


def shown(*facts: tuple[int, Event]) -> tuple[tuple[int, int | None, int, int], tuple[str, ...]]:
    """The session after these facts, each so many seconds ago: what the contract says, and the terminal's last columns."""
    state, now_ns = State(CELL), time.time_ns()
    for ago_s, event in [*((1_000, event) for event in READY), *facts]:
        state.apply(event, state.seq + 1, now_ns - ago_s * SECOND)
    told = session_shown(state, SESSION, now_ns)
    oldest_s = told.oldest_unknown_ms // 1_000 if told.HasField("oldest_unknown_ms") else None
    numbers = (told.unknown_requests, oldest_s, told.unknown_ms, told.unconfirmed_orders)
    return numbers, session_row(told)[SESSION_COLUMNS.index("unknown") :]


def test_a_session_without_a_doubt_shows_none() -> None:
    assert shown((500, placed())) == ((0, None, 0, 0), ("0", "0", ""))


def test_a_doubt_shows_its_age_and_what_was_in_doubt_before() -> None:
    new = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))
    numbers, _ = shown(
        (900, placed()),
        (900, MessageSent(ROOT, ROOT, SESSION, 1, 2, "D", "")),
        (900, RequestDoubted(ROOT, ROOT, "why")),
        (897, new),
        (800, placed(NEXT, client_order_id="c2")),
        (800, MessageSent(NEXT, NEXT, SESSION, 1, 3, "D", "")),
        (700, RequestDoubted(NEXT, NEXT, "why")),
        (600, SessionLoggedOut(SESSION, "gone")),
    )
    unknown_requests, oldest_s, unknown_ms, unconfirmed_orders = numbers
    assert (unknown_requests, unknown_ms, unconfirmed_orders) == (1, 3_000, 1)
    assert oldest_s is not None
    assert oldest_s >= 700
