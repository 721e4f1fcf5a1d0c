"""A client's mass cancel: what the venue is asked, what the client hears, and what is none of its business."""

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.cell import Cell
from gateway.client.receiving import AFFECTED_ORDERS_MAX
from gateway.codec.text import Fields
from gateway.rules import FromLink
from gateway.taking import Takes
from oms.domain.acts import MassCancelRequested
from oms.domain.fields import MsgType
from tests.support import orders
from tests.support.client_side import CELL, PRINCIPAL, ClientSide
from tests.support.model_engine import events, folded

ORDER = "35=D|11={}|55=EURUSD|54=1|38=1000|40=2|44=1.3850"
A, B, C, MASS = "FG00000001", "FG00000002", "FG00000003", "FG00000003"
VENUE, *OTHERS = CELL.sessions
NATIVE = replace(CELL, sessions=(replace(VENUE, takes=Takes(mass_cancel=True)), *OTHERS))
ALL = "35=q|11=M|530=7"
BOTH_TAKEN = [("r", "M", "7", None, "2", [("A", A), ("B", B)], None)]


def trading(cell: Cell = CELL, *names: str) -> ClientSide:
    """Orders of the client that the venue works: A and B, or these."""
    side = ClientSide(cell)
    for number, name in enumerate(names or ("A", "B"), start=1):
        side.asks(ORDER.format(name))
        side.venue_says(f"35=8|11=FG{number:08d}|37=V{number}|17=N{number}|150=0|39=0|38=1000|14=0|151=1000")
    return side


def answers(heard: list[Fields]) -> list[tuple[object, ...]]:
    """Each r: what it is about, what is done, why not, how many and which orders, in words."""
    found: list[tuple[object, ...]] = []
    for one in heard:
        told = dict(one)
        origs, ids = [v for t, v in one if t == 41], [v for t, v in one if t == 535]
        assert told.get(534, "0") == str(len(ids))
        found.append((told[35], told[11], told[531], told.get(532), told[533], list(zip(origs, ids, strict=True)), told.get(58)))
    return found


def ends(heard: list[Fields]) -> list[tuple[str | None, ...]]:
    return [tuple(dict(one).get(tag) for tag in (35, 11, 41, 37, 150, 39)) for one in heard]


def asked(side: ClientSide, msg_type: str) -> list[str]:
    """The ClOrdIDs of such requests that the venue was sent."""
    return [cl_ord_id for cl_ord_id, raw in side.raws.items() if f"\x0135={msg_type}\x01" in raw]


class TestOneByOne:
    def test_each_order_is_canceled_and_says_so_under_the_mass_cancels_id(self) -> None:
        side = trading()
        assert answers(side.asks(ALL)) == BOTH_TAKEN
        assert asked(side, "F") == ["FG00000004", "FG00000005"]
        heard = side.venue_says(f"35=8|11=FG00000005|41={B}|37=V2|17=E1|150=4|39=4|14=0|151=0")
        assert ends(heard) == [("8", "M", "B", B, "4", "4")]

    def test_a_cancel_that_the_venue_refuses_is_a_cancel_reject_under_that_id(self) -> None:
        side = trading()
        side.asks(ALL)
        heard = side.venue_says(f"35=9|11=FG00000004|41={A}|37=V1|39=0|434=1|102=2|58=busy")
        assert ends(heard) == [("9", "M", "A", A, None, "0")]

    def test_a_cancel_that_never_left_is_nothing_to_tell(self) -> None:
        side = trading()
        side.is_venue_deaf = True
        side.asks(ALL)
        grant = side.engine.state.sessions[orders.SESSION].grant
        dropped = link.NotSent("FG00000004", A, "F", link.SESSION_DOWN)
        side.engine.take(FromLink(orders.SESSION, grant, dropped))
        assert side.commit() == []
        assert list(side.engine.state.book.to_cancel[orders.SESSION]) == [A]

    def test_an_order_that_ends_before_its_cancel_is_not_told_of_twice(self) -> None:
        side = trading()
        side.engine.take(orders.cancel("desk-1", of="", root_id=A))
        side.commit()
        assert answers(side.asks(ALL)) == BOTH_TAKEN
        assert len(asked(side, "F")) == 2

    @pytest.mark.parametrize(
        ("scope", "found"),
        [("530=1|55=EURUSD", ["A", "B"]), ("530=7|54=2", []), ("530=7|1=DESK1", ["A", "B"]), ("530=7|54=1", ["A", "B"])],
    )
    def test_only_what_matches_is_meant(self, scope: str, found: list[str]) -> None:
        [taken] = trading().asks(f"35=q|11=M|{scope}")
        assert [value for tag, value in taken if tag == 41] == found
        assert dict(taken)[533] == str(len(found))

    def test_orders_of_others_on_its_account_are_not(self) -> None:
        side = trading()
        side.engine.take(orders.place("desk-1"))
        side.commit()
        assert answers(side.asks(ALL)) == BOTH_TAKEN
        assert side.engine.state.book.chains[C].pending(MsgType.ORDER_CANCEL_REQUEST) is None

    def test_of_many_orders_some_are_named_and_all_are_counted(self) -> None:
        names = [f"A{number}" for number in range(AFFECTED_ORDERS_MAX + 1)]
        [taken] = trading(CELL, *names).asks(ALL)
        assert dict(taken)[533] == str(AFFECTED_ORDERS_MAX + 1)
        assert dict(taken)[534] == str(AFFECTED_ORDERS_MAX)


