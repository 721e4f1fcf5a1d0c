"""Every order by the ids under which it is found, awake or at rest. What is known of it moves from one to the other here."""

from itertools import islice

from oms.domain.chain import OPEN, Chain
from oms.domain.events import OrderPlaced
from oms.domain.report import NO_ORDER_ID, ExecutionReport
from oms.domain.resting import OrdersForgotten, OrdersLaidToRest
from oms.rest import Named, Rest
from oms.tagged import Tagged
from oms.told import Answered, Told, told_as
from oms.tombstone import Tombstone

_ID_DIGITS_MAX = 18
_NAMED_AT_ONCE = 2_000
"""For so many orders the names are looked up together."""


class Register:
    """Changed only by facts."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        """What every ClOrdID of this cell starts with."""
        self.chains: dict[str, Chain] = {}
        """Those that are awake: every order that is live, and what has ended since the last end of its day."""
        self.rest = Rest()
        """Those that have ended before. `order` finds any."""
        self.live: dict[str, None] = {}
        """Every order of which anything may still trade, by root_id; so that nobody has to look at all the others."""
        self.cl_ord_ids_minted = 0
        self.children: dict[str, list[str]] = {}
        """The root_id of each child, oldest first, by that of its parent."""
        self.tagged = Tagged()
        self._root_of: dict[str, str] = {}
        self._answers: dict[str, Answered] = {}
        self._told: dict[str, Told] = {}
        self._attributed: dict[str, Told] = {}
        """The same, of reports that a person has found an order for: the venue may repeat itself in either way."""
        self._root_of_order_id: dict[str, str] = {}
        self._open: dict[str, dict[str, str]] = {}
        self._named: dict[str, Named] = {}
        """Found out when orders are laid to rest, and dropped when it changes: follows from the others."""

    def number_of(self, cl_ord_id: str) -> int:
        """Which of our ClOrdIDs(11) this one is, given out or not; 0 where it is none of ours by its form."""
        number = cl_ord_id.removeprefix(self.prefix)
        is_form = number.isascii() and number.isdecimal() and 8 <= len(number) <= _ID_DIGITS_MAX and int(number) > 0
        return int(number) if is_form and cl_ord_id == f"{self.prefix}{int(number):08d}" else 0

    def answer(self, principal: str, client_order_id: str) -> Answered | None:
        """What was answered to this request the first time."""
        named = f"{principal} {client_order_id}"
        return self._answers.get(named) or self.rest.answer(named)

    def order(self, root_id: str) -> Chain | None:
        """An order by our id, awake or at rest."""
        return self.chains.get(root_id) or self.rest.order(root_id)

    def known(self, root_id: str) -> Chain:
        """The same of an order that there must be: a fact has named it, and it is not forgotten."""
        chain = self.order(root_id)
        assert chain is not None, f"no order {root_id}"
        return chain

    def attributed_to(self) -> set[str]:
        """The root_id of each order of which a person has said that a report was about it."""
        return {told.root_id for told in self._attributed.values()}

    def is_forgotten(self, cl_ord_id: str) -> bool:
        """Whether it may be the id of an order that was, and is in the journal alone."""
        return 0 < self.number_of(cl_ord_id) <= self.rest.forgotten_to and self.by_cl_ord_id(cl_ord_id) is None

    def find(self, principal: str, root_id: str, client_order_id: str) -> Chain | None:
        """The order named by our id, or by its client's own id of it."""
        if not root_id:
            known = self.answer(principal, client_order_id)
            root_id = known.answer.root_id if known is not None and isinstance(known.answer, OrderPlaced) else ""
        return self.order(root_id)

    def by_cl_ord_id(self, cl_ord_id: str) -> Chain | None:
        root_id = self._root_of.get(cl_ord_id)
        return self.rest.by_cl_ord_id(cl_ord_id) if root_id is None else self.chains[root_id]

    def reported(self, session: str, report: ExecutionReport) -> Chain | None:
        """The order that a report is about: by ClOrdID(11), else 41, else OrderID(37), else SecondaryOrderID(198)."""
        known = self.by_cl_ord_id(report.cl_ord_id) or self.by_cl_ord_id(report.orig_cl_ord_id)
        return known or self.by_order_id(session, report.order_id) or self.by_order_id(session, report.secondary_order_id)

    def by_order_id(self, session: str, order_id: str) -> Chain | None:
        """The order to which the counterparty of `session` has given this OrderID(37) or SecondaryOrderID(198)."""
        if order_id == NO_ORDER_ID:
            return None
        named = f"{session} {order_id}"
        root_id = self._root_of_order_id.get(named)
        return self.rest.by_order_id(named) if root_id is None else self.chains[root_id]

    def told(self, session: str, report: ExecutionReport) -> tuple[Told, ...]:
        """What the counterparty of `session` has said under the report's ExecID(17) of that day."""
        key = told_as(session, report)
        held = self._told.get(key) or self.rest.said(key)
        if held is None:
            return ()
        attributed = self._attributed.get(key)
        return (held,) if attributed is None else (held, attributed)

    def _rest(self, event: OrdersLaidToRest | OrdersForgotten, at_ns: int) -> None:
        if isinstance(event, OrdersLaidToRest):
            self._lay_to_rest(event, at_ns)
        else:
            self._forget(event)

    def _woken(self, root_id: str) -> Chain | None:
        """An order that was at rest, and its family, among the others again: a fact is about it."""
        stone = self.rest.stone_of(root_id)
        if not stone:
            return None
        known = self.rest.take(stone)
        self.chains.update(known.chains)
        for chain in known.chains.values():
            self._root_of.update((request.cl_ord_id, chain.root_id) for request in chain.requests)
            open_ids = [request.cl_ord_id for request in chain.requests if request.state in OPEN]
            if open_ids:  # Of a parent: nobody answers its requests.
                self._open.setdefault(chain.session, {}).update(dict.fromkeys(open_ids, chain.root_id))
        self._answers.update(known.answers)
        for named, told in known.told.items():
            self._told.setdefault(named, told)
        for named, its in known.order_ids.items():
            self._root_of_order_id.setdefault(named, its)  # An id that is another order's now stays with it.
        return self.chains.get(root_id)

    def _lay_to_rest(self, event: OrdersLaidToRest, at_ns: int) -> None:
        if not self._named.keys() >= set(event.root_ids):
            self._named = self._names(event)
        families: list[list[Chain]] = []
        for root_id in event.root_ids:
            chain = self.chains.pop(root_id)
            if families and chain.parent_id == families[-1][0].root_id:
                families[-1].append(chain)
            else:
                families.append([chain])
        for family in families:
            self.rest.lay(self._tombstone(family), at_ns)

    def _tombstone(self, family: list[Chain]) -> Tombstone:
        """What the book knows of these orders; it is in the book no more."""
        answers: dict[str, Answered] = {}
        told: dict[str, Told] = {}
        order_ids: dict[str, str] = {}
        for chain in family:
            known = self._named.pop(chain.root_id)
            answers.update((named, self._answers.pop(named)) for named in known.answers)
            its_told = [named for named in known.told if (said := self._told.get(named)) and said.root_id == chain.root_id]
            told.update((named, self._told.pop(named)) for named in its_told)
            its_ids = [named for named in known.order_ids if self._root_of_order_id.get(named) == chain.root_id]
            order_ids.update((named, self._root_of_order_id.pop(named)) for named in its_ids)
            for request in chain.requests:
                del self._root_of[request.cl_ord_id]
                self._open.get(chain.session, {}).pop(request.cl_ord_id, None)
        by_seq = dict(sorted(answers.items(), key=lambda item: item[1].seq))  # In the book those that were woken came last.
        return Tombstone({chain.root_id: chain for chain in family}, by_seq, told, order_ids)

    def _names(self, event: OrdersLaidToRest) -> dict[str, Named]:
        """Under what these orders are known, and those that come next: one search through all names does for many of them."""
        ended = (chain.root_id for chain in self.chains.values() if chain.root_id not in self.live)
        found = {root_id: Named() for root_id in (*event.root_ids, *islice(ended, _NAMED_AT_ONCE))}
        for named, answered in self._answers.items():
            its = found.get(getattr(answered.answer, "root_id", ""))
            if its is not None:
                its.answers.append(named)
        for named, told in self._told.items():
            if told.root_id in found:
                found[told.root_id].told.append(named)
        for named, root_id in self._root_of_order_id.items():
            if root_id in found:
                found[root_id].order_ids.append(named)
        return found

    def _forget(self, event: OrdersForgotten) -> None:
        gone: set[str] = set()
        for root_id in event.root_ids:
            gone |= self.rest.forget(root_id).chains.keys()
            self.children.pop(root_id, None)
        self.rest.forgotten_to = max(self.rest.forgotten_to, *map(self.number_of, gone))
        self.tagged.forget(gone)
