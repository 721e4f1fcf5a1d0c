"""OrderService: requests into the engine's inbox, its answers and facts out to the client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Protocol, TypeVar

from gateway.api.v1 import order_service_pb2 as api
from gateway.control import acts, searching, validation
from gateway.control.access import caller
from gateway.control.asking import Asks, ask
from gateway.control.feed import Facts, Feed, Filter
from gateway.control.handlers import Write
from gateway.control.identity import Principal
from gateway.control.order_events import up_to
from gateway.control.orders import Page, Seen, order, page, seen
from gateway.control.reading import name, optional_name
from gateway.control.status import EdgeRefusal, Refused
from gateway.control.trading import Trading
from gateway.engine import TokenTooOld
from gateway.facts import Fact
from gateway.inbox import Reply
from gateway.state import State
from oms.domain.acts import MassCancelRequested, VenueAsked
from oms.domain.commands import ClientCommand
from oms.domain.events import CancelRequested, OrderPlaced, ReplaceRequested
from oms.domain.refusal import Refusal

T = TypeVar("T")
PAGE_SIZE = 100
PAGE_SIZE_MAX = 500
REPLAY_FACTS = 500
"""Facts encoded at a time for a stream that begins in the past: about 2 ms of the engine's loop."""


class Engine(Asks, Facts, Protocol):
    """What the service needs of the engine."""

    def submit(self, command: ClientCommand, reply: Reply) -> None: ...
    async def look(self, view: Callable[[State], T]) -> T: ...
    def beat(self, principal: str) -> int | None: ...


