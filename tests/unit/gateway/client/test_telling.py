"""What a client hears where its own request, the venue's word and somebody else's wish are not the same thing."""

from gateway import link
from gateway.codec.text import Fields
from gateway.rules import FromLink
from oms.domain.events import RequestDoubted
from tests.support import orders
from tests.support.client_side import ClientSide

D = "35=D|11=A|55=EURUSD|54=1|38=1000|40=2|44=1.3850"
ACK = "35=8|11=FG00000001|37=V1|17=E1|150=0|39=0|38=1000|14=0|151=1000"
CANCEL = "35=F|11=B|41=A|55=EURUSD|54=1|38=1000"


def working() -> ClientSide:
    side = ClientSide()
    side.asks(D)
    side.venue_says(ACK)
    return side


def picked(heard: list[Fields], *tags: int) -> list[tuple[str | None, ...]]:
    return [tuple(dict(one).get(tag) for tag in (35, *tags)) for one in heard]


def test_nothing_is_said_of_an_order_before_the_venue_says_something() -> None:
    assert ClientSide().asks(D) == []


def test_an_order_that_the_venue_rejects_unread_is_rejected_with_its_words() -> None:
    side = ClientSide()
    side.asks(D)
    heard = side.venue_says("35=j|45=2|372=D|380=1|58=no such symbol")
    assert picked(heard, 11, 150, 39, 103, 58) == [("8", "A", "8", "8", "99", "no such symbol")]


def test_a_cancel_that_the_venue_rejects_unread_is_a_cancel_reject() -> None:
    side = working()
    side.asks(CANCEL)
    heard = side.venue_says("35=3|45=3|372=F|58=tag 38")
    assert picked(heard, 11, 41, 39, 434, 102, 58) == [("9", "B", "A", "0", "1", "99", "tag 38")]


def test_only_the_first_answer_to_a_cancel_is_told() -> None:
    side = working()
    side.asks(CANCEL)
    canceled = side.venue_says("35=8|11=FG00000002|41=FG00000001|37=V1|17=E2|150=4|39=4|14=0|151=0")
    assert picked(canceled, 11, 41, 150, 39) == [("8", "B", "A", "4", "4")]
    assert side.venue_says("35=9|11=FG00000002|41=FG00000001|37=V1|39=4|434=1|102=0") == []


def test_a_replace_that_the_venue_rejects_as_an_order_is_a_cancel_reject() -> None:
    side = working()
    side.asks("35=G|11=B|41=A|55=EURUSD|54=1|38=2000|40=2|44=1.3850")
    heard = side.venue_says("35=8|11=FG00000002|37=V1|17=E2|150=8|39=8|58=no")
    assert picked(heard, 11, 41, 39, 434, 58) == [("9", "B", "A", "0", "2", "no")]


def test_an_order_that_never_left_is_rejected() -> None:
    side = ClientSide()
    side.is_venue_deaf = True
    side.asks(D)
    grant = side.engine.state.sessions[orders.SESSION].grant
    side.engine.take(FromLink(orders.SESSION, grant, link.NotSent("FG00000001", "FG00000001", "D", "SESSION_DOWN")))
    assert picked(side.commit(), 11, 150, 39, 58) == [("8", "A", "8", "8", "SESSION_DOWN")]


def test_a_status_that_is_the_only_word_of_an_ack_is_told_as_the_ack() -> None:
    side = ClientSide()
    side.asks(D)
    side.add(RequestDoubted("FG00000001", "FG00000001", "the peer asked for its number"))
    heard = side.venue_says("35=8|11=FG00000001|37=V1|17=0|150=I|39=0|14=0|151=1000")
    assert picked(heard, 11, 150, 39, 151) == [("8", "A", "0", "0", "1000")]


