"""Every check of one verdict, with its numbers: all of that of which `review` tells the first that says no.

A check says its numbers where it refuses. Where it passes it is asked again with a limit that nothing keeps within: what it then
says are the numbers that it has just compared. So there is no second formula that could say something else.
"""

from decimal import Decimal

import msgspec
from msgspec.structs import replace

from oms.domain.chain import Chain
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk.case import Case, Verdict
from risk.checks import ALWAYS, Check
from risk.limit import Limit
from risk.review import Basis, case_of, review
from risk.scope import Facets

_UNKEEPABLE = (Decimal("-1E+30"), Decimal("1E+30"))
"""Limits that nothing keeps within, be they the most that may be, or the least that must."""


class Checked(msgspec.Struct, frozen=True):
    """What one check said."""

    check: str
    limit: Limit | None
    """The row that it was asked about; None for what needs no limit."""
    refusal: Refusal | None
    numbers: dict[str, str]
    """What it compared, by name: what was used before, and what the order would add. Empty where it says nothing of such an
    order, or nothing is added."""
    text: str
    """What it said, where it refused."""


class Explained(msgspec.Struct, frozen=True):
    """A verdict with all that led to it."""

    verdict: Verdict | None
    decision: Decision
    case: Case | None
    """None where something that every check needs was missing: the verdict says what."""
    checks: tuple[Checked, ...]
    """By precedence."""


def explain(basis: Basis, terms: Terms, facets: Facets, at_ns: int, chain: Chain | None = None) -> Explained:
    """What `review` says of the same, and why."""
    verdict, decision = review(basis, terms, facets, at_ns, chain)
    if verdict is not None and verdict[0] is Refusal.NOT_JUDGED:
        return Explained(verdict, decision, None, ())
    found = case_of(basis, terms, facets, at_ns, chain)
    if found is None:
        return Explained(verdict, decision, None, ())
    case, rows = found
    always = [_checked(check.__name__, None, check(case)) for check in ALWAYS]
    limited = [_limited(check, case, limit) for check, limit in rows.checks]
    return Explained(verdict, decision, case, (*always, *limited))


def _limited(check: Check, case: Case, limit: Limit) -> Checked:
    verdict = check(case, limit)
    if verdict is not None:
        return _checked(check.__name__, limit, verdict)
    said = (check(case, replace(limit, value=value)) for value in _UNKEEPABLE)
    numbers = next((text for told in said if told is not None for text in (told[1],)), "")
    return Checked(check.__name__, limit, None, _numbers(numbers, limit), "")


def _checked(check: str, limit: Limit | None, verdict: Verdict | None) -> Checked:
    if verdict is None:
        return Checked(check, limit, None, {}, "")
    return Checked(check, limit, verdict[0], _numbers(verdict[1], limit), verdict[1])


def _numbers(text: str, limit: Limit | None) -> dict[str, str]:
    """Without those of the row itself."""
    said = dict(word.split("=", 1) for word in text.split() if "=" in word)
    return {key: value for key, value in said.items() if limit is None or key not in (limit.control.value, "scope")}
