"""How verdicts of risk are shown: each with its checks, or many of them in a line each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from gateway.reader.chain import Fact
from gateway.reader.rejudging import Asked, Judged, why_not_asked
from oms.domain.numbers import plain
from oms.domain.terms import Terms
from ops.commands.options import wants_json
from ops.commands.showing import say, table
from risk.case import NS_PER_MS, Case, Verdict, added
from risk.explaining import Checked
from risk.limit import FOR_EVER_NS, Limit

CHECK_COLUMNS = ("check", "limit", "scope", "value", "numbers", "verdict")
DIFFERENCE_COLUMNS = ("seq", "at", "order", "asks", "was", "would be")
SAME, UNKNOWN = "same", "indeterminate"
PASSES, REFUSED, OTHERWISE, NUMBERS = "would_pass", "would_be_refused", "would_be_refused_otherwise", "other_numbers"


def explained(facts: Sequence[Fact], judged: Sequence[Judged]) -> None:
    """Every verdict in the order of the journal, and why there was none where risk was not asked."""
    by_seq = {one.seq: one for one in judged}
    for fact in facts:
        one, why = by_seq.get(fact.record.seq), why_not_asked(fact.event)
        if one is not None:
            _explain(one)
        elif why:
            at = {"seq": fact.record.seq, "at": _at(fact.record.at_ns)}
            say(f"seq {fact.record.seq}  {at['at']}  {why}\n", {**at, "not_judged": why})


class Counts:
    """The verdicts of a day, counted, and the first of those that would be other ones."""

    def __init__(self, rows_max: int) -> None:
        self._rows_max = rows_max
        self._rows: list[Judged] = []
        self._counts: Counter[str] = Counter()

    @property
    def differing(self) -> int:
        return sum(self._counts[outcome] for outcome in (PASSES, REFUSED, OTHERWISE, NUMBERS))

    def add(self, judged: Judged) -> None:
        outcome = outcome_of(judged)
        self._counts[outcome] += 1
        if outcome == SAME:
            return
        if wants_json():
            say("", {**_heading(judged), "outcome": outcome, "why": judged.not_known})
        elif len(self._rows) < self._rows_max:
            self._rows.append(judged)

    def show(self) -> None:
        """The table of those that would be others. As JSON each was told when it came."""
        if self._rows:
            table(DIFFERENCE_COLUMNS, map(_difference, self._rows), ())
        more = self.differing + self._counts[UNKNOWN] - len(self._rows)
        if more > 0 and not wants_json():
            click.echo(f"fixgate: {more} more are not shown; --rows shows more, --json all", err=True)

    def as_dict(self) -> dict[str, Any]:
        outcomes = {outcome: self._counts[outcome] for outcome in (SAME, REFUSED, PASSES, OTHERWISE, NUMBERS, UNKNOWN)}
        return {"summary": {"verdicts": self._counts.total(), **outcomes}}

    @property
    def summary(self) -> str:
        counts = self._counts
        return (
            f"{counts.total()} verdicts: {counts[SAME]} the same, {counts[REFUSED]} would be refused,"
            f" {counts[PASSES]} would pass, {counts[OTHERWISE]} would be refused otherwise,"
            f" {counts[NUMBERS]} were recorded with other numbers, {counts[UNKNOWN]} indeterminate"
        )


def outcome_of(judged: Judged) -> str:
    """What would become of the order."""
    if judged.not_known:
        return UNKNOWN
    if judged.is_same:  # By the same limits the numbers are, too.
        is_by_the_same = judged.limits_version == judged.asked.decision.limits_version
        return NUMBERS if is_by_the_same and not judged.is_reproduced else SAME
    if judged.again.verdict is None:
        return PASSES
    return REFUSED if judged.asked.verdict is None else OTHERWISE


def _explain(judged: Judged) -> None:
    if wants_json():
        say("", {**_heading(judged), "is_same": _is_same(judged), "not_known": judged.not_known, **_inputs(judged)})
        return
    click.echo("\n".join(_lines(judged)))
    table(CHECK_COLUMNS, [_row(checked) for checked in judged.again.checks], ())
    click.echo()


def _lines(judged: Judged) -> Iterable[str]:
    asked, case = judged.asked, judged.again.case
    order = asked.root_id or "never taken"
    yield f"seq {judged.seq}  {_at(judged.at_ns)}  {asked.what}  {order}  id {asked.client_order_id}  by {asked.principal}"
    yield f"  asks      {_wanted(asked.terms)}"
    yield f"  counts in {_facets(asked)}"
    yield f"  verdict   {_words(asked.verdict)}"
    yield f"  again     {_again(judged)}"
    yield f"  limits    {judged.limits_version}"
    yield f"  quote     {_quote(judged)}"
    if case is not None:
        yield f"  worst     price {plain(case.worst_px)}, value {plain(case.order_notional)} {case.instrument.currency}"
        yield f"  reserves  {_reserves(case)}"


def _again(judged: Judged) -> str:
    if judged.not_known:
        return f"not known: {judged.not_known}; by those it is: {_words(judged.again.verdict)}"
    if judged.is_reproduced:
        return "the same"
    return f"DIFFERS: {_words(judged.again.verdict)}" if not judged.is_same else "the same, but OTHER NUMBERS were recorded"


def _is_same(judged: Judged) -> bool | None:
    return None if judged.not_known else judged.is_reproduced


def _wanted(terms: Terms) -> str:
    qty = plain(terms.order_qty) if terms.cash_order_qty is None else f"{plain(terms.cash_order_qty)} of money"
    stop = "" if terms.stop_px is None else f" stop {plain(terms.stop_px)}"
    price = "" if terms.price is None else f" at {plain(terms.price)}"
    return f"{terms.side.name.lower()} {qty} {terms.symbol}{price}{stop} {terms.ord_type.name.lower()}".replace("_", " ")


def _facets(asked: Asked) -> str:
    return " ".join(f"{name}={value}" for name, value in _as_dict(asked.facets).items() if value)


def _quote(judged: Judged) -> str:
    decision = judged.asked.decision
    if decision.bid_px is None or decision.offer_px is None or decision.quote_at_ns is None:
        return "none was recorded"
    age_ms = (judged.at_ns - decision.quote_at_ns) // NS_PER_MS
    return f"bid {plain(decision.bid_px)} offer {plain(decision.offer_px)}, {age_ms} ms old"


def _reserves(case: Case) -> str:
    more_qty, more_value = added(case)
    held = case.held
    before = "nothing" if held is None else f"quantity {plain(held.leaves_qty)} value {plain(held.value)}"
    return f"{before} before; would add quantity {plain(more_qty)} value {plain(more_value)}"


def _row(checked: Checked) -> tuple[str, ...]:
    limit = checked.limit
    numbers = " ".join(f"{key}={value}" for key, value in checked.numbers.items())
    row = ("", "", "") if limit is None else (limit.control.value, limit.scope.text, plain(limit.value))
    verdict = "passed" if checked.refusal is None else checked.refusal.value
    return (checked.check, *row, numbers or "-", verdict)


def _difference(judged: Judged) -> tuple[str, ...]:
    asked = judged.asked
    would_be = f"indeterminate: {judged.not_known}" if judged.not_known else _words(judged.again.verdict)
    order = asked.root_id or asked.client_order_id
    return (str(judged.seq), _at(judged.at_ns), order, f"{asked.what}: {_wanted(asked.terms)}", _words(asked.verdict), would_be)


def _words(verdict: Verdict | None) -> str:
    return "passed" if verdict is None else f"refused {verdict[0].value} {verdict[1]}".rstrip()


def _at(at_ns: int) -> str:
    seconds, ns = divmod(at_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{ns // 1_000:06d}"


# --- JSON -----------------------------------------------------------------------------------------------------------------


def _heading(judged: Judged) -> dict[str, Any]:
    asked = judged.asked
    return {
        "seq": judged.seq,
        "at": _at(judged.at_ns),
        "what": asked.what,
        "root_id": asked.root_id,
        "client_order_id": asked.client_order_id,
        "principal": asked.principal,
        "verdict": _verdict(asked.verdict),
        "again": _verdict(judged.again.verdict),
        "recorded_limits_version": asked.decision.limits_version,
        "limits_version": judged.limits_version,
    }


def _inputs(judged: Judged) -> dict[str, Any]:
    asked, case = judged.asked, judged.again.case
    found: dict[str, Any] = {
        "terms": _as_dict(asked.terms),
        "facets": _as_dict(asked.facets),
        "decision": _as_dict(asked.decision),
        "checks": [_checked(one) for one in judged.again.checks],
    }
    if case is not None:
        more_qty, more_value = added(case)
        found["case"] = {
            "reference_px": plain(case.reference_px),
            "reference_age_ms": case.reference_age_ms,
            "worst_px": plain(case.worst_px),
            "order_notional": plain(case.order_notional),
            "held": None if case.held is None else _as_dict(case.held),
            "asked": _as_dict(case.asked),
            "added_qty": plain(more_qty),
            "added_value": plain(more_value),
        }
    return found


def _checked(checked: Checked) -> dict[str, Any]:
    limit = None if checked.limit is None else _limit(checked.limit)
    refusal = None if checked.refusal is None else checked.refusal.value
    return {"check": checked.check, "limit": limit, "refusal": refusal, "numbers": checked.numbers, "text": checked.text}


def _limit(limit: Limit) -> dict[str, Any]:
    shown = {name: value for name, value in _as_dict(limit).items() if value not in ("", 0, FOR_EVER_NS)}
    return {**shown, "scope": limit.scope.text, "control": limit.control.value, "value": plain(limit.value)}


def _verdict(verdict: Verdict | None) -> dict[str, str] | None:
    return None if verdict is None else {"refusal": verdict[0].value, "text": verdict[1]}


def _as_dict(value: Any) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(Decimal,))
    return {key: plain(item) if isinstance(item, Decimal) else item for key, item in found.items() if item is not None}
