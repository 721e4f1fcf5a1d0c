"""One case of a scenario file in play, from the venue's side. Pure: messages go in with their time, messages come out.

The scenario's names become real ids: ClOrdIDs those that came in, ExecIDs and OrderIDs the play's own. What FIX 4.4 requires and
the scenario does not say is filled in, so that each message is one that a venue would send.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from gateway.codec import text as fix_text
from gateway.codec.version import FIX_44
from gateway.simulator.fields import utc_timestamp
from gateway.simulator.scenario import CL_ORD_IDS, EXEC_IDS, FROM_VENUE, ORDER_ID, OUT_OF_BAND, TO_VENUE, Course, Step
from oms.domain.fields import ExecType
from oms.domain.numbers import ZERO, average, plain
from oms.domain.report import NO_ORDER_ID

TELEPHONED = {1: "DESK1", 55: "EURUSD", 54: "1", 40: "2", 44: "1.385", 59: "0"}
"""What an order is that nobody sent by FIX, by tag."""
_TERMS = (1, 55, 54, 38, 40, 44, 59)
_STANDING = (38, 39, 14, 151)
_HEADER = (43, 97, 122)
_REQUIRED_BY_MSG: dict[str, dict[int, str]] = {"8": {}, "9": {434: "1"}, "r": {530: "7", 531: "7"}}
_STATUS = ExecType.ORDER_STATUS.code
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Unexpected(Exception):
    """What came is not what the course expects now: says which play, what was due and what differs."""


class _Order(msgspec.Struct):
    """What the venue holds of one order."""

    order_id: str
    known: dict[int, str]
    """Terms, and how it stands, as last told."""
    executions: dict[str, tuple[Decimal, Decimal]]
    """LastQty and LastPx by ExecID: the last correction of each, minus what was busted."""

    @property
    def avg_px(self) -> str:
        qty = sum((qty for qty, _ in self.executions.values()), start=ZERO)
        value = sum((qty * px for qty, px in self.executions.values()), start=ZERO)
        return plain(average(value, qty)) if qty else "0"


class Play:
    """A course on its way: `hear` and `say` take its steps one after the other."""

    def __init__(self, name: str, course: Course, id_prefix: str) -> None:
        """`name` is for people; `id_prefix` begins every id that this play makes, and must be its own for ever."""
        self.name = name
        self._course = course
        self._at = 0
        self._id_prefix = id_prefix
        self._ids: dict[str, str] = {}
        """ClOrdIDs by the scenario's names."""
        self._asked: dict[str, dict[int, str]] = {}
        """What each request asked for, by the scenario's name of its ClOrdID."""
        self._roots: dict[str, str] = {}
        """The first name in each name's chain."""
        self._orders: dict[str, _Order] = {}
        self._executions = 0

    @property
    def due(self) -> Step | None:
        """The step that comes next; None at the end. What happens outside FIX has happened when its turn comes."""
        while self._at < len(self._course) and self._course[self._at].dir == OUT_OF_BAND:
            self._at += 1
        return self._course[self._at] if self._at < len(self._course) else None

    def knows(self, cl_ord_id: str) -> bool:
        return cl_ord_id in self._ids.values()

    def skip(self) -> None:
        """Pass over the step that is due."""
        assert self.due is not None, f"{self.name}: nothing is due"
        self._at += 1

    def hear(self, found: Mapping[int, str]) -> None:
        """A message came in: it must be the one that is due. Raises Unexpected, and then nothing has changed."""
        step = self.due
        if step is None or step.dir != TO_VENUE or step.msg != found.get(35):
            awaited = "nothing more" if step is None else f"{step.msg} {step.dir} at t={step.t}"
            raise Unexpected(f"{self.name}: MsgType(35)={found.get(35)} came where {awaited} is due")
        differences = [f"tag {tag}: {why}" for tag, value in step.tags.items() if (why := self._differs(step, tag, value, found))]
        if differences:
            raise Unexpected(f"{self.name}: {step.msg} at t={step.t}: {'; '.join(differences)}")
        self._take_in(step, found)
        self._at += 1

    def say(self, at_ns: int) -> str:
        """The message of the step that is due, which must be the venue's."""
        step = self.due
        assert step is not None and step.dir == FROM_VENUE, f"{self.name}: it is not the venue's turn"
        self._at += 1
        order = self._order(step)
        said = {tag: self._real(tag, value) for tag, value in step.tags.items()}
        body = {ORDER_ID: order.order_id} | _REQUIRED_BY_MSG[step.msg] | {60: utc_timestamp(at_ns)}
        if step.msg == "8":
            body |= self._execution(order, step, said)
        if step.msg == "9":
            body |= {39: order.known.get(39, "8")}
        order.known |= {tag: said[tag] for tag in _STANDING if tag in said}
        return _text(step.msg, body | said)

    def status(self, found: Mapping[int, str], at_ns: int) -> str:
        """How the order stands that the ClOrdID(11) in `found` belongs to: an answer beside the course, which changes nothing."""
        name = next(name for name, cl_ord_id in self._ids.items() if cl_ord_id == found[11])
        order = self._orders[self._roots[name]]
        kept = {tag: found[tag] for tag in (11, 790) if tag in found}
        told = {ORDER_ID: order.order_id, 17: "0", 150: _STATUS, 39: "A", 14: "0", 151: order.known.get(38, "0"), 6: order.avg_px}
        return _text("8", told | order.known | kept | {60: utc_timestamp(at_ns)})

    # --- hearing ------------------------------------------------------------------------------------------------------

    def _differs(self, step: Step, tag: int, value: str, found: Mapping[int, str]) -> str:
        """Why the field is not what the step says; empty where it is."""
        told = found.get(tag, "")
        if tag in CL_ORD_IDS:
            return self._differs_id(value, told)
        wanted = self._real(tag, value)
        if tag == 44 and not _NUMBER.fullmatch(value):  # The scenario says only that it changes.
            before = self._known(step.tags.get(41, "")).get(44, "")
            return f"{told or 'nothing'} is no other price than {before}" if not told or _same(told, before) else ""
        return "" if _same(told, wanted) else f"{told or 'nothing'} instead of {wanted}"

    def _differs_id(self, name: str, told: str) -> str:
        if not told:
            return f"nothing instead of {name}"
        if name in self._ids:
            return "" if told == self._ids[name] else f"{told} instead of {name}, which is {self._ids[name]}"
        owner = next((other for other, cl_ord_id in self._ids.items() if cl_ord_id == told), None)
        return f"{told} is {owner}, and not {name}" if owner is not None else ""

    def _take_in(self, step: Step, found: Mapping[int, str]) -> None:
        for tag in sorted(CL_ORD_IDS & step.tags.keys()):
            self._ids[step.tags[tag]] = found[tag]
        name = step.tags.get(11, "")
        asked = {tag: found[tag] for tag in _TERMS if tag in found}
        if step.msg in {"F", "G"}:
            self._roots[name] = self._roots.get(step.tags.get(41, ""), step.tags.get(41, name))
        if step.msg == "G":
            self._asked[name] = asked
        if step.msg == "D" and name not in self._roots:
            self._roots[name] = name
            self._orders[name] = self._opened(name, asked)

    def _known(self, name: str) -> Mapping[int, str]:
        """The order that `name` belongs to, as the venue knows it."""
        order = self._orders.get(self._roots.get(name, name))
        return {} if order is None else order.known

    # --- saying -------------------------------------------------------------------------------------------------------

    def _order(self, step: Step) -> _Order:
        """The order that a message of the venue is about; one that nobody sent is opened by it."""
        name, orig = step.tags.get(11, ""), step.tags.get(41, "")
        if name not in self._roots:
            self._roots[name] = self._roots.get(orig, orig or name or next(iter(self._orders), ""))
        root = self._roots[name]
        if root not in self._orders:
            self._orders[root] = self._opened(root, TELEPHONED)
        return self._orders[root]

    def _opened(self, name: str, terms: Mapping[int, str]) -> _Order:
        return _Order(f"{self._id_prefix}-{name}", dict(terms), {})

    def _execution(self, order: _Order, step: Step, said: dict[int, str]) -> dict[int, str]:
        """What an ExecutionReport(8) says beside the step's own tags."""
        exec_type = said.get(150, "")
        if exec_type == ExecType.REPLACED.code:
            order.known |= self._asked.get(step.tags.get(11, ""), {})
        exec_id = said.get(17) or ("0" if exec_type == _STATUS else self._next_exec_id())
        last = self._last(order, said)
        if exec_type in {ExecType.TRADE_CANCEL.code, ExecType.TRADE_CORRECT.code}:
            order.executions.pop(said.get(19, ""), None)
        if exec_type in {ExecType.TRADE.code, ExecType.TRADE_CORRECT.code} and 32 in last:
            order.executions[exec_id] = (Decimal(last[32]), Decimal(last[31]))
        return {17: exec_id, 39: "0", 14: "0", 151: "0"} | order.known | last | {6: order.avg_px}

    def _last(self, order: _Order, said: Mapping[int, str]) -> dict[int, str]:
        """LastQty and LastPx, where the report has them: of a correction, those that it does not correct."""
        if said.get(150) == ExecType.TRADE_CORRECT.code and said.get(19) in order.executions:
            qty, px = order.executions[said[19]]
            return {32: said.get(32, plain(qty)), 31: said.get(31, plain(px))}
        if 32 not in said:
            return {}
        px_told = order.known.get(44, TELEPHONED[44]) if Decimal(said[32]) else "0"
        return {32: said[32], 31: said.get(31, px_told)}

    def _next_exec_id(self) -> str:
        self._executions += 1
        return f"{self._id_prefix}.{self._executions}"  # No name of a scenario becomes the same.

    def _real(self, tag: int, value: str) -> str:
        """The value of the scenario as it stands on the wire; a field that is empty is left out."""
        if not value:
            return ""
        if tag in CL_ORD_IDS:
            return self._ids.setdefault(value, f"{self._id_prefix}-{value}")
        is_name = (tag in EXEC_IDS and value != "0") or (tag == ORDER_ID and value != NO_ORDER_ID)
        return f"{self._id_prefix}-{value}" if is_name else value


def _same(told: str, wanted: str) -> bool:
    """Whether two values are the same, as numbers if they are numbers."""
    if _NUMBER.fullmatch(told) and _NUMBER.fullmatch(wanted):
        return Decimal(told) == Decimal(wanted)
    return told == wanted


def _text(msg_type: str, body: Mapping[int, str]) -> str:
    """The whole message; what belongs to the header comes first."""
    ordered = [(tag, body[tag]) for tag in _HEADER if tag in body] + [(t, v) for t, v in body.items() if t not in _HEADER and v]
    return fix_text.text(FIX_44.begin_string, msg_type, ordered)
