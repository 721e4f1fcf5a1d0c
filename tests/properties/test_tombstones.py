"""A book with tombstones answers every report, question and request as one without, word for word and number for number."""

from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import image
from gateway.control.orders import Seen, page, seen
from gateway.control.searching import Wanted
from gateway.resting import ForgetOrders, LayToRest
from gateway.state import State
from oms.domain.chain import Chain
from oms.domain.resting import OrdersLaidToRest
from tests.properties.test_image import CELL, WORDS, _place, assert_a_snapshot_anywhere_makes_no_difference
from tests.support.client_side import PRINCIPAL, ClientSide
from tests.support.model_engine import folded
from tests.support.orders import ACCOUNTS, SESSION

ORDERS = 4
Word = Callable[[ClientSide, int], object]


def _canceled(side: ClientSide, number: int) -> object:
    return side.venue_says(f"35=8|11=FG{number + 1:08d}|37=V{number}|17=C{number}|150=4|39=4|38=1000|14=0|151=0")


def _filled(side: ClientSide, number: int) -> object:
    said = f"35=8|11=FG{number + 1:08d}|37=V{number}|17=F{number}|150=F|39=2|32=1000|31=1.3850|38=1000|14=1000|151=0|75=20260105"
    return side.venue_says(said)


def _corrected(side: ClientSide, number: int) -> object:
    said = f"35=8|11=FG{number + 1:08d}|37=V{number}|17=G{number}|19=F{number}|150=G|39=1|32=500|31=1.39|38=1000|14=500|151=500"
    return side.venue_says(said)


def _by_order_id(side: ClientSide, number: int) -> object:
    """A late fill that names the order by the venue's id alone; on another day the id may be another order's."""
    return side.venue_says(f"35=8|37=V{number}|17=L{number}|150=F|39=1|32=10|31=1.3850|38=1000|14=10|151=990|75=20260106")


def _id_of_another(side: ClientSide, number: int) -> object:
    """The venue gives one OrderID to two orders, and one ExecID too."""
    other = (number + 1) % ORDERS
    said = f"35=8|11=FG{number + 1:08d}|37=V{other}|17=F{other}|150=F|39=1|32=7|31=1.3850|38=1000|14=7|151=993|75=20260105"
    return side.venue_says(said)


def _rejected(side: ClientSide, number: int) -> object:
    return side.venue_says(f"35=9|11=FG{number + 1:08d}|41=FG00000001|37=V{number}|39=2|102=0|434=1")


def _replaced(side: ClientSide, number: int) -> object:
    return side.asks(f"35=G|11=R{number}-{side.number}|41=C{number}|55=EURUSD|54=1|38=2000|40=2|44=1.3850")


def _status(side: ClientSide, number: int) -> object:
    return side.asks(f"35=H|11=C{number}|55=EURUSD|54=1")


def _again(side: ClientSide, number: int) -> object:
    """The id of an order that there is: with PossResend(97), and without."""
    side.asks(f"35=D|97=Y|11=C{number}|55=EURUSD|54=1|38=1000|40=2|44=1.3850|5001=x{number % 3}")
    return side.asks(f"35=D|11=C{number}|55=EURUSD|54=1|38=100|40=2|44=1.3850")


ENDS: tuple[Word, ...] = (_canceled, _filled)
LATER: tuple[Word, ...] = (_corrected, _by_order_id, _id_of_another, _rejected, _replaced, _status, _again, *ENDS, *WORDS)


def ended(state: State) -> tuple[tuple[str, ...], ...]:
    return tuple((root_id,) for root_id in state.book.chains if root_id not in state.book.live)


