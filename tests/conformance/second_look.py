"""A second reading of a scenario: reckons from the messages alone how the order stands, and says where the scenario differs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from gateway.simulator import scenario as form

__all__ = ["form", "wrongs"]

PRECEDENCE = "6E3B279" + "4C" + "108A"
"""OrdStatus(39), highest first."""
ENDED = frozenset("4C8B")
"""Off the market for good. Done for Day(3) is so too, but for an order that lives on."""
LIVES_ON = frozenset({"1", "6"})
"""TimeInForce(59) of orders that live for several days."""
DUPLICATE, CORPORATE_ACTION, UNKNOWN = "6", "0", "NONE"
"""OrdRejReason(103), ExecRestatementReason(378), OrderID(37)."""
ASSERTED = ("pending_clordids", "cum_qty", "leaves_qty", "order_qty", "ord_status", "books_trade")
"""What a report about an order of ours has to expect something of."""
TOLD = {
    14: "cum_qty",
    38: "order_qty",
    39: "ord_status",
    151: "leaves_qty",
    6: "avg_px",
    424: "day_order_qty",
    425: "day_cum_qty",
}
_TENTH = Decimal("1e-10")


@dataclass
class Execution:
    """What traded, and on which TradeDate(75)."""

    last_qty: Decimal
    last_px: Decimal | None
    trade_date: str


@dataclass
class Order:
    """One order as its messages make it."""

    accepted: str | None
    order_qty: Decimal
    lives_on: bool = False
    pending: dict[str, str] = field(default_factory=dict)
    """Requests without a last answer: the OrdStatus that their acknowledgement gave, or nothing."""
    flags: set[str] = field(default_factory=lambda: {"A"})
    executions: dict[str, Execution] = field(default_factory=dict)

    @property
    def cum_qty(self) -> Decimal:
        return sum((done.last_qty for done in self.executions.values()), start=Decimal(0))

    @property
    def leaves_qty(self) -> Decimal:
        is_over = self.flags & ENDED or ("3" in self.flags and not self.lives_on)
        return Decimal(0) if is_over else max(self.order_qty - self.cum_qty, Decimal(0))

    @property
    def ord_status(self) -> str:
        true = self.flags | set(self.pending.values())
        true |= {"1"} if self.cum_qty else set()
        true |= {"2"} if self.cum_qty >= self.order_qty > 0 else set()
        return next(code for code in PRECEDENCE if code in true)

    @property
    def avg_px(self) -> Decimal | None:
        """None where a price is missing."""
        if not self.executions:
            return Decimal(0)
        amounts = [done.last_qty * done.last_px for done in self.executions.values() if done.last_px is not None]
        return (sum(amounts) / self.cum_qty).quantize(_TENTH) if len(amounts) == len(self.executions) else None

    def day_cum_qty(self, trade_date: str) -> Decimal:
        return sum((done.last_qty for done in self.executions.values() if done.trade_date == trade_date), start=Decimal(0))

    def stands(self, trade_date: str) -> dict[str, object]:
        """By the names of an expectation. DayOrderQty is R14."""
        today = self.day_cum_qty(trade_date)
        return {
            "accepted_clordid": self.accepted,
            "pending_clordids": tuple(self.pending),
            "cum_qty": self.cum_qty,
            "leaves_qty": self.leaves_qty,
            "order_qty": self.order_qty,
            "ord_status": self.ord_status,
            "avg_px": self.avg_px,
            "day_cum_qty": today,
            "day_order_qty": self.order_qty - (self.cum_qty - today),
            "overfill_qty": max(self.cum_qty - self.order_qty, Decimal(0)),
        }

    def traded(self) -> list[tuple[Decimal, Decimal | None]]:
        return sorted(((done.last_qty, done.last_px) for done in self.executions.values()), key=str)


class Reading:
    """Reads one course from its first step."""

    def __init__(self, *, contradicts: bool = False) -> None:
        self._contradicts = contradicts
        """Whether reports of this course may tell other numbers than are true, on purpose."""
        self._orders: dict[str, Order] = {}
        self._of: dict[str, Order] = {}
        """Each ClOrdID's order."""
        self._exec_ids: set[str] = set()

    def read(self, step: form.Step) -> list[str]:
        """What is wrong with the step."""
        wrong = [f"ClOrdID {step.tags[41]} was never sent"] if 41 in step.tags and step.tags[41] not in self._of else []
        if step.dir == form.TO_VENUE:
            self._send(step.msg, step.tags)
            return wrong
        if step.expect is None:
            return [*wrong, "expects nothing"]
        return [*wrong, *self._hear(step.msg, step.tags, step.expect)]

    def _send(self, msg: str, tags: dict[int, str]) -> None:
        if msg == "D" and tags[11] not in self._of:
            order = Order(tags[11], Decimal(tags.get(38, "0")), tags.get(59) in LIVES_ON)
            self._orders[tags[11]] = self._of[tags[11]] = order
        elif msg in {"F", "G"} and 41 in tags:
            self._of[tags[41]].pending[tags[11]] = ""
            self._of.setdefault(tags[11], self._of[tags[41]])

    def _hear(self, msg: str, tags: dict[int, str], expect: form.Expected) -> list[str]:
        if expect.order is None:
            self._exec_ids.add(tags.get(17, ""))
            return [] if expect.unmatched or expect.request_rejected else ["expects nothing of no order"]
        if expect.unmatched and expect.order not in self._orders:
            self._orders[expect.order] = Order(None, Decimal(tags[38]))
        order = self._orders.get(expect.order)
        if order is None:
            return [f"nobody knows order {expect.order}"]
        is_set_aside = bool(expect.quarantined or expect.stale_ignored)
        wrong = [] if is_set_aside else self._misnamed(msg, tags, order)
        if wrong:
            return wrong
        before = order.traded()
        if not is_set_aside:
            self._apply(msg, tags, order)
        stands = order.stands(tags.get(75, ""))
        # A split changes quantity and price by one factor: nothing is booked.
        stands["books_trade"] = tags.get(150) in {"F", "G", "H"} and order.traded() != before
        wrong = _differences(expect, stands)
        if not is_set_aside and tags.get(37) != UNKNOWN and not self._contradicts:
            wrong += _untrue(msg, tags, expect, lives_on=order.lives_on)
        if msg == "8":
            wrong += [f"says nothing of {name}" for name in ASSERTED if getattr(expect, name) is None]
        return wrong

    def _misnamed(self, msg: str, tags: dict[int, str], order: Order) -> list[str]:
        """Names that nothing has been called by."""
        wrong = []
        if msg != "r" and 11 in tags and self._of.get(tags[11]) is not order:
            wrong.append(f"ClOrdID {tags[11]} is none of the order's")
        if tags.get(150) in {"G", "H"} and tags.get(19) not in order.executions:
            wrong.append(f"ExecRefID {tags.get(19)} is no effective execution")
        if 17 in tags and tags[17] in self._exec_ids:
            wrong.append(f"ExecID {tags[17]} is there twice")
        return wrong

    def _apply(self, msg: str, tags: dict[int, str], order: Order) -> None:
        self._exec_ids |= {tags[17]} if 17 in tags else set()
        if msg == "9":
            order.pending.pop(tags[11])
        elif msg == "8":
            self._trade(tags, order)
            _change(tags, order)

    @staticmethod
    def _trade(tags: dict[int, str], order: Order) -> None:
        corrected = order.executions.pop(tags[19]) if tags[150] in {"G", "H"} else None
        if tags[150] in {"F", "G"}:
            day = corrected.trade_date if corrected else tags.get(75, "")
            px = Decimal(tags[31]) if 31 in tags else None
            order.executions[tags.get(17, f"unnamed {len(order.executions)}")] = Execution(Decimal(tags[32]), px, day)


