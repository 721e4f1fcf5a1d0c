"""Who wants quotes, and the FIX messages that carry them. Pure."""

from decimal import Decimal

import msgspec

from gateway.codec import text as fix_text
from gateway.codec.text import Fields
from gateway.codec.version import FIX_44, Version
from gateway.simulator.quote import Quote
from gateway.simulator.requests import Unsupported, text
from oms.domain.numbers import plain

BID, OFFER = "0", "1"  # MDEntryType(269)
_SNAPSHOT, _SUBSCRIBE, _UNSUBSCRIBE = "0", "1", "2"  # SubscriptionRequestType(263)
SUBSCRIPTIONS_MAX = 100


class Subscription(msgspec.Struct, frozen=True):
    """What one MarketDataRequest(V) asked for."""

    md_req_id: str
    md_entry_types: frozenset[str]


class MarketData:
    """The subscriptions of one session to the one instrument."""

    def __init__(self, symbol: str, displayed_qty: Decimal, version: Version = FIX_44) -> None:
        self._version = version
        self._symbol = symbol
        self._displayed_qty = displayed_qty
        self._subscriptions: dict[str, Subscription] = {}

    def clear(self) -> None:
        """Forget everybody: the session ended."""
        self._subscriptions = {}

    def handle(self, fields: Fields, quote: Quote | None) -> list[str]:
        """What to answer at once. Raises Malformed and Unsupported."""
        found = dict(fields)
        if found.get(35) != "V":
            raise Unsupported(f"MsgType(35)={found.get(35)} is not served on this session")
        md_req_id = text(found, 262)
        asked = text(found, 263)
        if asked == _UNSUBSCRIBE:
            return self._unsubscribe(md_req_id)
        if refusal := self._refusal(fields, md_req_id, asked):
            return [self._reject(md_req_id, *refusal)]
        wanted = Subscription(md_req_id, frozenset(entry[269] for entry in fix_text.groups(fields, 267)))
        if asked == _SUBSCRIBE:
            self._subscriptions = {**self._subscriptions, md_req_id: wanted}
        return [self._full_refresh(wanted, quote)] if quote else []

    def updates(self, quote: Quote) -> list[str]:
        """One snapshot for each subscription."""
        return [self._full_refresh(subscription, quote) for subscription in self._subscriptions.values()]

    def _unsubscribe(self, md_req_id: str) -> list[str]:
        if md_req_id not in self._subscriptions:
            return [self._reject(md_req_id, "", "no such subscription")]
        self._subscriptions = {key: value for key, value in self._subscriptions.items() if key != md_req_id}
        return []

    def _refusal(self, fields: Fields, md_req_id: str, asked: str) -> tuple[str, str] | None:
        """MDReqRejReason(281) and why, when the request cannot be served."""
        if asked not in {_SNAPSHOT, _SUBSCRIBE}:
            return "4", f"SubscriptionRequestType(263)={asked} is not served"
        symbols = [text(entry, 55) for entry in fix_text.groups(fields, 146)]
        if symbols != [self._symbol]:
            return "0", f"only {self._symbol} is quoted here, one symbol in a request"
        if md_req_id in self._subscriptions:
            return "1", "MDReqID(262) is in use"
        if {entry.get(269) for entry in fix_text.groups(fields, 267)} - {BID, OFFER}:
            return "8", "only MDEntryType(269) 0 and 1 are served"
        if len(self._subscriptions) >= SUBSCRIPTIONS_MAX:
            return "2", f"at most {SUBSCRIPTIONS_MAX} subscriptions"
        return None

    def _full_refresh(self, subscription: Subscription, quote: Quote) -> str:
        sides = [(BID, quote.bid_px), (OFFER, quote.offer_px)]
        shown = [(kind, px) for kind, px in sides if kind in subscription.md_entry_types]
        body = [(262, subscription.md_req_id), (55, self._symbol), (268, str(len(shown)))]
        for kind, px in shown:
            body += [(269, kind), (270, plain(px)), (271, plain(self._displayed_qty))]
        return fix_text.text(self._version.begin_string, "W", body)

    def _reject(self, md_req_id: str, md_req_rej_reason: str, why: str) -> str:
        body = [(262, md_req_id), (281, md_req_rej_reason), (58, why)]
        return fix_text.text(self._version.begin_string, "Y", [(tag, value) for tag, value in body if value])
