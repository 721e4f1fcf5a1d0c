"""What the market data worker says, as prices for risk. Not journalled: each decision records the price that it used."""

import logging

from gateway import link
from gateway.codec import reading
from gateway.codec.dialect import heard
from gateway.codec.text import Garbled, fields
from gateway.rules import FromLink
from gateway.state import State
from risk.limits import Quote

_log = logging.getLogger(__name__)


def take(state: State, command: FromLink, at_ns: int) -> bool:
    """Whether `command` is a price, taken in or ignored. Only the session's present worker and its symbols count."""
    frame, plan = command.frame, state.plans[command.session]
    if not isinstance(frame, link.Received):
        return False
    if command.grant != state.sessions[command.session].grant:
        return True
    try:
        found = fields(frame.raw if plan.dialect is None else heard(plan.dialect, frame.raw))
        if (35, "W") in found:
            top = reading.top_of_book(found)
            if top.symbol in plan.symbols:
                state.quotes[top.symbol] = Quote(top.bid_px, top.offer_px, at_ns)
    except (Garbled, reading.Malformed) as bad:
        _log.warning("%s: price ignored: %s", command.session, bad)
    return True
