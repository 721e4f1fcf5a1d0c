"""What is left of a locate: against an oracle that knows nothing of orders but what was sold, and what may still be.

Each order is followed by its life in plain numbers: asked for, another version on its way or taken, filled, busted, ended.
"""

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from oms.domain.chain import Chain
from oms.domain.events import ChainEvent, MessageSent, ReplaceRequested
from oms.domain.fields import ExecType, OrdStatus, Side
from oms.domain.order import evolve
from oms.domain.terms import Instructions
from risk.reference import Reference
from tests.support.orders import GRANT, PRINCIPAL, SESSION, D, placed, report, said, terms

IDS = ("L1", "L2")


class Life:
    """One short sale in plain numbers."""

    def __init__(self, locate_id: str, qty: Decimal) -> None:
        self.locate_id = locate_id
        self.working: Decimal | None = qty
        """The quantity that the venue may work; None when it has ended."""
        self.waiting: Decimal | None = None
        """That of a replace without an answer."""
        self.fills: list[tuple[str, Decimal]] = []

    def sold(self) -> Decimal:
        return sum((qty for _, qty in self.fills), D(0))

    def uses(self) -> Decimal:
        most = max((qty for qty in (self.working, self.waiting) if qty is not None), default=D(0))
        return max(self.sold(), most) if self.working is not None else self.sold()


class Borrowing(RuleBasedStateMachine):
    """Short sales under two locates, whether enough is left or not: what is used is a fact."""

    def __init__(self) -> None:
        super().__init__()
        self.reference = Reference()
        self.chains: dict[str, Chain] = {}
        self.lives: dict[str, Life] = {}
        self.numbered = 0

    @rule(locate_id=st.sampled_from(IDS), qty=st.sampled_from([D(100), D(500), D(900)]))
    def sells(self, locate_id: str, qty: Decimal) -> None:
        root_id = self._number("FG")
        self.lives[root_id] = Life(locate_id, qty)
        wanted = terms(str(qty), side=Side.SELL_SHORT, instructions=Instructions(locate_id=locate_id))
        self._apply(root_id, placed(root_id, wanted))
        self._apply(root_id, said(report(ExecType.NEW, OrdStatus.NEW, root_id, exec_id=self._number("N")), root_id))

    @precondition(lambda self: self._live())
    @rule(data=st.data(), part=st.sampled_from([D(100), D(50)]))
    def trades(self, data: st.DataObject, part: Decimal) -> None:
        root_id, life = self._one(data)
        assert life.working is not None
        qty = min(part, life.working - life.sold())
        if qty > 0:
            exec_id = self._number("E")
            life.fills.append((exec_id, qty))
            cl_ord_id = self.chains[root_id].cl_ord_id
            told = report(
                ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, cl_ord_id, exec_id=exec_id, last_qty=qty, last_px=D("1.385")
            )
            self._apply(root_id, said(told, root_id))

    @precondition(lambda self: self._live())
    @rule(data=st.data())
    def busts(self, data: st.DataObject) -> None:
        root_id, life = self._one(data)
        if life.fills:
            exec_id, _ = life.fills.pop()
            cl_ord_id = self.chains[root_id].cl_ord_id
            told = report(
                ExecType.TRADE_CANCEL, OrdStatus.PARTIALLY_FILLED, cl_ord_id, exec_id=self._number("B"), exec_ref_id=exec_id
            )
            self._apply(root_id, said(told, root_id))

    @precondition(lambda self: self._live())
    @rule(data=st.data(), qty=st.sampled_from([D(100), D(700), D(1_500)]))
    def asks_for_another_quantity(self, data: st.DataObject, qty: Decimal) -> None:
        root_id, life = self._one(data)
        if life.waiting is None and qty > life.sold():
            life.waiting = qty
            cl_ord_id = self._number("FG")
            chain = self.chains[root_id]
            wanted = replace(chain.terms, order_qty=qty)
            self._apply(
                root_id, ReplaceRequested(root_id, cl_ord_id, chain.cl_ord_id, cl_ord_id, PRINCIPAL, SESSION, GRANT, wanted)
            )
            self._apply(root_id, MessageSent(root_id, cl_ord_id, SESSION, 1, self.numbered, "G", "raw"))

    @precondition(lambda self: self._live())
    @rule(data=st.data())
    def is_replaced(self, data: st.DataObject) -> None:
        root_id, life = self._one(data)
        if life.waiting is not None and life.waiting >= life.sold():
            life.working, life.waiting = life.waiting, None
            cl_ord_id = self.chains[root_id].requests[-1].cl_ord_id
            told = report(ExecType.REPLACED, OrdStatus.NEW, cl_ord_id, exec_id=self._number("R"))
            self._apply(root_id, said(told, root_id))

    @precondition(lambda self: self._live())
    @rule(data=st.data())
    def is_canceled(self, data: st.DataObject) -> None:
        root_id, life = self._one(data)
        life.working = life.waiting = None
        told = report(ExecType.CANCELED, OrdStatus.CANCELED, self.chains[root_id].cl_ord_id, exec_id=self._number("C"))
        self._apply(root_id, said(told, root_id))

    @invariant()
    def what_is_used_is_what_was_sold_and_may_still_be(self) -> None:
        for locate_id in IDS:
            expected = sum((life.uses() for life in self.lives.values() if life.locate_id == locate_id), D(0))
            assert self.reference.locates.used(locate_id) == expected

    @invariant()
    def a_fold_from_the_orders_alone_is_the_same(self) -> None:
        again = Reference()
        for chain in self.chains.values():
            again.locates.changed(chain)
        assert [again.locates.used(one) for one in IDS] == [self.reference.locates.used(one) for one in IDS]

    def _live(self) -> list[str]:
        return [root_id for root_id, life in self.lives.items() if life.working is not None]

    def _one(self, data: st.DataObject) -> tuple[str, Life]:
        root_id = data.draw(st.sampled_from(self._live()))
        return root_id, self.lives[root_id]

    def _apply(self, root_id: str, event: ChainEvent) -> None:
        self.chains[root_id] = evolve(self.chains.get(root_id), event, 1)
        self.reference.locates.changed(self.chains[root_id])

    def _number(self, prefix: str) -> str:
        self.numbered += 1
        return f"{prefix}{self.numbered:08d}"


TestBorrowing = Borrowing.TestCase
TestBorrowing.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
