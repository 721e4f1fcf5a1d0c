"""Writes docs/risk-controls.md out of the code, and says whether it is up to date: python -m ops.risk_table [--check]."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gateway.client.telling import CXL_REJ_REASONS, ORD_REJ_REASONS
from gateway.control.status import CODES
from oms.domain.fields import CxlRejReason, OrdRejReason
from oms.domain.refusal import RETRY_CAN_HELP, Refusal
from risk.catalogue import CATALOGUE, UNLIMITED
from risk.control import ALWAYS_LIMITED, Control
from risk.scope import Dimension

FILE = Path(__file__).parents[1] / "docs/risk-controls.md"
_INTRODUCTION = """\
# Controls of risk, and reason codes

Written by `make risk-table` out of the code: change the code, not this file.

Every new order, every replace and every request that is sent again has to pass all of these; a cancel is never asked. Several
may say no: the first by the order of `risk/checks.py` is told, and `fixgate risk explain` shows all. Of several limits at the
scopes that an order is in, each must hold. What adds nothing to a usage passes, even where its limit is exceeded.
"""
_SCOPES = """\
A scope is `firm`, or words that must all fit the order: {words}.
A limit of quantities over several orders has to name a symbol.
"""
_CODES = """\
## Reason codes

The code is the same everywhere: as `refusal` and `text` over gRPC, in the journal, and in Text(58) of FIX, which is
`CODE key=value key=value`. A new order is refused by ExecutionReport(35=8) with OrdRejReason(103), a replace or cancel by
OrderCancelReject(35=9) with CxlRejReason(102). FIX 4.2 has fewer reasons: what it has not is told as 103=0 or 102=2. *Retry* says
that the same order under a new id can pass later by itself.
"""


def main(arguments: Sequence[str]) -> int:
    """Write the file, or compare it. Returns the exit code."""
    text = table()
    if "--check" not in arguments:
        FILE.write_text(text, encoding="utf-8")
        return 0
    if FILE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{FILE.name} is not what the code says: run `make risk-table` and commit the result\n")
    return 1


def table() -> str:
    """The whole file. Raises LookupError for a control that has no entry in risk.catalogue."""
    words = ", ".join(f"`{dimension.value}=…`" for dimension in Dimension)
    needed = ", ".join(f"`{control.value}`" for control in ALWAYS_LIMITED)
    parts = (
        _INTRODUCTION,
        "## Without a limit\n",
        _rows(("id", "what must be", "refused with"), ((id_, must, f"`{code.value}`") for id_, must, code in UNLIMITED)),
        "## With a limit\n",
        _SCOPES.format(words=words),
        f"Where one of {needed} has no limit at any scope of the order, nothing passes: MISSING_LIMIT.\n",
        _rows(("id", "control", "what is limited", "scope", "unit", "refused with"), map(_control, Control)),
        _CODES,
        _rows(("code", "meaning", "103", "102", "gRPC status", "retry"), _refusals()),
    )
    return "\n".join(parts)


def _control(control: Control) -> tuple[str, ...]:
    entry = CATALOGUE.get(control)
    if entry is None:
        raise LookupError(f"{control.value} has no entry in risk.catalogue: say there what it means")
    scope = "any with a symbol" if entry.needs_symbol else "any"
    codes = ", ".join(f"`{code.value}`" for code in entry.refusals)
    return entry.id, f"`{control.value}`", entry.meaning, scope, entry.unit, codes


def _refusals() -> Iterator[tuple[str, ...]]:
    meanings = _meanings()
    for refusal in Refusal:
        ord_rej = ORD_REJ_REASONS.get(refusal, OrdRejReason.OTHER)
        cxl_rej = CXL_REJ_REASONS.get(refusal, CxlRejReason.OTHER)
        meaning = meanings.get(refusal.name) or f"{refusal.value.replace('_', ' ').capitalize()}."
        retry = "yes" if refusal in RETRY_CAN_HELP else ""
        yield f"`{refusal.value}`", meaning, _fix(ord_rej), _fix(cxl_rej), CODES[refusal].name, retry


def _fix(reason: OrdRejReason | CxlRejReason) -> str:
    return f"{reason.code} {reason.name.replace('_', ' ').capitalize()}"


def _meanings() -> dict[str, str]:
    """What is written under each refusal."""
    (members,) = ast.parse(inspect.getsource(Refusal)).body
    assert isinstance(members, ast.ClassDef)
    found: dict[str, str] = {}
    for before, after in zip(members.body, members.body[1:], strict=False):
        if isinstance(before, ast.Assign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[ast.unparse(before.targets[0])] = str(after.value.value)
    return found


def _rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (tuple(columns), ("---",) * len(columns), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
