"""The controls that need reference data: each at its boundary from both sides, and each refusing what it cannot know."""

from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.reference import (
    Adv,
    Allowed,
    AllowList,
    AnyRow,
    EasyToBorrow,
    FxRate,
    LastTrade,
    Locate,
    Market,
    MarketState,
    PriorClose,
    ReferenceSet,
    Restricted,
    RestrictedList,
    Restriction,
    ShortRestriction,
)
from oms.domain.refusal import Refusal
from oms.domain.terms import Instructions, Terms
from risk.control import Control
from risk.limit import Limit
from risk.reference import unknown_in, wrong_with
from tests.support.orders import MS, POLICY, QUOTE, D, terms
from tests.support.reference_desk import AGE_MS, NOW, Desk, limit, reference, refusal

TRADE = LastTrade("EURUSD", D("1.38"))
SELL = terms(side=Side.SELL)
SHORT = terms(side=Side.SELL_SHORT, instructions=Instructions(locate_reqd=False))
LOCATED = terms(side=Side.SELL_SHORT, instructions=Instructions(locate_id="L1"))
HALT_ALL = RestrictedList("firm", (Restricted("symbol=EURUSD", Restriction.NO_TRADE, "insider"),))
ALLOW = AllowList("desk", (Allowed("account=DESK1", (OrdType.LIMIT,), (TimeInForce.DAY,)),))


class Need(NamedTuple):
    """A limit, a row with which it lets an order pass, one with which it refuses it, and how."""

    one: Limit
    good: AnyRow
    bad: AnyRow
    wanted: Terms
    why: Refusal


NEEDS = [
    Need(limit(Control.RESTRICTED_LIST), RestrictedList("firm"), HALT_ALL, terms(), Refusal.RESTRICTED),
    Need(limit(Control.PERMISSION), ALLOW, AllowList("desk"), terms(), Refusal.NOT_ALLOWED),
    Need(
        limit(Control.MARKET_STATE),
        Market("EURUSD", MarketState.CONTINUOUS),
        Market("EURUSD", MarketState.HALTED),
        terms(),
        Refusal.MARKET_NOT_OPEN,
    ),
    Need(
        limit(Control.AUCTION_QTY_MAX, 900),
        Market("EURUSD", MarketState.CONTINUOUS),
        Market("EURUSD", MarketState.AUCTION),
        terms(),
        Refusal.ORDER_QTY_EXCEEDS_MAX,
    ),
    Need(
        limit(Control.ORDER_ADV_BPS_MAX, 100),
        Adv("EURUSD", D(100_000)),
        Adv("EURUSD", D(99_999)),
        terms(),
        Refusal.ADV_SHARE_EXCEEDS_MAX,
    ),
    Need(
        limit(Control.DAY_ADV_BPS_MAX, 100, "symbol=EURUSD"),
        Adv("EURUSD", D(100_000)),
        Adv("EURUSD", D(99_999)),
        terms(),
        Refusal.ADV_SHARE_EXCEEDS_MAX,
    ),
    Need(
        limit(Control.LOCATE),
        EasyToBorrow("EURUSD", is_easy=True),
        EasyToBorrow("EURUSD", is_easy=False),
        SHORT,
        Refusal.NO_LOCATE,
    ),
    Need(limit(Control.LOCATE), Locate("L1", "EURUSD", D(1_000)), Locate("L1", "EURUSD", D(999)), LOCATED, Refusal.NO_LOCATE),
    Need(
        limit(Control.SHORT_CIRCUIT_BREAKER),
        ShortRestriction("EURUSD", is_on=False),
        ShortRestriction("EURUSD", is_on=True),
        SHORT,
        Refusal.SHORT_SALE_RESTRICTED,
    ),
]
each = pytest.mark.parametrize("need", NEEDS, ids=[f"{need.one.control.value}-{type(need.good).__name__}" for need in NEEDS])


@each
def test_each_control_lets_pass_and_refuses(need: Need) -> None:
    assert Desk(need.one).verdict(need.wanted, reference(need.good)) is None
    found = Desk(need.one).verdict(need.wanted, reference(need.bad))
    assert found is not None
    assert found[0] is need.why
    assert f"{need.one.control.value}={need.one.value} scope={need.one.scope.text}" in found[1]


@each
def test_each_control_refuses_what_it_does_not_know(need: Need) -> None:
    assert refusal(Desk(need.one).verdict(need.wanted, reference())) is Refusal.MISSING_REFERENCE_DATA