class TestNative:
    def test_the_venue_is_asked_by_one_message(self) -> None:
        side = trading(NATIVE)
        assert answers(side.asks(ALL)) == BOTH_TAKEN
        assert (asked(side, "q"), asked(side, "F")) == ([MASS], [])

    @pytest.mark.parametrize("named", [f"11={A}", f"11={MASS}|41={A}"])
    def test_what_the_venue_cancels_is_told_under_the_mass_cancels_id(self, named: str) -> None:
        side = trading(NATIVE)
        side.asks(ALL)
        assert side.venue_says(f"35=r|11={MASS}|37=X|530=7|531=7|533=2") == []
        heard = side.venue_says(f"35=8|{named}|37=V1|17=E1|150=4|39=4|14=0|151=0")
        assert ends(heard) == [("8", "M", "A", A, "4", "4")]

    def test_a_fill_that_crosses_it_is_a_fill_of_the_order(self) -> None:
        side = trading(NATIVE)
        side.asks(ALL)
        heard = side.venue_says(f"35=8|11={A}|37=V1|17=E1|150=F|39=2|32=1000|31=1.385|14=1000|151=0")
        assert ends(heard) == [("8", "A", None, A, "F", "2")]

    def test_refused_by_the_venue_the_orders_are_canceled_one_by_one(self) -> None:
        side = trading(NATIVE)
        side.asks(ALL)
        assert side.venue_says(f"35=r|11={MASS}|37=X|530=7|531=0|532=0") == []
        assert asked(side, "F") == ["FG00000004", "FG00000005"]

    def test_orders_of_others_at_that_venue_forbid_it(self) -> None:
        side = trading(NATIVE)
        side.engine.take(orders.place("desk-1"))
        side.commit()
        side.asks(ALL)
        assert (asked(side, "q"), len(asked(side, "F"))) == ([], 2)


@pytest.mark.parametrize(
    ("text", "reason", "words"),
    [
        ("35=q|11=M|530=3", "0", "tag 530 is '3'; 1 (one symbol) and 7 (all orders) are served"),
        ("35=q|11=M|530=1", "99", "tag 55 is missing"),
        ("35=q|11=M|530=1|55=NOPE", "1", "symbol=NOPE is unknown"),
        ("35=q|11=M|530=7|1=DESK2", "99", f"NOT_ENTITLED account=DESK2 principal={PRINCIPAL}"),
        ("35=q|11=A|530=7", "99", "DUPLICATE_CLIENT_ORDER_ID client_order_id=A"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(text: str, reason: str, words: str) -> None:
    side = trading()
    [(_, _, response, said, affected, named, why)] = answers(side.asks(text))
    assert (response, said, affected, named, why) == ("0", reason, "0", [], words)
    assert asked(side, "F") == []


def test_a_symbol_that_is_traded_no_more_can_be_canceled_while_an_order_lives() -> None:
    side = trading()
    policy = replace(CELL.policy, instruments={})
    side.engine.state.cell = replace(CELL, policy=policy)
    assert answers(side.asks("35=q|11=M|530=1|55=EURUSD"))[0][2:5] == ("1", None, "2")


def test_what_comes_again_and_says_so_gets_the_same_answer_and_does_nothing() -> None:
    side = trading()
    first = answers(side.asks(ALL))
    before = dict(side.raws)
    assert answers(side.asks(f"{ALL}|97=Y")) == first
    assert side.raws == before


def test_the_journal_folds_to_the_same() -> None:
    side = trading(NATIVE)
    side.asks(ALL)
    side.venue_says(f"35=r|11={MASS}|37=X|530=7|531=0")
    again = folded(NATIVE, side.engine.journal)
    assert vars(again.book) == vars(side.engine.state.book)
    [mine], [its] = again.outboxes.values(), side.engine.state.outboxes.values()
    assert mine._mass_canceled == its._mass_canceled == {A: "M", B: "M"}
    assert [e.placed_by for e in events(side.engine.journal) if isinstance(e, MassCancelRequested)] == [PRINCIPAL]
