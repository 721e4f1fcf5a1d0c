"""An order is found by any id that anybody gave it, with the messages of both sides."""

import pytest

from gateway.facts import CATALOGUE
from gateway.fix.archive import Entry
from gateway.reader import chain
from gateway.reader.chain import Fact
from gateway.reader.history import merged
from gateway.reader.ids import ids_of, named_in
from gateway.reader.message import Message, from_entry, from_event, kinds
from gateway.reader.pairing import answered
from gateway.reader.selection import Selection
from gateway.sessions import AdminSent, EngineStarted, MessageReceived
from oms.domain.event import Event
from oms.domain.report import Receipt
from oms.journal.record import Record
from tests.support.client_side import CLIENT, ClientSide
from tests.support.orders import SESSION

ORDER = "35=D|11={}|1=DESK1|21=1|55=EURUSD|54=1|38=1000|40=2|44=1.38|60=20260102-03:04:05.678"
REPORT = "35=8|37=V-{id}|11={cl}|17=E-{id}|150={exec_type}|39={exec_type}|55=EURUSD|54=1|38=1000|14=0|151=1000|6=0"


def facts(side: ClientSide) -> list[Fact]:
    """The journal, as it is read back."""
    found: list[Fact] = []
    for seq, (at_ns, kind, version, payload) in enumerate(side.engine.journal, 1):
        event = CATALOGUE.decode(kind, version, payload)
        assert isinstance(event, Event)
        found.append(Fact(Record(seq, 1, at_ns, kind, version, event.key, payload), event))
    return found


@pytest.fixture
def two_orders() -> list[Fact]:
    """Two orders of a client over FIX, acknowledged; the second one is canceled."""
    side = ClientSide()
    for name in ("one", "two"):
        side.asks(ORDER.format(name))
    ours = [cl_ord_id for cl_ord_id, raw in side.raws.items() if "\x0135=D\x01" in raw]
    for name, cl_ord_id in zip(("one", "two"), ours, strict=True):
        side.venue_says(REPORT.format(id=name, cl=cl_ord_id, exec_type="0"))
    side.asks("35=F|11=cxl|41=two|55=EURUSD|54=1|60=20260102-03:04:05.678")
    return facts(side)


def told(any_id: str, journal: list[Fact]) -> list[tuple[str, str, str]]:
    names = chain.names(chain.root_ids(any_id, journal), journal)
    return [(m.session, m.direction, m.msg_type) for m in chain.messages(names, any_id, journal)]


LIFE = [(CLIENT, "in", "D"), (SESSION, "out", "D"), (SESSION, "in", "8"), (CLIENT, "out", "8")]


def test_an_order_is_found_by_every_id_of_both_sides(two_orders: list[Fact]) -> None:
    life = told("one", two_orders)
    assert sorted(set(life)) == sorted(LIFE)
    root_id = chain.root_ids("one", two_orders)[0]
    exec_id = next(m.value(17) for fact in two_orders if (m := fact.message) and (m.session, m.direction) == (CLIENT, "out"))
    for any_id in (root_id, "V-one", "E-one", exec_id):
        assert told(any_id, two_orders) == life


def test_a_cancel_is_part_of_its_orders_chain_under_its_own_id_too(two_orders: list[Fact]) -> None:
    life = told("two", two_orders)
    assert {(CLIENT, "in", "F"), (SESSION, "out", "F")} <= set(life)
    assert told("cxl", two_orders) == life
    assert told("one", two_orders) != life


def test_an_id_of_nobody_finds_nothing(two_orders: list[Fact]) -> None:
    assert told("three", two_orders) == []


def test_an_id_of_one_client_is_not_that_of_another(two_orders: list[Fact]) -> None:
    names = chain.names(chain.root_ids("one", two_orders), two_orders)
    raw = "8=FIX.4.4|35=D|11=one|".replace("|", "\x01").encode()
    assert chain.is_about(names, "one", Message(1, "in", CLIENT, raw))
    assert not chain.is_about(names, "one", Message(1, "in", "OTHER", raw))


def test_a_message_about_no_order_of_ours_is_found_by_the_very_id() -> None:
    raw = "8=FIX.4.4|35=8|37=X1|".replace("|", "\x01")
    event = MessageReceived(Receipt(SESSION, 1, 2, "8", 3, raw))
    kind, version, payload = CATALOGUE.encode(event)
    assert told("X1", [Fact(Record(1, 1, 1, kind, version, event.key, payload), event)]) == [(SESSION, "in", "8")]


