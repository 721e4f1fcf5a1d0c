"""Brings durable facts to the streams that want them: each fact is looked at once and encoded at most once."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import msgspec

from gateway.control.order_events import encoded, is_told
from gateway.control.status import EdgeRefusal, Refused
from gateway.control.subscription import BUFFER_EVENTS, Subscription
from gateway.facts import Fact
from gateway.state import State
from oms.domain.acts import MassCancelRejected, MassCancelReported, MassCancelRequested
from oms.domain.chain import OPEN, Chain, Request
from oms.domain.events import (
    Answer,
    CancelRequested,
    Event,
    MessageSent,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    RequestRefused,
)


class Facts(Protocol):
    """The part of the engine that this needs."""

    state: State
    durable_seq: int

    def subscribe(self, sink: Callable[[Sequence[Fact]], None]) -> Callable[[], None]: ...
    def facts_after(self, seq: int) -> list[Fact]: ...


class Filter(msgspec.Struct, frozen=True):
    """What a Watch stream wants to hear."""

    accounts: frozenset[str]
    root_id: str = ""


_OPENS = frozenset({OrderPlaced, CancelRequested, ReplaceRequested})
"""After these something is still to come."""


class Audience(ABC):
    """Streams that hear the same, and what they will be told of the batch at hand."""

    def __init__(self) -> None:
        self.subscriptions: list[Subscription] = []
        self.fields: list[bytes] = []

    @abstractmethod
    def takes(self, fact: Fact) -> bool:
        """Whether it is told of this fact. Asked once of every fact that clients hear of, in order: accounts may be kept."""

    def tell(self, seq: int) -> None:
        if not self.fields:
            for subscription in self.subscriptions:
                subscription.pass_by(seq)
            return
        fields = b"".join(self.fields)
        for subscription in self.subscriptions:
            subscription.put(fields, len(self.fields), seq)
        self.fields.clear()


class Trader(Audience):
    """One Trade stream: hears of every order about which its principal asked anything since the stream began."""

    def __init__(self, principal: str, began_at_ns: int, subscription: Subscription) -> None:
        super().__init__()
        self.principal = principal
        self.began_at_ns = began_at_ns
        self.subscription = subscription
        self.subscriptions.append(subscription)
        self.unfinished: set[str] = set()
        """The root_id of each order that has not ended."""

    def takes(self, fact: Fact) -> bool:
        """That a message left changes nothing for a trader, and would be every fourth event: it is told on Watch."""
        chain, event = fact.chain, fact.event
        if type(event) is MessageSent:
            return False
        if chain is None:
            return event.IS_ANSWER and cast(Answer, event).principal == self.principal
        requests = chain.requests
        if not self._asked(requests[0]) and not (len(requests) > 1 and any(map(self._asked, requests))):
            return False
        self._note(event, chain)
        return True

    def _asked(self, request: Request) -> bool:
        return request.placed_at_ns >= self.began_at_ns and request.principal == self.principal

    def _note(self, event: Event, chain: Chain) -> None:
        """Keep count of what has not ended: an accepted request opens its order's account, the end of everything closes it."""
        if type(event) in _OPENS and chain.session:  # A parent has no life but its children's.
            self.unfinished.add(chain.root_id)
        elif not chain.is_live and (len(chain.requests) == 1 or not any(r.state in OPEN for r in chain.requests[1:])):
            self.unfinished.discard(chain.root_id)