@each
@pytest.mark.parametrize(("age_ns", "is_fine"), [(AGE_MS * MS, True), ((AGE_MS + 1) * MS, False), (-1, False)])
def test_each_control_refuses_what_is_too_old_or_still_to_come(need: Need, age_ns: int, is_fine: bool) -> None:
    found = Desk(need.one).verdict(need.wanted, reference(need.good, at_ns=NOW - age_ns))
    assert refusal(found) is (None if is_fine else Refusal.STALE_REFERENCE_DATA)


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "1e18", "1e-13"])
@pytest.mark.parametrize(
    "make",
    [
        lambda n: Adv("EURUSD", n),
        lambda n: PriorClose("EURUSD", n),
        lambda n: LastTrade("EURUSD", n),
        lambda n: Locate("L1", "EURUSD", n),
        lambda n: FxRate("EUR", "USD", n),
        lambda n: FxRate("EUR", "USD", D(1), n),
    ],
)
def test_a_number_that_is_none_is_no_row(make: Any, number: str) -> None:
    with pytest.raises(ValueError, match=r"must be a number|has more than 18 digits"):
        make(D(number))


@pytest.mark.parametrize(
    ("restriction", "side", "is_fine"),
    [
        (Restriction.NO_TRADE, Side.BUY, False),
        (Restriction.NO_TRADE, Side.SELL, False),
        (Restriction.BUY_ONLY, Side.BUY, True),
        (Restriction.BUY_ONLY, Side.SELL, False),
        (Restriction.SELL_ONLY, Side.BUY, False),
        (Restriction.SELL_ONLY, Side.SELL, True),
        (Restriction.CLOSE_ONLY, Side.BUY, False),
        (Restriction.CLOSE_ONLY, Side.SELL, True),
        (Restriction.WATCH, Side.BUY, True),
    ],
)
def test_an_entry_of_a_restricted_list_leaves_open_what_it_says(restriction: Restriction, side: Side, is_fine: bool) -> None:
    desk = Desk(limit(Control.RESTRICTED_LIST))
    desk.holds("EURUSD", 1_000)
    known = reference(RestrictedList("firm", (Restricted("symbol=EURUSD", restriction),)), RestrictedList("desk"))
    assert refusal(desk.verdict(terms(side=side), known)) is (None if is_fine else Refusal.RESTRICTED)
    assert refusal(desk.verdict(terms(symbol="IBM", side=side, price="1.38"), known)) is None


def test_close_only_closes_no_more_than_there_is() -> None:
    desk = Desk(limit(Control.RESTRICTED_LIST))
    desk.holds("EURUSD", 900)
    known = reference(RestrictedList("firm", (Restricted("firm", Restriction.CLOSE_ONLY),)))
    assert refusal(desk.verdict(terms(900, side=Side.SELL), known)) is None
    assert refusal(desk.verdict(terms(1_000, side=Side.SELL), known)) is Refusal.RESTRICTED


def test_of_two_lists_each_must_leave_it_open_and_one_that_is_old_refuses_all() -> None:
    desk, known = (
        Desk(limit(Control.RESTRICTED_LIST)),
        reference(RestrictedList("firm"), RestrictedList("desk", HALT_ALL.entries)),
    )
    assert desk.verdict(terms(), known) == (
        Refusal.RESTRICTED,
        "list=desk restriction=NO_TRADE entry=symbol=EURUSD restricted_list=1 scope=firm",
    )
    known.apply(ReferenceSet("test", NOW - 2 * AGE_MS * MS, (RestrictedList("desk"),)), NOW)
    assert refusal(desk.verdict(terms(), known)) is Refusal.STALE_REFERENCE_DATA


@pytest.mark.parametrize(
    ("entry", "changes", "at", "is_fine"),
    [
        (Allowed("firm"), {}, "12:00", True),
        (Allowed("account=DESK2"), {}, "12:00", False),
        (Allowed("trader=trader/desk1"), {}, "12:00", True),
        (Allowed("trader=trader/desk2"), {}, "12:00", False),
        (Allowed("firm", ord_types=(OrdType.MARKET,)), {}, "12:00", False),
        (Allowed("firm", times_in_force=(TimeInForce.DAY,)), {}, "12:00", True),
        (Allowed("firm", times_in_force=(TimeInForce.DAY,)), {"time_in_force": TimeInForce.IMMEDIATE_OR_CANCEL}, "12:00", False),
        (Allowed("firm", after="08:00", before="17:00"), {}, "08:00", True),
        (Allowed("firm", after="08:00", before="17:00"), {}, "07:59", False),
        (Allowed("firm", after="08:00", before="17:00"), {}, "17:00", False),
        (Allowed("firm", after="22:00", before="02:00"), {}, "23:00", True),
        (Allowed("firm", after="22:00", before="02:00"), {}, "01:59", True),
        (Allowed("firm", after="22:00", before="02:00"), {}, "02:00", False),
    ],
)
def test_an_allow_list_allows_what_one_of_its_entries_allows(
    entry: Allowed, changes: dict[str, Any], at: str, is_fine: bool
) -> None:
    at_ns = (int(at[:2]) * 60 + int(at[3:])) * 60_000 * MS
    desk = Desk(limit(Control.PERMISSION), quote=replace(QUOTE, at_ns=at_ns))
    found = desk.verdict(terms(**changes), reference(AllowList("desk", (entry,)), at_ns=at_ns), at_ns)
    assert refusal(found) is (None if is_fine else Refusal.NOT_ALLOWED)


