"""The lean venue's side of a FIX conversation, each of its messages checked against the FIX 4.4 dictionary."""

import pytest
import quickfix
from hypothesis import given
from hypothesis import strategies as st

from gateway.fix import dictionary
from tests.bench.conversation import Conversation, Venue
from tests.bench.fix_text import checksum, fields, framed

NOW = "20260105-10:00:00.000"
ORDER = f"35=D|34=2|49=FIXGATE|52={NOW}|56=SIMBROKER|1=DESK1|11=A1|38=100|40=2|44=1.385|54=1|55=EURUSD|59=0|60={NOW}|"
FIX44 = quickfix.DataDictionary(dictionary.path("FIX44"))


def sent(text: str) -> bytes:
    """A message of the gateway: `text` with | as delimiter, header fields added where it starts with the body."""
    msg_type, _, body = text.partition("|")
    header = "" if "|49=" in text else f"34=2|49=FIXGATE|52={NOW}|56=SIMBROKER|"
    return framed(f"{msg_type}|{header}{body}".replace("|", "\x01").encode())


def said(answers: bytes, *tags: int) -> list[str]:
    """The chosen fields of each answer, MsgType first, once the dictionary has accepted it whole."""
    texts = [b"8=FIX.4.4" + piece for piece in answers.split(b"8=FIX.4.4")[1:]]
    for text in texts:
        FIX44.validate(quickfix.Message(text.decode(), FIX44, True))
    shown = [(35, *tags) for _ in texts]
    return [
        "|".join(f"{tag}={fields(text).get(b'%d' % tag, b'-').decode()}" for tag in row)
        for text, row in zip(texts, shown, strict=True)
    ]


@pytest.fixture
def conversation() -> Conversation:
    """A conversation after its Logon."""
    conversation = Conversation(Venue("r"))
    assert said(conversation.receive(sent("35=A|98=0|108=30|")), 34, 108) == ["35=A|34=1|108=30"]
    return conversation


def test_a_limit_order_is_new_and_then_filled_in_full_at_its_price(conversation: Conversation) -> None:
    answers = conversation.receive(sent(ORDER))
    assert said(answers, 34, 11, 37, 17, 150, 39) == [
        "35=8|34=2|11=A1|37=r-1|17=r-1|150=0|39=0",
        "35=8|34=3|11=A1|37=r-1|17=r-2|150=F|39=2",
    ]
    assert said(answers, 54, 55, 38, 32, 31, 151, 14, 6) == [
        "35=8|54=1|55=EURUSD|38=100|32=-|31=-|151=100|14=0|6=0",
        "35=8|54=1|55=EURUSD|38=100|32=100|31=1.385|151=0|14=100|6=1.385",
    ]


@pytest.mark.parametrize(("side", "price"), [("1", "1.38510"), ("2", "1.38490")])
def test_a_market_order_is_filled_at_the_quote(conversation: Conversation, side: str, price: str) -> None:
    order = ORDER.replace("40=2|44=1.385|54=1", f"40=1|54={side}")
    assert said(conversation.receive(sent(order)), 150, 31, 54) == [
        f"35=8|150=0|31=-|54={side}",
        f"35=8|150=F|31={price}|54={side}",
    ]


def test_an_order_laid_out_in_another_way_is_filled_just_so(conversation: Conversation) -> None:
    order = f"35=D|55=EURUSD|54=2|44=1.4|40=2|60={NOW}|38=7|11=A2|"
    assert said(conversation.receive(sent(order)), 11, 150, 31, 38) == [
        "35=8|11=A2|150=0|31=-|38=7",
        "35=8|11=A2|150=F|31=1.4|38=7",
    ]


def test_exec_ids_are_unique_over_orders_and_connections(conversation: Conversation) -> None:
    second = Conversation(conversation.venue)
    second.receive(sent("35=A|98=0|108=30|"))
    answers = [conversation.receive(sent(ORDER)), second.receive(sent(ORDER.replace("11=A1", "11=A2")))]
    exec_ids = [row for answer in answers for row in said(answer, 17)]
    assert len(set(exec_ids)) == 4


def test_a_cancel_is_answered_with_canceled(conversation: Conversation) -> None:
    cancel = f"35=F|11=C1|41=A1|54=1|55=EURUSD|60={NOW}|"
    assert said(conversation.receive(sent(cancel)), 11, 41, 150, 39, 151) == ["35=8|11=C1|41=A1|150=4|39=4|151=0"]