def _change(tags: dict[int, str], order: Order) -> None:
    """What a report does to the order, but for what traded."""
    match tags[150]:
        case "0":
            order.order_qty = Decimal(tags[38])
            order.flags.add("0")
        case "5":
            order.pending.pop(tags[11])
            order.accepted, order.order_qty = tags[11], Decimal(tags[38])
        case "6" | "E":
            order.pending[tags[11]] = tags[150]
        case "8" if tags.get(103) != DUPLICATE:
            order.flags.discard("0")
            order.flags.add("8")
        case "D":
            _restate(tags, order)
        case "4" | "C" | "3" | "B" | "7" | "9":
            order.pending.pop(tags[11] if 11 in tags and tags[150] == "4" else "", None)
            order.flags -= {"9"} if tags[150] in ENDED else set()
            order.flags.add(tags[150])


def _restate(tags: dict[int, str], order: Order) -> None:
    factor = Decimal(tags[38]) / order.order_qty
    order.order_qty = Decimal(tags[38])
    order.flags -= {"3", "9"}
    for done in order.executions.values() if tags.get(378) == CORPORATE_ACTION else ():
        done.last_qty *= factor
        done.last_px = done.last_px / factor if done.last_px is not None else None


def _differences(expect: form.Expected, stands: dict[str, object]) -> list[str]:
    wanted = {name: getattr(expect, name) for name in stands if getattr(expect, name) is not None}
    return [
        f"{name} is {stands[name]}, not {value}"
        for name, value in wanted.items()
        if (Decimal(value) if isinstance(stands[name], Decimal) else value) != stands[name]
    ]


def _untrue(msg: str, tags: dict[int, str], expect: form.Expected, *, lives_on: bool) -> list[str]:
    """Where a report tells other numbers than it makes, or breaks R1 in itself."""
    told = {name: tags[tag] for tag, name in TOLD.items() if tag in tags}
    wrong = [
        f"tells {name} {value}" for name, value in told.items() if (was := getattr(expect, name)) is not None and was != value
    ]
    if msg != "8":
        return wrong
    order_qty, cum_qty, leaves_qty = (Decimal(tags[tag]) for tag in (38, 14, 151))
    is_over = leaves_qty == 0 and (
        tags[39] in ENDED or (tags[39] == "3" and not lives_on) or cum_qty > order_qty or tags[150] in ENDED
    )
    late = leaves_qty == 0 and expect.ord_status == "1"  # Off the market for another reason than its highest status.
    if order_qty != cum_qty + leaves_qty and not is_over and not late:
        wrong.append(f"breaks R1: {order_qty} is not {cum_qty} + {leaves_qty}")
    return wrong


def wrongs(steps: Iterable[form.Step], *, contradicts: bool = False) -> list[str]:
    """Everything that is wrong with a course, each with the step's time."""
    reading = Reading(contradicts=contradicts)
    return [f"t={step.t}: {wrong}" for step in steps for wrong in reading.read(step)]
