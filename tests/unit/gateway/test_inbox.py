"""The one door in: who comes first, and who is refused when it is full."""

import pytest

from gateway import inbox, link
from gateway.inbox import Inbox, Item, Lane, Overloaded
from gateway.rules import Command, FromLink, LinkLost
from oms.domain.commands import AskStatus, DecideAgain, MassCancel
from tests.support.orders import ACCOUNTS, PRINCIPAL, SESSION, cancel, change, place

AGAIN, ASK = DecideAgain("FG1", "FG1"), AskStatus("FG1", "FG1")
HEARD, LOST = FromLink(SESSION, 7, link.LoggedOn()), LinkLost(SESSION, 7)


def filled(*commands: Command) -> Inbox:
    made = Inbox(lambda: None)
    for command in commands:
        made.put(command)
    return made


def taken(door: Inbox) -> list[Command]:
    items = iter(door.take, None)
    return [item.command for item in items]


def test_what_must_not_wait_comes_first_and_in_order() -> None:
    changed, canceled = change(of="c9"), cancel(of="c9")
    last_first = (place(), place("c2"), changed, canceled, HEARD, LOST, ASK, AGAIN)
    assert taken(filled(*last_first)) == [ASK, AGAIN, HEARD, LOST, canceled, changed, place(), place("c2")]


def test_what_a_client_over_fix_says_keeps_its_order_and_lets_venues_go_first() -> None:
    door = filled(place(), HEARD)
    door.hear("ALPHA", 8, [link.LoggedOn(), link.LoggedOut()], Lane.CLIENTS)
    door.lose("ALPHA", 8, Lane.CLIENTS)
    said = [FromLink("ALPHA", 8, link.LoggedOn()), FromLink("ALPHA", 8, link.LoggedOut()), LinkLost("ALPHA", 8)]
    assert taken(door) == [HEARD, *said, place()]


def test_clients_that_press_hold_nobody_back_but_themselves() -> None:
    door = Inbox(lambda: None)
    door.hear("ALPHA", 8, [link.LoggedOn()] * inbox.BOUNDS[Lane.CLIENTS], Lane.CLIENTS)
    assert (door.is_pressed(Lane.CLIENTS), door.is_pressed(), door.is_relieved()) == (True, False, True)


def test_a_cancel_and_a_replace_wait_behind_their_own_order() -> None:
    door = filled(place(), place("c2"), change(), cancel(), HEARD)
    assert taken(door) == [HEARD, place(), place("c2"), change(), cancel()]
    door.put(cancel("x3"))
    door.put(place("c3"))
    assert taken(door) == [cancel("x3"), place("c3")]


def test_a_mass_cancel_waits_behind_every_order_that_was_asked_for_before_it() -> None:
    everything = MassCancel(PRINCIPAL, "m1", ACCOUNTS)
    assert taken(filled(change(of="c9"), everything)) == [everything, change(of="c9")]
    assert taken(filled(place(), everything, place("c2"), HEARD)) == [HEARD, place(), everything, place("c2")]


def test_what_our_own_facts_set_off_goes_first_whatever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inbox.BOUNDS, Lane.CANCELS, 1)
    door = filled(place(), cancel("x1", of="c9"), HEARD)
    for name in ("x2", "x3"):
        door.react(cancel(name))
    assert taken(door) == [cancel("x2"), cancel("x3"), HEARD, cancel("x1", of="c9"), place()]


def test_an_order_that_waits_twice_is_waited_for_twice() -> None:
    door = filled(place(), place())
    assert door.take() == Item(place(), None)
    door.put(cancel())
    assert taken(door) == [place(), cancel()]


def test_every_command_wakes_the_engine_and_keeps_who_asked() -> None:
    woken: list[int] = []
    door = Inbox(lambda: woken.append(1))

    def reply(seq: int, answer: object, is_repeat: bool) -> None: ...

    door.put(place(), reply)
    assert (door.take(), door.take(), woken) == (Item(place(), reply), None, [1])


@pytest.mark.parametrize(("lane", "command"), [(Lane.ORDERS, place()), (Lane.REPLACES, change()), (Lane.CANCELS, cancel())])
def test_a_full_lane_refuses_and_says_so(lane: Lane, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inbox.BOUNDS, lane, 2)
    door = filled(command, command)
    with pytest.raises(Overloaded, match=f"2 requests are waiting in lane {lane.name}") as refused:
        door.put(command)
    assert (refused.value.lane, refused.value.bound) == (lane.name, 2)
    assert taken(door) == [command, command]


def test_a_full_lane_of_orders_keeps_no_cancel_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inbox.BOUNDS, Lane.ORDERS, 1)
    door = filled(place(), cancel(), change(), HEARD, cancel("x2", of="c9"))
    assert taken(door) == [HEARD, cancel("x2", of="c9"), place(), cancel(), change()]


def test_a_report_is_never_refused_but_its_sender_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(inbox.BOUNDS, Lane.REPORTS, 4)
    door = filled(HEARD, HEARD, HEARD)
    pressed = []
    for _ in range(2):
        door.put(HEARD)
        pressed.append((door.is_pressed(), door.is_relieved()))
    relieved = []
    while door.take() is not None:
        relieved.append((door.is_pressed(), door.is_relieved()))
    assert pressed == [(True, False), (True, False)]
    assert relieved == [(True, False), (False, False), (False, False), (False, True), (False, True)]