def test_the_status_of_a_filled_order_is_filled(conversation: Conversation) -> None:
    conversation.receive(sent(ORDER))
    answers = conversation.receive(sent("35=H|11=A1|54=1|55=EURUSD|"))
    assert said(answers, 11, 150, 39, 14, 37) == ["35=8|11=A1|150=I|39=2|14=100|37=r-1"]


def test_the_status_of_an_unknown_order_is_rejected(conversation: Conversation) -> None:
    answers = conversation.receive(sent("35=H|11=A9|54=1|55=EURUSD|"))
    assert said(answers, 11, 150, 39, 103) == ["35=8|11=A9|150=I|39=8|103=5"]


def test_a_test_request_is_answered_with_its_id(conversation: Conversation) -> None:
    assert said(conversation.receive(sent("35=1|112=PING|")), 112) == ["35=0|112=PING"]


def test_a_resend_request_is_answered_by_one_gap_fill_that_takes_no_number(conversation: Conversation) -> None:
    conversation.receive(sent(ORDER))
    assert said(conversation.receive(sent("35=2|7=1|16=0|")), 34, 43, 123, 36) == ["35=4|34=1|43=Y|123=Y|36=4"]
    assert said(conversation.receive(sent("35=1|112=PING|")), 34) == ["35=0|34=4"]


def test_numbers_go_on_over_connections_until_a_logon_resets_them(conversation: Conversation) -> None:
    again, reset = Conversation(conversation.venue), Conversation(conversation.venue)
    assert said(again.receive(sent("35=A|98=0|108=30|")), 34, 141) == ["35=A|34=2|141=-"]
    assert said(reset.receive(sent("35=A|98=0|108=30|141=Y|")), 34, 141) == ["35=A|34=1|141=Y"]


def test_a_logout_is_answered_and_ends_the_connection(conversation: Conversation) -> None:
    assert said(conversation.receive(sent("35=5|"))) == ["35=5"]
    assert conversation.closing


def test_a_stranger_that_does_not_log_on_is_hung_up_on() -> None:
    conversation = Conversation(Venue("r"))
    assert conversation.receive(sent(ORDER)) == b""
    assert conversation.closing


def test_quotes_come_at_once_and_with_every_tick_until_unsubscribed(conversation: Conversation) -> None:
    subscribe = "35=V|262=Q1|263=1|264=1|265=0|267=2|269=0|269=1|146=1|55=EURUSD|"
    assert said(conversation.receive(sent(subscribe)), 262, 55, 268) == ["35=W|262=Q1|55=EURUSD|268=2"]
    assert said(conversation.tick(), 34, 262) == ["35=W|34=3|262=Q1"]
    assert conversation.receive(sent(subscribe.replace("263=1", "263=2"))) == b""
    assert conversation.tick() == b""


def test_a_quiet_session_beats_every_heart_bt_int(conversation: Conversation) -> None:
    beats = [said(conversation.tick()) for _ in range(600)]
    assert [number for number, beat in enumerate(beats, 1) if beat] == [300, 600]


def test_the_heartbeats_of_the_peer_do_not_stand_in_for_ours(conversation: Conversation) -> None:
    for _ in range(299):
        assert conversation.tick() == b""
    assert conversation.receive(sent("35=0|")) == b""
    assert said(conversation.tick()) == ["35=0"]


def test_a_message_that_the_venue_does_not_know_is_refused_by_its_type(conversation: Conversation) -> None:
    assert said(conversation.receive(sent("35=G|11=A2|41=A1|")), 45, 372, 380) == ["35=j|45=2|372=G|380=3"]


@given(cuts=st.lists(st.integers(0, 700), max_size=6).map(sorted))
def test_it_does_not_matter_where_reads_cut_the_stream(cuts: list[int]) -> None:
    stream = sent("35=A|98=0|108=30|") + sent(ORDER) + sent("35=1|112=PING|") + sent(ORDER.replace("11=A1", "11=A2"))
    conversation = Conversation(Venue("r"))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    answers = b"".join(conversation.receive(piece) for piece in pieces)
    assert said(answers, 34, 11) == [
        "35=A|34=1|11=-",
        "35=8|34=2|11=A1",
        "35=8|34=3|11=A1",
        "35=0|34=4|11=-",
        "35=8|34=5|11=A2",
        "35=8|34=6|11=A2",
    ]


@given(text=st.text(st.characters(max_codepoint=127), max_size=2000))
def test_the_quick_checksum_is_the_sum_of_all_bytes(text: str) -> None:
    assert checksum(text.encode()) == sum(text.encode()) % 256