def test_a_status_that_is_the_only_word_of_a_cancel_is_told_as_its_answer() -> None:
    side = working()
    side.asks(CANCEL)
    side.add(RequestDoubted("FG00000001", "FG00000002", "the peer asked for its number"))
    heard = side.venue_says("35=8|11=FG00000001|37=V1|17=0|150=I|39=4|14=0|151=0")
    assert picked(heard, 11, 41, 150, 39, 151) == [("8", "B", "A", "4", "4", "0")]


def test_a_status_that_says_nothing_new_is_not_told() -> None:
    side = working()
    assert side.venue_says("35=8|11=FG00000001|37=V1|17=0|150=I|39=0|14=0|151=1000") == []


def test_a_status_that_comes_again_is_told_once() -> None:
    side = ClientSide()
    side.asks(D)
    side.add(RequestDoubted("FG00000001", "FG00000001", "the peer asked for its number"))
    rejected = "35=8|11=FG00000001|37=V1|17=0|150=I|39=8|14=0|151=0|58=no"
    assert picked(side.venue_says(rejected), 11, 150, 39, 58) == [("8", "A", "8", "8", "no")]
    assert side.venue_says(rejected) == []


def test_what_somebody_else_asked_for_is_a_change_under_the_clients_own_id() -> None:
    side = working()
    side.engine.take(orders.change("desk-1", 2_000, of="", root_id="FG00000001"))
    assert side.commit() == []
    replaced = side.venue_says("35=8|11=FG00000002|41=FG00000001|37=V1|17=E2|150=5|39=0|38=2000|14=0|151=2000")
    assert picked(replaced, 11, 41, 150, 39, 38, 151, 378) == [("8", "A", None, "D", "0", "2000", "2000", "4")]
    filled = side.venue_says("35=8|11=FG00000002|37=V1|17=E3|150=F|39=1|32=500|31=1.385|14=500|151=1500")
    assert picked(filled, 11, 150, 39, 32, 151) == [("8", "A", "F", "1", "500", "1500")]


def test_a_cancel_of_somebody_else_comes_as_an_unsolicited_one() -> None:
    side = working()
    side.engine.take(orders.cancel("desk-1", of="", root_id="FG00000001"))
    side.commit()
    pending = side.venue_says("35=8|11=FG00000002|41=FG00000001|37=V1|17=E2|150=6|39=6|14=0|151=1000")
    assert picked(pending, 11, 41, 150, 39) == [("8", "A", None, "6", "6")]
    assert side.venue_says("35=9|11=FG00000002|41=FG00000001|37=V1|39=0|434=1|102=2") == []  # The client asked for nothing.


def test_a_client_cannot_name_the_orders_of_others() -> None:
    side = ClientSide()
    side.engine.take(orders.place("c1"))
    side.commit()
    heard = side.asks("35=F|11=B|41=c1|37=FG00000001|55=EURUSD|54=1|38=1000")
    assert picked(heard, 11, 37, 39, 102) == [("9", "B", "NONE", "8", "1")]
    assert picked(side.asks("35=H|11=c1|37=FG00000001|55=EURUSD|54=1"), 37, 39) == [("8", "NONE", "8")]


def test_a_fill_that_the_venue_repeats_is_told_once() -> None:
    side = working()
    fill = "35=8|11=FG00000001|37=V1|17=E2|150=F|39=1|32=100|31=1.385|14=100|151=900"
    assert len(side.venue_says(fill)) == 1
    assert side.venue_says(fill) == []


def test_a_reused_id_is_refused_with_the_status_of_the_order_that_owns_it() -> None:
    """R18: and does nothing to that order."""
    heard = working().asks(D.replace("38=1000", "38=2000"))
    assert picked(heard, 11, 37, 150, 39, 14, 151, 103) == [("8", "A", "FG00000001", "8", "0", "0", "1000", "6")]


def test_a_cancel_of_an_order_of_nobody_says_so() -> None:
    """R19."""
    heard = working().asks(CANCEL.replace("41=A", "41=Z"))
    assert picked(heard, 11, 37, 39, 102, 434) == [("9", "B", "NONE", "8", "1", "1")]
