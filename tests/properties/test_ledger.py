"""What is reserved is the worst that may happen, at every level and after every fact: against an oracle that adds up everything
anew, from what was asked for and what the venue has answered, without looking at how an order is held.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from oms.domain.chain import Chain
from oms.domain.events import CancelRejected, ChainEvent, MessageSent, ReplaceRequested, RequestDoubted, RequestNotSent
from oms.domain.fields import CxlRejReason, ExecType, OrdStatus, Side
from oms.domain.numbers import ZERO
from oms.domain.order import evolve
from oms.domain.report import CancelReject
from oms.domain.terms import Decision
from risk.ledger import Ledger, Usage, recomputed
from risk.proof import Witness, wrong
from risk.scope import FIRM, Dimension, Facets, Scope, scope
from tests.support.orders import GRANT, PRINCIPAL, SESSION, D, placed, receipt, report, said, terms

ACCOUNTS, SYMBOLS, DESKS = ("DESK1", "DESK2"), ("EURUSD", "IBM"), {"DESK1": "FX", "DESK2": "FX"}
CURRENCIES, MULTIPLIERS = {"EURUSD": "USD", "IBM": "GBP"}, {"EURUSD": D(1), "IBM": D(100)}
SCOPES = (
    FIRM,
    scope({Dimension.DESK: "FX"}),
    scope({Dimension.ACCOUNT: "DESK1"}),
    scope({Dimension.ACCOUNT: "DESK1", Dimension.SYMBOL: "EURUSD"}),
    scope({Dimension.SYMBOL: "IBM"}),
)
quantities = st.sampled_from([D(100), D(300), D(700), D(1_000)])
prices = st.sampled_from([D("1.3850"), D("1.4"), D("0.1")])


@dataclass
class Version:
    """One version of an order: what was asked for, and whether the venue may be working it."""

    cl_ord_id: str
    order_qty: Decimal
    px: Decimal
    may_work: bool = True


@dataclass
class Order:
    """What the oracle knows of one order."""

    facets: Facets
    side: Side
    versions: list[Version]
    is_over: bool = False
    accepted: str = ""
    sent: set[str] = field(default_factory=set)
    trades: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    """LastQty and LastPx of what stands."""
    day_traded: Decimal = ZERO
    day_net: Decimal = ZERO
    day_qty: Decimal = ZERO

    @property
    def cum_qty(self) -> Decimal:
        return sum((qty for qty, _ in self.trades), D(0))

    @property
    def multiplier(self) -> Decimal:
        return MULTIPLIERS[self.facets.symbol]

    def leaves_qty(self) -> Decimal:
        working = [] if self.is_over else [version.order_qty for version in self.versions if version.may_work]
        return max([D(0), *(order_qty - self.cum_qty for order_qty in working)])

    def value(self) -> Decimal:
        filled = {v.cl_ord_id for v in self.versions if v.cl_ord_id == self.accepted and v.order_qty <= self.cum_qty}
        worst = [v.px for v in self.versions if v.may_work and v.cl_ord_id not in filled]
        return self.leaves_qty() * max(worst, default=D(0)) * self.multiplier


class LedgerMachine(RuleBasedStateMachine):
    """Orders of two accounts in two instruments, pipelined replaces, doubts, fills at any time, busts, ends, and new days."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.ledger.watch(SCOPES)
        self.witness = Witness({})
        self.chains: dict[str, Chain] = {}
        self.orders: dict[str, Order] = {}
        self.numbered = 0

    @rule(
        account=st.sampled_from(ACCOUNTS),
        symbol=st.sampled_from(SYMBOLS),
        side=st.sampled_from([Side.BUY, Side.SELL]),
        qty=quantities,
        px=prices,
    )
    def places(self, account: str, symbol: str, side: Side, qty: Decimal, px: Decimal) -> None:
        root_id = self._number("FG")
        facets = Facets(account, symbol, PRINCIPAL, SESSION, desk=DESKS[account], currency=CURRENCIES[symbol])
        self.orders[root_id] = Order(facets, side, [Version(root_id, qty, px)])
        wanted = terms(str(qty), str(px), account=account, symbol=symbol, side=side)
        self._apply(root_id, placed(root_id, wanted, decision=Decision("v1", worst_px=px)))

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def accepts(self, data: st.DataObject) -> None:
        root_id, order = self._one(data)
        if not order.accepted:
            order.accepted = root_id
            self._apply(root_id, said(report(ExecType.NEW, OrdStatus.NEW, root_id, exec_id=self._number("N")), root_id))

    @precondition(lambda self: self._open())
    @rule(data=st.data(), qty=quantities, px=prices)
    def asks_for_another_version(self, data: st.DataObject, qty: Decimal, px: Decimal) -> None:
        root_id, order = self._one(data)
        if order.accepted:
            cl_ord_id = self._number("FG")
            order.versions.append(Version(cl_ord_id, qty, px))
            wanted = replace(self.chains[root_id].terms, order_qty=qty, price=px)
            decision = Decision("v1", worst_px=px)
            event = ReplaceRequested(root_id, cl_ord_id, root_id, cl_ord_id, PRINCIPAL, SESSION, GRANT, wanted, decision=decision)
            self._apply(root_id, event)

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def takes_a_version(self, data: st.DataObject) -> None:
        """The venue works it now, and is done with every version that was asked for before it (R9)."""
        root_id, order = self._one(data)
        waiting = [v for v in order.versions[1:] if v.may_work and v.cl_ord_id != order.accepted and v.cl_ord_id in order.sent]
        if order.accepted and waiting:
            taken = data.draw(st.sampled_from(waiting))
            before = order.versions[: order.versions.index(taken)]
            if any(v.may_work and v.cl_ord_id not in {order.accepted, *order.sent} for v in before):
                return  # A version that never left is given up elsewhere.
            for version in before:
                version.may_work = False
            taken.order_qty = max(taken.order_qty, order.cum_qty)  # R5
            order.accepted = taken.cl_ord_id
            told = report(ExecType.REPLACED, OrdStatus.NEW, taken.cl_ord_id, exec_id=self._number("R"))
            self._apply(root_id, said(told, root_id))

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def is_refused(self, data: st.DataObject) -> None:
        """The venue does not take the last version."""
        root_id, order = self._one(data)
        last = order.versions[-1]
        if len(order.versions) > 1 and last.may_work and last.cl_ord_id != order.accepted:
            last.may_work = False
            no = CancelReject(last.cl_ord_id, root_id, OrdStatus.NEW, CxlRejReason.BROKER_OPTION)
            self._apply(root_id, CancelRejected(root_id, receipt(), no))

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def is_sent(self, data: st.DataObject) -> None:
        root_id, order = self._one(data)
        last = order.versions[-1]
        order.sent.add(last.cl_ord_id)
        self._apply(root_id, MessageSent(root_id, last.cl_ord_id, SESSION, 1, 9, "D", "raw"))

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def never_leaves(self, data: st.DataObject) -> None:
        """The last replace was never sent."""
        root_id, order = self._one(data)
        last = order.versions[-1]
        if last.cl_ord_id != order.accepted and last.may_work and len(order.versions) > 1:
            last.may_work = False
            self._apply(root_id, RequestNotSent(root_id, last.cl_ord_id, "why"))

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def nobody_knows(self, data: st.DataObject) -> None:
        """Sent, and then in doubt: nothing is freed."""
        root_id, order = self._one(data)
        last = order.versions[-1]
        if last.may_work and last.cl_ord_id != order.accepted:
            order.sent.add(last.cl_ord_id)
            self._apply(root_id, MessageSent(root_id, last.cl_ord_id, SESSION, 1, 9, "D", "raw"))
            self._apply(root_id, RequestDoubted(root_id, last.cl_ord_id, "why"))

    @precondition(lambda self: self._open())
    @rule(data=st.data(), qty=quantities, px=prices)
    def trades(self, data: st.DataObject, qty: Decimal, px: Decimal) -> None:
        """Also before the ack, beyond the quantity, and while anything is pending."""
        root_id, order = self._one(data)
        self._book(root_id, order, qty, px)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def busts(self, data: st.DataObject) -> None:
        """At any time: after the end too."""
        root_id = data.draw(st.sampled_from(sorted(self.orders)))
        chain, order = self.chains[root_id], self.orders[root_id]
        if chain.executions:
            last = chain.executions[-1]
            order.trades.pop()
            order.day_net -= last.value * order.multiplier
            told = report(ExecType.TRADE_CANCEL, OrdStatus.NEW, root_id, exec_id=self._number("B"), exec_ref_id=last.exec_id)
            self._apply(root_id, said(told, root_id))

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def ends(self, data: st.DataObject) -> None:
        root_id, order = self._one(data)
        order.is_over = True
        self._apply(root_id, said(report(ExecType.CANCELED, OrdStatus.CANCELED, root_id, exec_id=self._number("C")), root_id))

    @rule()
    def a_day_ends(self) -> None:
        self.ledger.end_day(SESSION)
        self.witness.ended_day(frozenset({SESSION}))
        for order in self.orders.values():
            order.day_traded = order.day_net = order.day_qty = D(0)

    @rule()
    def other_scopes_are_watched(self) -> None:
        """A sheet comes and goes: what is used does not depend on when somebody began to look."""
        self.ledger.watch(SCOPES[:2])
        self.ledger.watch(SCOPES)

    @invariant()
    def what_is_used_is_what_the_oracle_adds_up(self) -> None:
        for one in SCOPES:
            assert self._used(one) == {c: u for c, u in self.ledger.usage(one).items() if u != Usage()}

    @invariant()
    def differences_add_up_to_the_whole(self) -> None:
        again = recomputed(SCOPES, self.ledger.reservations, self.ledger.tallies)
        kept = {one: {c: u for c, u in self.ledger.usage(one).items() if u != Usage()} for one in SCOPES}
        assert {one: {c: u for c, u in usages.items() if u != Usage()} for one, usages in again.items()} == kept

    @invariant()
    def the_proof_finds_nothing_wrong(self) -> None:
        held = ((self.orders[root].facets, MULTIPLIERS[chain.terms.symbol], chain) for root, chain in self.chains.items())
        assert (wrong(self.ledger, SCOPES, held), self.witness.wrong(self.ledger)) == ("", "")

    def _used(self, one: Scope) -> dict[str, Usage]:
        found: dict[str, Usage] = {}
        for order in self.orders.values():
            if not one.holds(order.facets):
                continue
            usage = found.setdefault(order.facets.currency, Usage())
            is_buy, has_symbol = order.side is Side.BUY, one.names(Dimension.SYMBOL)
            if order.leaves_qty():
                usage.open_orders += 1
            for name, amount in (("value", order.value()), ("qty", order.leaves_qty() if has_symbol else D(0))):
                key = f"open_{'buy' if is_buy else 'sell'}_{name}"
                setattr(usage, key, getattr(usage, key) + amount)
            sign = 1 if is_buy else -1
            usage.pos_qty += sign * order.cum_qty if has_symbol else D(0)
            usage.day_bought_value += order.day_traded if is_buy else D(0)
            usage.day_sold_value += D(0) if is_buy else order.day_traded
            usage.day_net_value += sign * order.day_net
            usage.day_qty += order.day_qty if has_symbol else D(0)
        return {currency: usage for currency, usage in found.items() if usage != Usage()}

    def _book(self, root_id: str, order: Order, qty: Decimal, px: Decimal) -> None:
        order.trades.append((qty, px))
        order.accepted = order.accepted or root_id
        order.day_traded += qty * px * order.multiplier
        order.day_qty += qty
        order.day_net += qty * px * order.multiplier
        told = report(ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, root_id, exec_id=self._number("E"), last_qty=qty, last_px=px)
        self._apply(root_id, said(told, root_id))

    def _apply(self, root_id: str, event: ChainEvent) -> None:
        before = self.chains.get(root_id)
        after = self.chains[root_id] = evolve(before, event, 1)
        facets = self.orders[root_id].facets
        self.ledger.changed(facets, MULTIPLIERS[facets.symbol], before, after)
        self.witness.saw(facets, MULTIPLIERS[facets.symbol], before, after)

    def _open(self) -> list[str]:
        return sorted(root_id for root_id, order in self.orders.items() if not order.is_over)

    def _one(self, data: st.DataObject) -> tuple[str, Order]:
        root_id = data.draw(st.sampled_from(self._open()))
        return root_id, self.orders[root_id]

    def _number(self, prefix: str) -> str:
        self.numbered += 1
        return f"{prefix}{self.numbered:08d}"


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