class Watchers(Audience):
    """Every Watch stream that wants the same."""

    def __init__(self, state: State, wanted: Filter) -> None:
        super().__init__()
        self._state = state
        self._wanted = wanted

    def takes(self, fact: Fact) -> bool:
        chain, event, wanted = fact.chain, fact.event, self._wanted
        if chain is not None:
            return chain.terms.account in wanted.accounts and wanted.root_id in ("", chain.root_id, chain.parent_id)
        if isinstance(event, OrderRefused):
            return event.terms.account in wanted.accounts and not wanted.root_id
        if isinstance(event, RequestRefused) and event.root_id:
            return self._is_of_its_accounts(event.root_id) and wanted.root_id in ("", event.root_id)
        return self._is_meant(event)

    def _is_meant(self, event: Event) -> bool:
        """A mass cancel is told to whoever watches any of its orders, and so is what the venue says of it."""
        book = self._state.book
        if isinstance(event, (MassCancelReported, MassCancelRejected)):
            asked = book.mass_cancels.get(event.cl_ord_id)
        else:
            asked = event if isinstance(event, MassCancelRequested) else None
        if asked is None:
            return False
        only = self._wanted.root_id
        root_ids = asked.root_ids if not only else (only,) if only in asked.root_ids else ()
        return any(map(self._is_of_its_accounts, root_ids))

    def _is_of_its_accounts(self, root_id: str) -> bool:
        """Of an order we read only what never changes. One that is forgotten is nobody's."""
        about = self._state.book.order(root_id)
        return about is not None and about.terms.account in self._wanted.accounts


class Feed:
    """One listener to the engine for any number of streams."""

    def __init__(self, engine: Facts, buffer_events: int = BUFFER_EVENTS) -> None:
        self._engine = engine
        self._buffer_events = buffer_events
        self._unsubscribe = engine.subscribe(self._hear)
        self._traders: list[Trader] = []
        self._watchers: dict[Filter, Watchers] = {}
        self._ended: Refused | None = None

    def trade(self, principal: str) -> Trader:
        """A new Trade stream: hears everything that its principal asks from now on."""
        subscription = self._subscription(self._engine.durable_seq)
        trader = Trader(principal, self._engine.state.at_ns, subscription)
        self._traders.append(trader)
        return trader

    def watch(self, wanted: Filter, seq: int) -> Subscription:
        """A new Watch stream: hears everything after `seq`, which is no further back than one short look."""
        subscription = self._subscription(seq)
        missed = self._engine.facts_after(seq)
        if missed:
            fields = self.select(missed, wanted)
            subscription.put(b"".join(fields), len(fields), missed[-1].seq)
        self._watchers.setdefault(wanted, self._watching(wanted)).subscriptions.append(subscription)
        return subscription

    def select(self, facts: Sequence[Fact], wanted: Filter) -> list[bytes]:
        """The facts that a Watch stream wants, encoded."""
        watchers = self._watching(wanted)
        return [encoded(fact) for fact in facts if is_told(fact) and watchers.takes(fact)]

    def leave(self, subscription: Subscription) -> None:
        """The stream is over."""
        self._traders = [trader for trader in self._traders if trader.subscription is not subscription]
        for wanted, audience in tuple(self._watchers.items()):
            if subscription in audience.subscriptions:
                audience.subscriptions.remove(subscription)
                if not audience.subscriptions:
                    del self._watchers[wanted]

    def close(self) -> None:
        """The server is going down: every stream ends, and new ones do too."""
        self._ended = Refused(EdgeRefusal.SHUTTING_DOWN, "the server is going down; go on from the last seq")
        self._unsubscribe()
        for audience in (*self._traders, *self._watchers.values()):
            for subscription in audience.subscriptions:
                subscription.cut(self._ended)

    def _watching(self, wanted: Filter) -> Watchers:
        return Watchers(self._engine.state, wanted)

    def _subscription(self, seq: int) -> Subscription:
        subscription = Subscription(seq, self._buffer_events)
        if self._ended is not None:
            subscription.cut(self._ended)
        return subscription

    def _hear(self, facts: Sequence[Fact]) -> None:
        """A batch has become durable. An exception in here would be the engine's end: no client may be able to cause one."""
        audiences: list[Audience] = [*self._traders, *self._watchers.values()]
        if not facts or not audiences:
            return
        for fact in filter(is_told, facts):
            field = b""
            for audience in audiences:
                if audience.takes(fact):
                    field = field or encoded(fact)
                    audience.fields.append(field)
        seq = facts[-1].seq
        for audience in audiences:
            audience.tell(seq)
