"""The crash matrix as people read it: on the screen and in the documentation."""

from collections.abc import Sequence

from gateway import crash
from tests.crash.judge import Kind as Wrong
from tests.crash.judge import Verdict
from tests.crash.matrix import VICTIMS, Kind, Result

_NEVER = "never fired"


def table(results: Sequence[Result]) -> list[str]:
    """As Markdown: a row for each point, a column for each kind of message, and in each cell the seconds until every order was
    settled again, for each victim."""
    found = {(r.cell.point, r.cell.kind, r.cell.victim): r for r in results}
    kinds = [kind for kind in Kind if any(r.cell.kind is kind for r in results)]
    lines = [
        f"| point ({' · '.join(VICTIMS)}) | " + " | ".join(kind.name.lower() for kind in kinds) + " |",
        "|---|" + "---|" * len(kinds),
    ]
    for point in crash.POINTS:
        cells = [[found.get((point, kind, victim)) for victim in VICTIMS] for kind in kinds]
        lines.append(f"| {point} | " + " | ".join(_cell(cell) for cell in cells) + " |")
    return lines


def _cell(results: Sequence[Result | None]) -> str:
    told = [f"{r.healed_s:.1f}" if r.has_fired else _NEVER for r in results if r is not None]
    return " · ".join(told) or "–"


def summary(verdicts: Sequence[Verdict]) -> str:
    """The last line. Whatever was done: what came of all orders together."""
    counted = {kind: sum(verdict.count(kind) for verdict in verdicts) for kind in Wrong}
    return (
        f"orders {sum(verdict.orders for verdict in verdicts)}, lost {counted[Wrong.LOST]}, repeated {counted[Wrong.REPEATED]}, "
        f"fills booked twice {counted[Wrong.BOOKED_TWICE]}, fills lost {counted[Wrong.FILLS_LOST]}, "
        f"unsettled {counted[Wrong.UNSETTLED]}, unknown {counted[Wrong.UNKNOWN]}, "
        f"not sent {sum(verdict.not_sent for verdict in verdicts)}"
    )