class Twins:
    """One lays to rest what it can whenever it is told to, and the other says at the same time that it laid nothing."""

    def __init__(self) -> None:
        self.plain, self.resting = ClientSide(CELL), ClientSide(CELL)
        self.rested = 0

    def do(self, word: Word, number: int) -> None:
        told = []
        for side in (self.plain, self.resting):
            before = len(side.released)
            word(side, number)
            told.append(side.released[before:])
        assert told[0] == told[1]

    def rest(self) -> None:
        at_rest = self.resting.engine.state.book.rest.orders_at_rest
        before = len(self.resting.engine.state.book.chains), self.resting.engine.state.seq
        self.resting.engine.take(LayToRest(SESSION, ended(self.resting.engine.state)))
        self.resting.commit()
        if self.resting.engine.state.seq > before[1]:
            self.plain.add(OrdersLaidToRest(SESSION, ()))
        self.rested += self.resting.engine.state.book.rest.orders_at_rest - at_rest

    def assert_the_same(self) -> None:
        plain, resting = self.plain.engine.state, self.resting.engine.state
        assert told_of(plain) == told_of(resting)
        assert self._without_rest(self.plain) == self._without_rest(self.resting)
        assert image.state_hash(folded(CELL, self.resting.engine.journal)) == image.state_hash(resting)

    def _without_rest(self, side: ClientSide) -> list[object]:
        return [row for row in side.engine.journal if row[1] != OrdersLaidToRest.__name__]


def listed(state: State, wanted: Wanted) -> Iterator[Seen]:
    """Page by page, each as far as it goes."""
    before: int | None = None
    while True:
        found = page(state, wanted, 1, before)
        yield from found.orders
        before = found.next_before
        if before is None:
            return


def told_of(state: State) -> list[object]:
    """Whatever anybody may ask of the book."""
    book, ledger = state.book, state.exposures.ledger
    named = [f"FG{number:08d}" for number in range(1, book.cl_ord_ids_minted + 2)]
    answers = [book.answer(PRINCIPAL, f"{kind}{number}") for kind in ("C", "X", "R", "M") for number in range(ORDERS)]
    ids = [book.by_order_id(SESSION, f"V{number}") for number in range(ORDERS)]
    pages = [list(listed(state, Wanted(ACCOUNTS, any_id=any_id))) for any_id in ("", "C1", "V1", "F1", "FG00000002")]
    orders: list[Chain | None] = list(map(book.order, named))
    return [
        orders,
        list(map(book.by_cl_ord_id, named)),
        answers,
        ids,
        pages,
        [seen(state, chain) for chain in orders if chain],
        (ledger.reservations, ledger.tallies, book.live, book.suspense, book.doubts),
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(ENDS), st.integers(0, ORDERS - 1)), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from((*LATER, None)), st.integers(0, ORDERS - 1)), max_size=25),
)
def test_a_book_with_tombstones_answers_as_one_without(
    ends: list[tuple[Word, int]], later: list[tuple[Word | None, int]]
) -> None:
    twins = Twins()
    for number in range(ORDERS):
        twins.do(_place, number)
    for word, number in ends:
        twins.do(word, number)
    twins.rest()
    assert twins.rested, "nothing was laid to rest"
    for then, number in later:
        if then is None:
            twins.rest()
        else:
            twins.do(then, number)
    twins.assert_the_same()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from((*LATER, None)), st.integers(0, ORDERS - 1)), max_size=20), st.booleans())
def test_a_snapshot_makes_no_difference_to_orders_at_rest(later: list[tuple[Word | None, int]], forgets: bool) -> None:
    side = ClientSide(CELL)
    for number in range(ORDERS):
        _place(side, number)
        _filled(side, number)
    for word, number in [(None, 0), *later, (None, 0)]:
        if word is not None:
            word(side, number)
        else:
            side.engine.take(LayToRest(SESSION, ended(side.engine.state)))
            side.commit()
    if forgets:
        side.engine.take(ForgetOrders(tuple(side.engine.state.book.rest.stones)))
        side.commit()
        assert not side.engine.state.book.rest.orders_at_rest
    assert_a_snapshot_anywhere_makes_no_difference(CELL, side.engine.journal)
