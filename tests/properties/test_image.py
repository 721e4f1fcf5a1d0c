"""What is written as bytes and read back is the state: whatever happened before, and whatever happens after."""

import hashlib
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from msgspec import inspect

from gateway import image, link, sessions
from gateway.cell import Cell
from gateway.sessions import GapFilled, SessionClosed, SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from gateway.taking import Instruction, Takes
from oms.domain.acts import MassCancelRequested
from oms.domain.events import OrderEvent
from oms.domain.reference import Adv, Locate, ReferenceSet, Restricted, RestrictedList, Restriction
from tests.properties.test_order_path import OrderPath
from tests.support import model_worker, orders
from tests.support.client_side import CELL as PLAIN
from tests.support.client_side import CLIENT, ClientSide
from tests.support.model_engine import Row, events, shape

VENUE, *OTHERS = PLAIN.sessions
TAKES = Takes(mass_cancel=True, instructions=frozenset({Instruction.CUSTOM_TAGS}))
CELL = msgspec.structs.replace(PLAIN, sessions=(msgspec.structs.replace(VENUE, takes=TAKES), *OTHERS))
CUTS_MAX = 12
"""So many cuts of a history are folded on to its end; at every cut the very next fact is."""
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def assert_a_snapshot_anywhere_makes_no_difference(cell: Cell, journal: list[Row]) -> None:
    facts = [(row[0], event) for row, event in zip(journal, events(journal), strict=True)]
    whole, stepwise = State(cell), State(cell)
    kept: list[tuple[int, State]] = []
    cuts = set(range(0, len(facts), max(len(facts) // CUTS_MAX, 1)))
    for seq, (at_ns, event) in enumerate(facts, start=1):
        if seq - 1 in cuts:
            kept.append((seq - 1, image.loaded(cell, image.pieces(whole))))
        whole.apply(event, seq, at_ns)
        stepwise.apply(event, seq, at_ns)
        stepwise = image.loaded(cell, image.pieces(stepwise))
        assert image.state_hash(stepwise) == image.state_hash(whole), f"another state after record {seq}: {event}"
    for cut, state in kept:
        for seq, (at_ns, event) in enumerate(facts[cut:], start=cut + 1):
            state.apply(event, seq, at_ns)
        assert image.state_hash(state) == image.state_hash(whole), f"another state from a snapshot at {cut} on"
        assert _told(state) == _told(whole)


def _told(state: State) -> dict[str, object]:
    """All attributes of everything, as they are, and not as the image has them."""
    outboxes = {n: {k: v for k, v in vars(o).items() if k not in {"plan", "_cell"}} for n, o in state.outboxes.items()}
    known = {key: value for key, value in shape(state).items() if key not in {"outboxes", "_outboxes_of"}}
    return {**known, "outboxes": outboxes}


class AnyHistory(OrderPath):
    """Every history of the order path."""

    def teardown(self) -> None:
        super().teardown()
        assert_a_snapshot_anywhere_makes_no_difference(self.cell, self.journal)


def test_a_fold_from_a_snapshot_is_the_fold_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sessions, link):
        monkeypatch.setattr(module, "BLOCK", model_worker.GRANT_BLOCK)
    run_state_machine_as_test(
        AnyHistory,
        settings=settings(max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)),
    )


def _place(side: ClientSide, number: int) -> None:
    side.asks(f"35=D|11=C{number}|55=EURUSD|54=1|38=1000|40=2|44=1.3850|5001=x{number % 3}")


def _fill(side: ClientSide, number: int) -> None:
    named = f"FG{number + 1:08d}"
    side.venue_says(f"35=8|11={named}|37=V{number}|17=E{number}|150=F|39=1|32=100|31=1.3850|38=1000|14=100|151=900|75=20260105")


def _done_for_day(side: ClientSide, number: int) -> None:
    side.venue_says(f"35=8|11=FG{number + 1:08d}|37=V{number}|17=D{number}|150=3|39=3|38=1000|14=0|151=0")


def _bust(side: ClientSide, number: int) -> None:
    side.venue_says(
        f"35=8|11=FG{number + 1:08d}|37=V{number}|17=B{number}|19=E{number}|150=H|39=0|38=1000|14=0|151=1000|75=20260105"
    )


def _nobody(side: ClientSide, number: int) -> None:
    side.venue_says(f"35=8|11=NOBODY{number}|37=X{number}|17=N{number}|150=F|39=1|32=5|31=1|38=5|14=5|151=0|54=1|55=EURUSD")


def _cancel(side: ClientSide, number: int) -> None:
    side.asks(f"35=F|11=X{number}-{side.number}|41=C{number}|55=EURUSD|54=1")


def _mass_cancel(side: ClientSide, number: int) -> None:
    side.asks(f"35=q|11=M{number}-{side.number}|530=7")


def _take_back(side: ClientSide, number: int) -> None:
    side.add(GapFilled(CLIENT, number + 1, number + 4))


def _start_again(side: ClientSide, number: int) -> None:
    known = side.engine.state.sessions[CLIENT]
    grant = SessionGranted(CLIENT, 1, known.last_sender + 1, known.next_target, 10_000, trusted=bool(number % 2), pid=1)
    side.add(SessionClosed(CLIENT, None), grant, SessionLoggedOn(CLIENT), SessionReady(CLIENT))


def _refer(side: ClientSide, number: int) -> None:
    """Rows set, set again, and forgotten: a locate is of a day that is over by the second time."""
    at_ns = side.engine.at_ns
    rows = (Adv("EURUSD", Decimal(number + 1)), RestrictedList(f"list{number % 2}", (Restricted("firm", Restriction.WATCH),)))
    located = Locate(f"L{number}", "EURUSD", Decimal(1_000))
    side.add(ReferenceSet("test", at_ns - (number % 2) * 4 * 86_400 * 10**9, (*rows, located)))


def _go_deaf(side: ClientSide, number: int) -> None:
    side.is_deaf = bool(number % 2)


WORDS: tuple[Callable[[ClientSide, int], None], ...] = (
    _place,
    _fill,
    _done_for_day,
    _bust,
    _nobody,
    _cancel,
    _mass_cancel,
    _take_back,
    _start_again,
    _refer,
    _go_deaf,
)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 5)), max_size=25))
def test_what_clients_over_fix_are_still_to_be_told_is_in_it(words: list[tuple[Callable[[ClientSide, int], None], int]]) -> None:
    journal: list[Row] = []
    side = ClientSide(CELL, journal)
    for word, number in [(_place, 0), (_place, 1), (_place, 2), *words]:
        word(side, number)
    side.commit()
    assert_a_snapshot_anywhere_makes_no_difference(CELL, side.engine.journal)