@pytest.mark.parametrize(
    ("state", "regular", "extended"),
    [
        (MarketState.CONTINUOUS, True, True),
        (MarketState.AUCTION, True, True),
        (MarketState.NO_CANCEL, True, True),
        (MarketState.PRE_MARKET, False, True),
        (MarketState.POST_MARKET, False, True),
        (MarketState.PAUSED, False, False),
        (MarketState.HALTED, False, False),
        (MarketState.CLOSED, False, False),
    ],
)
def test_a_new_order_passes_while_the_market_is_open_for_it(state: MarketState, regular: bool, extended: bool) -> None:
    known = reference(Market("EURUSD", state))
    assert (Desk(limit(Control.MARKET_STATE, 0)).verdict(terms(), known) is None) is regular
    assert (Desk(limit(Control.MARKET_STATE, 1)).verdict(terms(), known) is None) is extended


def test_an_order_for_an_auction_is_judged_by_its_limit_whatever_the_market_does() -> None:
    desk, at_the_close = Desk(limit(Control.AUCTION_QTY_MAX, 900)), terms(time_in_force=TimeInForce.AT_THE_CLOSE)
    assert refusal(desk.verdict(at_the_close, reference())) is Refusal.ORDER_QTY_EXCEEDS_MAX
    assert refusal(desk.verdict(replace(at_the_close, order_qty=D(900)), reference())) is None


@pytest.mark.parametrize(("fallback", "is_fine"), [("1000", True), ("999", False)])
def test_where_the_volume_is_not_known_the_fallback_holds(fallback: str, is_fine: bool) -> None:
    desk = Desk(limit(Control.ORDER_ADV_BPS_MAX, 100, fallback=D(fallback)))
    numbers = "order_qty=1000 adv20=unknown fallback=999 order_adv_bps_max=100 scope=firm"
    expected = None if is_fine else (Refusal.ADV_SHARE_EXCEEDS_MAX, numbers)
    assert desk.verdict(terms(), reference()) == expected
    assert desk.verdict(terms(), reference(Adv("EURUSD", D(1)), at_ns=NOW - 2 * AGE_MS * MS)) == expected


def test_the_days_share_counts_what_traded_and_what_is_open_on_both_sides() -> None:
    desk = Desk(limit(Control.DAY_ADV_BPS_MAX, 100, "symbol=EURUSD"))
    desk.holds("EURUSD", 0, day_qty=D(500))
    desk.reserves("EURUSD", 200, 300, is_buy=False)
    known = reference(Adv("EURUSD", D(100_000)))
    assert desk.verdict(terms(300), known) is None
    assert desk.verdict(terms(400), known) == (
        Refusal.ADV_SHARE_EXCEEDS_MAX,
        "day_qty=1100 adv20=100000 day_adv_bps_max=100 scope=symbol=EURUSD",
    )


@pytest.mark.parametrize(
    ("held", "selling", "side", "is_fine"),
    [
        (1_000, 0, Side.SELL, True),
        (900, 0, Side.SELL, False),
        (900, 0, Side.SELL_SHORT, True),
        (1_000, 0, Side.SELL_SHORT, False),
        (1_000, 0, Side.SELL_SHORT_EXEMPT, False),
        (1_100, 200, Side.SELL, False),
        (1_100, 200, Side.SELL_SHORT, True),
        (1_100, 100, Side.SELL, True),
        (0, 0, Side.SELL_SHORT, True),
        (-500, 0, Side.SELL, False),
        (-500, 0, Side.BUY, True),
    ],
)
def test_what_is_not_held_is_sold_short_and_says_so(held: int, selling: int, side: Side, is_fine: bool) -> None:
    desk = Desk(limit(Control.SHORT_MARKING, age_ms_max=0))
    desk.holds("EURUSD", held)
    if selling:
        desk.reserves("EURUSD", selling, selling, is_buy=False)
    found = desk.verdict(terms(1_000, side=side), reference())
    assert refusal(found) is (None if is_fine else Refusal.SHORT_SALE_MISMARKED)