@pytest.mark.parametrize("odd", ['a"b', "back\\slash", "\xe9t\xe9", "a b/c", "x=y"])
def test_an_id_with_odd_characters_is_found_in_a_record(odd: str) -> None:
    raw = f"8=FIX.4.4\x0135=8\x0111={odd}\x0137=X\x01"
    _, _, payload = CATALOGUE.encode(MessageReceived(Receipt(SESSION, 1, 2, "8", 3, raw)))
    assert {odd, "X"} <= set(ids_of(payload))
    assert named_in(raw.encode("latin-1")) == {odd, "X"}


def test_only_facts_with_a_message_have_one() -> None:
    assert from_event(1, 1, EngineStarted("1", "hash")) is None
    assert "ExecutionReported" in kinds() and "EngineStarted" not in kinds()


def test_a_message_that_our_fix_layer_rejected_unread_says_where_it_is() -> None:
    message = from_event(5, 1, MessageReceived(Receipt(SESSION, 1, 7, "8", 8, "")))
    assert message is not None
    assert (message.msg_seq_num, message.note) == (7, "our FIX layer rejected it, unread; the files have it as untold")


def message(text: str, direction: str = "in", session: str = "S", at_ns: int = 1, seq: int = 1) -> Message:
    raw = f"8=FIX.4.4|{text}|".replace("|", "\x01").encode("latin-1")
    return Message(at_ns, "in" if direction == "in" else "out", session, raw, seq)


def test_an_answer_is_paired_with_its_request() -> None:
    conversation = [
        message("35=D|34=5|11=A", "out"),
        message("35=8|34=3|11=A", "in", "OTHER"),
        message("35=8|34=3|11=A"),
        message("35=F|34=6|11=B|41=A", "out"),
        message("35=9|34=4|11=B|41=A"),
        message("35=1|34=7|112=T", "out"),
        message("35=0|34=5|112=T"),
        message("35=3|34=6|45=6"),
        message("35=j|34=7|45=99"),
    ]
    assert answered(conversation) == {2: 0, 4: 3, 6: 5, 7: 3}


def test_what_the_journal_has_is_not_shown_a_second_time() -> None:
    """But what came twice is."""
    durable = message("35=8|34=2", seq=9, at_ns=5)
    raw = durable.raw.decode()
    unsure, again = from_entry("S", Entry(1, "in", "unconfirmed", raw)), from_entry("S", Entry(6, "in", "untold", raw))
    gone = from_entry("S", Entry(3, "in", "unconfirmed", raw.replace("34=2", "34=3")))
    assert merged([durable], [unsure, gone, again]) == [gone, durable, again]


@pytest.mark.parametrize(
    ("selection", "is_fit"),
    [
        (Selection(), True),
        (Selection(sessions=frozenset({"S"})), True),
        (Selection(sessions=frozenset({"T"})), False),
        (Selection(msg_types=frozenset({"8", "9"})), True),
        (Selection(msg_types=frozenset({"D"})), False),
        (Selection(direction="out"), False),
        (Selection(grep=("11=A",)), True),
        (Selection(grep=("11=",)), False),
        (Selection(grep=("1=A",)), False),
        (Selection(grep=("hello WORLD", "55=EURUSD")), True),
        (Selection(grep=("hello", "nowhere")), False),
        (Selection(numbers=(3, 4)), True),
        (Selection(numbers=(4, 9)), False),
        (Selection(seqs=(1, 9)), True),
        (Selection(seqs=(2, 9)), False),
        (Selection(since_ns=1, until_ns=2), True),
        (Selection(until_ns=1), False),
    ],
)
def test_every_condition_has_to_hold(selection: Selection, is_fit: bool) -> None:
    one = message("35=8|34=3|11=A|55=EURUSD|58=Hello world")
    assert selection.fits(one) is is_fit


def test_the_database_is_never_asked_for_more_than_fits() -> None:
    raw = "8=FIX.4.4\x0135=2\x0134=3\x0158=Hello\x01"
    event: Event = AdminSent("S", 1, 3, "2", raw)
    _, _, payload = CATALOGUE.encode(event)
    wanted = Selection(sessions=frozenset({"S"}), msg_types=frozenset({"2"}), grep=("8=FIX.4.4", "58=Hello", "hello"))
    sent = from_event(1, 1, event)
    assert sent is not None and wanted.fits(sent)
    assert len(wanted.needles) == 3
    assert all(needle in payload for needle in wanted.needles)
