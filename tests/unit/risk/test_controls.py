"""Every control that there is can pass and refuse, says so in the table of docs, and lets nothing pass where an input is gone.

The cases are in tests/unit/risk/cases.py: a check or a control that has none there fails here.
"""

from collections.abc import Callable
from decimal import Decimal, localcontext

import pytest
from msgspec.structs import replace

from gateway.facts import CATALOGUE as EVENTS
from oms.domain.numbers import CONTEXT
from oms.domain.refusal import Refusal
from ops import risk_table
from ops.limit_words import LimitWords
from risk.catalogue import CATALOGUE, UNLIMITED
from risk.checks import ALWAYS, CHECKS
from risk.control import ALWAYS_LIMITED, READS_REFERENCE, Control
from risk.explaining import explain
from risk.ledger import Ledger
from risk.limit import FOR_EVER_NS, Limit
from risk.review import Basis, review
from risk.sheet import Sheet
from risk.usage import COUNTED as OVER_ORDERS
from tests.support.orders import EURUSD, QUOTE, D, placed, terms
from tests.unit.risk.cases import CASES, FACETS, LOOSE, NOW_NS, SCOPE, Case, Given

HOW = "add an entry to tests/unit/risk/cases.py"
NAN, INFINITE = D("NaN"), D("Infinity")


def ask(given: Given, basis: Basis | None = None, at_ns: int = NOW_NS) -> Refusal | None:
    """What risk says, in the arithmetic of the engine."""
    with localcontext(CONTEXT):
        verdict, _ = review(basis or given.basis, given.wanted, FACETS, at_ns)
    return None if verdict is None else verdict[0]


def test_every_control_and_every_check_has_a_case() -> None:
    checks = {*ALWAYS, *(check for _, check in CHECKS)}
    assert {check.__name__ for check in checks} - {case.check.__name__ for case in CASES} == set(), HOW
    assert {control for control, _ in CHECKS} - {case.control for case in CASES} == set(), HOW


def test_every_control_is_explained_in_the_catalogue() -> None:
    assert set(Control) - set(CATALOGUE) == set(), "add an entry to risk/catalogue.py"


def test_the_catalogue_has_every_refusal_of_a_case_and_no_other() -> None:
    for control, entry in CATALOGUE.items():
        assert {case.refusal for case in CASES if case.control is control} == set(entry.refusals), f"{control}: {HOW}"
    limitless = {case.refusal for case in CASES if case.control is None}
    assert limitless <= {refusal for _, _, refusal in UNLIMITED}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_check_passes_and_refuses(case: Case) -> None:
    assert (ask(case.passes), ask(case.refuses)) == (None, case.refusal)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_that_check_that_says_no(case: Case) -> None:
    for given, expected in ((case.passes, None), (case.refuses, case.refusal)):
        found = explain(given.basis, given.wanted, FACETS, NOW_NS)
        said = [one for one in found.checks if one.check == case.check.__name__]
        assert [one.refusal for one in said if one.refusal is not None] == [expected] * (expected is not None)
        assert all(one.limit is None or one.limit.control is case.control for one in said)


@pytest.mark.parametrize("control", [control for control, entry in CATALOGUE.items() if control not in ALWAYS_LIMITED])
def test_the_table_says_which_scopes_a_limit_may_have(control: Control) -> None:
    entry, age_ms_max = CATALOGUE[control], 1 if control in READS_REFERENCE else 0
    assert bool(LimitWords("firm", control.value, D(1), age_ms_max).wrong) is entry.needs_symbol
    assert LimitWords(SCOPE.text, control.value, D(1), age_ms_max).wrong == ""


def test_the_table_of_the_documents_is_up_to_date() -> None:
    assert risk_table.FILE.read_text(encoding="utf-8") == risk_table.table(), "run `make risk-table`"


def test_a_control_without_an_entry_stops_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(risk_table, "CATALOGUE", {})
    with pytest.raises(LookupError, match="reference_age_ms_max has no entry"):
        risk_table.table()


# --- an input is gone, stale, or no number -------------------------------------------------------------------------------


Spoil = Callable[[Given, Basis], Basis]


def _without_quote(_given: Given, basis: Basis) -> Basis:
    return replace(basis, quotes={})


def _quoted(**changes: object) -> Spoil:
    return lambda given, basis: replace(basis, quotes={"EURUSD": replace(given.quote, **changes)})


def _traded(**changes: object) -> Spoil:
    return lambda _given, basis: replace(basis, instruments={"EURUSD": replace(EURUSD, **changes)})


def _without_usage(_given: Given, basis: Basis) -> Basis:
    """As if nobody had counted what is used within any scope."""
    return replace(basis, ledger=Ledger())