def test_these_histories_have_orders_mass_cancels_and_fields_of_no_standard() -> None:
    side = ClientSide(CELL)
    for word in WORDS:
        word(side, 0)
    state = image.loaded(CELL, image.pieces(side.engine.state))
    found = events(side.engine.journal)
    assert any(isinstance(event, MassCancelRequested) for event in found)
    assert any(isinstance(event, OrderEvent) for event in found)
    assert state.book.suspense
    assert state.book.tagged
    assert state.outboxes[CLIENT].waiting or state.outboxes[CLIENT]._sent


def test_no_row_holds_a_set() -> None:
    """But for two that have rows of their own: a set has no order, and would not have the same bytes twice."""
    found: set[str] = set()
    for group, part in [(group, part) for group, parts in image._GROUPS.items() for part in parts]:
        found |= {f"{group} {part.name} {name}" for name in _sets(part.row)}
    assert found == {"book chains Chain.flags", "state sessions Session.heard_ahead"}


def _sets(row: object) -> set[str]:
    found: set[str] = set()
    seen: set[type] = set()
    waiting: list[tuple[str, inspect.Type]] = [("", inspect.type_info(row))]
    while waiting:
        named, part = waiting.pop()
        if isinstance(part, inspect.StructType):
            if part.cls not in seen:
                seen.add(part.cls)
                waiting += [(f"{part.cls.__name__}.{field.name}", field.type) for field in part.fields]
        elif isinstance(part, (inspect.SetType, inspect.FrozenSetType)):
            found.add(named)
        elif isinstance(part, inspect.UnionType):
            waiting += [(named, each) for each in part.types]
        elif isinstance(part, inspect.TupleType):
            waiting += [(named, each) for each in part.item_types]
        elif isinstance(part, inspect.DictType):
            waiting += [(named, part.key_type), (named, part.value_type)]
        elif isinstance(part, inspect.CollectionType):
            waiting.append((named, part.item_type))
    return found


class TestShape:
    def test_another_release_or_another_kind_of_session_has_another(self) -> None:
        first, *others = orders.CELL.sessions
        slower = msgspec.structs.replace(first, heart_bt_int_s=first.heart_bt_int_s + 1)
        changed = (
            msgspec.structs.replace(orders.CELL, sessions=(slower, *others)),
            msgspec.structs.replace(orders.CELL, version="1"),
            msgspec.structs.replace(orders.CELL, name="FH"),
            msgspec.structs.replace(orders.CELL, sessions=tuple(others)),
            CELL,
        )
        shapes = {image.shape(cell) for cell in (orders.CELL, *changed)}
        assert len(shapes) == 1 + len(changed)

    def test_limits_and_prices_are_not_in_it(self) -> None:
        policy = msgspec.structs.replace(orders.POLICY, version="v2")
        assert image.shape(msgspec.structs.replace(orders.CELL, policy=policy)) == image.shape(orders.CELL)


def test_what_is_no_image_is_refused() -> None:
    good = list(image.pieces(State(orders.CELL)))
    for bad in (b"", b"\xc1", good[0][:-1], good[0].replace(b"position", b"positron")):
        with pytest.raises(image.NotAnImage):
            image.loaded(orders.CELL, [bad, *good[1:]])


def test_the_hash_is_over_pieces_and_their_lengths() -> None:
    expected = hashlib.sha256(b"\0\0\0\0\0\0\0\x02ab\0\0\0\0\0\0\0\x01c").digest()
    assert image.digest([b"ab", b"c"]) == expected
    assert image.digest([b"a", b"bc"]) != expected