class OrderService:
    """One method for each RPC of the contract."""

    def __init__(self, engine: Engine, feed: Feed) -> None:
        self._engine = engine
        self._feed = feed

    async def Submit(self, request: api.SubmitRequest) -> api.SubmitResponse:
        root_id, cl_ord_id, seq, is_repetition = await self._ask(validation.place(request, caller()))
        return api.SubmitResponse(root_id=root_id, cl_ord_id=cl_ord_id, seq=seq, is_repetition=is_repetition)

    async def Cancel(self, request: api.CancelRequest) -> api.CancelResponse:
        root_id, cl_ord_id, seq, is_repetition = await self._ask(validation.cancel(request, caller()))
        return api.CancelResponse(root_id=root_id, cl_ord_id=cl_ord_id, seq=seq, is_repetition=is_repetition)

    async def Replace(self, request: api.ReplaceRequest) -> api.ReplaceResponse:
        root_id, cl_ord_id, seq, is_repetition = await self._ask(validation.change(request, caller()))
        return api.ReplaceResponse(root_id=root_id, cl_ord_id=cl_ord_id, seq=seq, is_repetition=is_repetition)

    async def MassCancel(self, request: api.MassCancelRequest) -> api.MassCancelResponse:
        answer, seq, is_repetition = await ask(self._engine, acts.mass_cancel(request, caller()))
        assert isinstance(answer, MassCancelRequested)
        return api.MassCancelResponse(cl_ord_id=answer.cl_ord_id, root_ids=answer.root_ids, seq=seq, is_repetition=is_repetition)

    async def Resolve(self, request: api.ResolveRequest) -> api.ResolveResponse:
        _, seq, is_repetition = await ask(self._engine, acts.resolve(request, caller()))
        return api.ResolveResponse(seq=seq, is_repetition=is_repetition)

    async def AskVenue(self, request: api.AskVenueRequest) -> api.AskVenueResponse:
        answer, seq, is_repetition = await ask(self._engine, acts.ask_venue(request, caller()))
        assert isinstance(answer, VenueAsked)
        return api.AskVenueResponse(root_id=answer.root_id, cl_ord_id=answer.asked, seq=seq, is_repetition=is_repetition)

    async def Get(self, request: api.GetRequest) -> api.GetResponse:
        principal = caller()
        if bool(request.root_id) == bool(request.client_order_id):
            raise Refused(EdgeRefusal.INVALID_FIELD, "one of root_id and client_order_id names the order", field="root_id")
        root_id = optional_name("root_id", request.root_id)
        client_order_id = optional_name("client_order_id", request.client_order_id)

        def view(state: State) -> Seen | None:
            chain = state.book.find(principal.spiffe_id, root_id, client_order_id)
            return None if chain is None or chain.terms.account not in principal.accounts else seen(state, chain)

        found = await self._engine.look(view)
        if found is None:
            raise Refused(Refusal.UNKNOWN_ORDER, f"order={root_id or client_order_id}")
        return api.GetResponse(order=order(found))

    async def List(self, request: api.OrderServiceListRequest) -> api.OrderServiceListResponse:
        accounts = _accounts(caller(), "account", [request.account] if request.account else [])
        wanted = searching.wanted(request, accounts)
        size, before = _size(request.page_size), _before(request.page_token)

        def view(state: State) -> Page:
            return page(state, wanted, size, before)

        found = await self._engine.look(view)
        token = "" if found.next_before is None else str(found.next_before)
        return api.OrderServiceListResponse(orders=map(order, found.orders), next_page_token=token)

    async def Trade(self, requests: AsyncIterator[api.TradeRequest], write: Write) -> None:
        await Trading(self._engine, self._feed, caller()).run(requests, write)

    async def Watch(self, request: api.OrderServiceWatchRequest, write: Write) -> None:
        wanted = Filter(_accounts(caller(), "accounts", request.accounts), optional_name("root_id", request.root_id))
        seq = self._engine.durable_seq
        if request.HasField("after_seq"):
            seq = await self._replay(request.after_seq, wanted, write)
        subscription = self._feed.watch(wanted, seq)
        try:
            while (message := await subscription.take()) is not None:
                await write(message)
        finally:
            self._feed.leave(subscription)

    async def _replay(self, seq: int, wanted: Filter, write: Write) -> int:
        """Tell what lies in the past, a piece at a time, until only a short look is left; returns how far it is told."""
        if seq > self._engine.durable_seq:
            problem = f"{seq} is ahead of the journal, which ends at {self._engine.durable_seq}"
            raise Refused(EdgeRefusal.INVALID_FIELD, problem, field="after_seq")
        while len(facts := self._facts_after(seq)) > REPLAY_FACTS:
            for start in range(0, len(facts), REPLAY_FACTS):
                piece = facts[start : start + REPLAY_FACTS]
                seq = piece[-1].seq
                await write(b"".join((*self._feed.select(piece, wanted), up_to(seq))))
                await asyncio.sleep(0)  # The engine's turn: a write that finds room does not wait.
        return seq

    def _facts_after(self, seq: int) -> list[Fact]:
        try:
            return self._engine.facts_after(seq)
        except TokenTooOld as too_old:
            raise Refused(EdgeRefusal.TOKEN_TOO_OLD, str(too_old), field="after_seq", seq=too_old.oldest) from too_old

    async def _ask(self, command: ClientCommand) -> tuple[str, str, int, bool]:
        """root_id, cl_ord_id, seq and is_repetition of an accepted request. Raises Refused."""
        answer, seq, is_repetition = await ask(self._engine, command)
        assert isinstance(answer, (OrderPlaced, CancelRequested, ReplaceRequested))
        return answer.root_id, answer.cl_ord_id, seq, is_repetition


def _accounts(principal: Principal, field: str, named: Iterable[str]) -> frozenset[str]:
    """The accounts that a caller asked to see, all of its own if it named none."""
    accounts = frozenset(named)
    for account in accounts - principal.accounts:
        raise Refused(Refusal.NOT_ENTITLED, f"account={name(field, account)} principal={principal.spiffe_id}")
    return accounts or principal.accounts


def _size(page_size: int) -> int:
    if page_size > PAGE_SIZE_MAX:
        raise Refused(EdgeRefusal.INVALID_FIELD, f"is {page_size}; at most {PAGE_SIZE_MAX} are allowed", field="page_size")
    return page_size or PAGE_SIZE


def _before(page_token: str) -> int | None:
    if page_token and not (page_token.isascii() and page_token.isdecimal() and len(page_token) < 16):
        raise Refused(EdgeRefusal.INVALID_FIELD, f"{page_token[:40]!r} is from no response of ours", field="page_token")
    return int(page_token) if page_token else None