def test_a_sell_of_an_amount_of_money_cannot_be_marked() -> None:
    wanted = terms("0", None, side=Side.SELL, cash_order_qty=D(1))
    desk = Desk(limit(Control.SHORT_MARKING, age_ms_max=0))
    assert refusal(desk.verdict(wanted, reference())) is Refusal.SHORT_SALE_MISMARKED


@pytest.mark.parametrize(
    ("instructions", "rows", "is_fine"),
    [
        (Instructions(), (EasyToBorrow("EURUSD", is_easy=True),), False),
        (Instructions(locate_reqd=True), (EasyToBorrow("EURUSD", is_easy=True),), False),
        (Instructions(locate_reqd=False), (EasyToBorrow("EURUSD", is_easy=True),), True),
        (Instructions(locate_id="L1"), (Locate("L1", "EURUSD", D(1_000), "DESK1"),), True),
        (Instructions(locate_id="L1"), (Locate("L1", "EURUSD", D(1_000), "DESK2"),), False),
        (Instructions(locate_id="L1"), (Locate("L1", "IBM", D(1_000)),), False),
        (Instructions(locate_id="L1"), (Locate("L1", "EURUSD", D(0)),), False),
    ],
)
@pytest.mark.parametrize("side", [Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT])
def test_a_short_sale_has_a_locate_or_is_easy_to_borrow(
    side: Side, instructions: Instructions, rows: tuple[AnyRow, ...], is_fine: bool
) -> None:
    found = Desk(limit(Control.LOCATE)).verdict(terms(side=side, instructions=instructions), reference(*rows))
    assert refusal(found) is (None if is_fine else Refusal.NO_LOCATE)


def test_a_long_sale_needs_no_locate() -> None:
    assert Desk(limit(Control.LOCATE)).verdict(SELL, reference()) is None


@pytest.mark.parametrize(
    ("changes", "is_fine"),
    [
        ({"price": "1.3851"}, True),  # The bid is 1.3850.
        ({"price": "1.3850"}, False),
        ({"price": None}, False),
        ({"price": "1.3850", "side": Side.SELL_SHORT_EXEMPT}, True),
        ({"price": "1.3850", "side": Side.SELL}, True),
    ],
)
def test_under_the_circuit_breaker_a_short_sale_is_above_the_bid(changes: dict[str, Any], is_fine: bool) -> None:
    wanted = terms(**({"side": Side.SELL_SHORT} | changes))
    found = Desk(limit(Control.SHORT_CIRCUIT_BREAKER)).verdict(wanted, reference(ShortRestriction("EURUSD", is_on=True)))
    assert refusal(found) is (None if is_fine else Refusal.SHORT_SALE_RESTRICTED)


def test_what_rows_say_that_cannot_be_is_named_by_its_place() -> None:
    rows = (
        TRADE,
        TRADE,
        RestrictedList("a", (Restricted("symbol=", Restriction.WATCH),)),
        AllowList("b", (Allowed("desk=EQ"),)),
    )
    assert [(place, text.partition(":")[0]) for place, text in wrong_with(rows)] == [
        (1, "last_trade EURUSD is there twice"),
        (2, "restricted_list a"),
        (3, "allow_list b"),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (Adv("MSFT", D(1)), Refusal.UNKNOWN_SYMBOL),
        (Locate("L", "EURUSD", D(1), "DESK9"), Refusal.UNKNOWN_ACCOUNT),
        (RestrictedList("a", (Restricted("symbol=MSFT", Restriction.WATCH),)), Refusal.UNKNOWN_SYMBOL),
        (AllowList("a", (Allowed("account=DESK9"),)), Refusal.UNKNOWN_ACCOUNT),
        (AllowList("a", (Allowed("session=BROKER"), Allowed("session=BROKRE"))), Refusal.UNKNOWN_SESSION),
        (AllowList("a", (Allowed("currency=USD"), Allowed("currency=UDS"))), Refusal.CURRENCY_DIFFERS),
        (FxRate("EUR", "GBP", D(1)), Refusal.CURRENCY_DIFFERS),
        (FxRate("EUR", "USD", D(1)), None),
        (Adv("EURUSD", D(1)), None),
    ],
)
def test_what_is_said_of_something_unknown_is_refused(row: AnyRow, why: Refusal | None) -> None:
    found = unknown_in((row,), replace(POLICY, base_currency="USD"), {"DESK1": "BROKER"})
    assert (None if found is None else found[0]) is why
