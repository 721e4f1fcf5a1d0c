"""The rules for a question that a client puts to the venue about an order."""

from oms import acts
from oms.book import Book
from oms.domain.acts import ActRefused, VenueAsked
from oms.domain.commands import AskVenue
from oms.domain.refusal import Refusal


def ask(book: Book, command: AskVenue, grant: int, *, is_taken: bool) -> VenueAsked | ActRefused:
    """`grant` 0 says that the session cannot ask now, `is_taken` whether its counterparty answers such questions."""
    chain = book.order(command.root_id)
    if book.answer(command.principal, command.client_order_id) is not None:
        return acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}")
    if chain is None or chain.terms.account not in command.accounts:
        return acts.refused(command, Refusal.UNKNOWN_ORDER, f"order={command.root_id}")
    version = chain.request(command.cl_ord_id) if command.cl_ord_id else None
    if command.cl_ord_id and (version is None or version.terms is None):
        text = f"order={chain.root_id} has no version cl_ord_id={command.cl_ord_id}"
        return acts.refused(command, Refusal.UNKNOWN_ORDER, text)
    if not is_taken:
        return acts.refused(command, Refusal.NOT_TAKEN, f"order={chain.root_id} is not asked about by OrderStatusRequest")
    if not grant:
        return acts.refused(command, Refusal.SESSION_DOWN, f"session={chain.session}")
    return VenueAsked(
        chain.root_id, command.client_order_id, command.principal, command.cl_ord_id, chain.session, grant, chain.cl_ord_id
    )