def _limits(change: Callable[[Limit], Limit | None]) -> Spoil:
    """Of every row of the case's control, the loose one included."""

    def spoiled(given: Given, basis: Basis) -> Basis:
        controls = {limit.control for limit in given.limits}
        changed = (change(limit) if limit.control in controls else limit for limit in basis.sheet.limits)
        return replace(basis, sheet=Sheet("v1", [limit for limit in changed if limit is not None]))

    return spoiled


OF_THE_MARKET: dict[str, Spoil] = {
    "no quote": _without_quote,
    "a quote that is too old": _quoted(at_ns=-(10**25)),
    "a quote from the future": _quoted(at_ns=NOW_NS + 10**9),
    "a bid that is no number": _quoted(bid_px=NAN),
    "an offer that is no number": _quoted(offer_px=NAN),
    "a bid of zero": _quoted(bid_px=D(0)),
    "an offer without end": _quoted(offer_px=INFINITE, bid_px=INFINITE),
    "an instrument that is not known": lambda _given, basis: replace(basis, instruments={}),
    "a tick that is no number": _traded(tick=NAN),
    "a tick of zero": _traded(tick=D(0)),
    "a lot that is no number": _traded(lot=NAN),
    "a multiplier that is no number": _traded(multiplier=NAN),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("spoil", OF_THE_MARKET.values(), ids=OF_THE_MARKET.keys())
def test_without_the_market_nothing_passes_and_nothing_breaks(case: Case, spoil: Spoil) -> None:
    assert ask(case.passes) is None
    assert ask(case.passes, spoil(case.passes, case.passes.basis)) is not None


@pytest.mark.parametrize("case", [case for case in CASES if case.passes.limits], ids=lambda case: case.name)
@pytest.mark.parametrize("value", [NAN, D("sNaN"), -INFINITE])
def test_a_limit_that_is_no_number_lets_nothing_pass(case: Case, value: Decimal) -> None:
    basis = _limits(lambda limit: replace(limit, value=value))(case.passes, case.passes.basis)
    assert ask(case.passes, basis) is not None


@pytest.mark.parametrize("control", ALWAYS_LIMITED)
@pytest.mark.parametrize("change", [{"expires_at_ns": NOW_NS}, {"effective_from_ns": NOW_NS + 1}, None])
def test_a_limit_that_must_be_there_and_is_gone_or_over_lets_nothing_pass(
    control: Control, change: dict[str, int] | None
) -> None:
    limits = [limit for limit in LOOSE.values() if limit.control is not control]
    limits += [] if change is None else [replace(LOOSE[control], **change)]
    assert ask(Given(), replace(Given().basis, sheet=Sheet("v1", limits))) is Refusal.MISSING_LIMIT


COUNTED = [case for case in CASES if case.control in OVER_ORDERS]


@pytest.mark.parametrize("case", COUNTED, ids=lambda case: case.name)
def test_a_limit_of_what_nobody_has_counted_lets_nothing_pass(case: Case) -> None:
    assert ask(case.passes, _without_usage(case.passes, case.passes.basis)) is Refusal.NOT_JUDGED


def test_a_limit_is_over_at_the_instant_that_it_says() -> None:
    row = Limit(SCOPE, Control.ORDER_QTY_MAX, D(1), expires_at_ns=NOW_NS)
    assert row.expires_at_ns < FOR_EVER_NS
    assert (ask(Given(limits=(row,)), at_ns=NOW_NS - 1), ask(Given(limits=(row,)))) == (Refusal.ORDER_QTY_EXCEEDS_MAX, None)


@pytest.mark.parametrize("key", ["order_qty", "price", "stop_px", "cash_order_qty"])
@pytest.mark.parametrize("value", [NAN, INFINITE])
def test_an_order_whose_number_is_none_passes_no_check(key: str, value: Decimal) -> None:
    assert ask(Given(replace(terms(100), **{key: value}))) is not None


def test_what_could_not_be_judged_says_why_and_is_a_record_like_any_other() -> None:
    given, quote = Given(), replace(QUOTE, bid_px=NAN)
    with localcontext(CONTEXT):
        verdict, decision = review(replace(given.basis, quotes={"EURUSD": quote}), terms(100, None), FACETS, NOW_NS)
    assert verdict is not None
    assert verdict[0] is Refusal.NOT_JUDGED
    assert "InvalidOperation" in verdict[1]
    assert (decision.limits_version, str(decision.bid_px), decision.worst_px) == ("v1", "NaN", None)
    kind, version, payload = EVENTS.encode(placed(decision=decision))
    assert EVENTS.encode(EVENTS.decode(kind, version, payload)) == (kind, version, payload)
