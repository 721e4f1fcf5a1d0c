"""Mass cancel: the rules for what is in scope, what one message to a venue may stand for, and what the venue answers."""

from collections.abc import Mapping

from oms import acts
from oms.book import Book
from oms.domain.acts import ActRefused, MassCancelReported, MassCancelRequested
from oms.domain.chain import Chain, RequestState
from oms.domain.commands import CancelOrder, MassCancel
from oms.domain.events import ReportQuarantined
from oms.domain.refusal import Refusal
from oms.domain.report import MassCancelReport, Receipt
from oms.family import as_it_stands


def request(book: Book, command: MassCancel, native: Mapping[str, int]) -> MassCancelRequested | ActRefused:
    """Which orders are to be canceled. `native`: the grant of each session that is ready and takes one message for many."""
    if book.answer(command.principal, command.client_order_id):
        return acts.refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}")
    if command.account and command.account not in command.accounts:
        return acts.refused(command, Refusal.NOT_ENTITLED, f"account={command.account} principal={command.principal}")
    live = (book.chains[root_id] for root_id in book.live)
    scope = {chain.root_id: chain for chain in live if _is_meant(chain, command) and as_it_stands(book, chain).is_live}
    return MassCancelRequested(
        cl_ord_id=book.mint(),
        client_order_id=command.client_order_id,
        principal=command.principal,
        root_ids=tuple(scope),
        account=command.account,
        symbol=command.symbol,
        side=command.side,
        session=command.session,
        native=tuple((s, grant) for s, grant in native.items() if _is_one_message(book, command, scope, s, grant)),
        placed_by=command.placed_by,
    )


def single(asked: MassCancelRequested, chain: Chain) -> CancelOrder:
    """The cancel of one order in scope: another one if the order was asked for before, and that came to nothing."""
    named = f"{asked.client_order_id} {chain.root_id} {len(chain.requests)}"  # Free: no client's own id holds a space.
    return CancelOrder(asked.principal, named, frozenset({chain.terms.account}), chain.root_id)


def asked_by(client_order_id: str) -> str:
    """The client's own id of what it asked for: of the cancel of one order in scope, the mass cancel's."""
    return client_order_id.partition(" ")[0]


def is_of_many(client_order_id: str) -> bool:
    """Whether it names the cancel of one order in a mass cancel's scope."""
    return " " in client_order_id


def reported(book: Book, receipt: Receipt, told: MassCancelReport) -> MassCancelReported | ReportQuarantined:
    """What a venue says of a mass cancel of ours."""
    asked = book.mass_cancels.get(told.cl_ord_id)
    if asked is None or receipt.session not in dict(asked.native):
        return ReportQuarantined(receipt.session, f"OrderMassCancelReport for unknown ClOrdID {told.cl_ord_id}")
    return MassCancelReported(told.cl_ord_id, receipt, told)


def _is_meant(chain: Chain, command: MassCancel) -> bool:
    terms = chain.terms
    return (
        terms.account in command.accounts
        and command.account in ("", terms.account)
        and command.symbol in ("", terms.symbol)
        and command.side in (None, terms.side)
        and command.session in ("", chain.session)
        and command.placed_by in ("", chain.requests[0].principal)
    )


def _is_one_message(book: Book, command: MassCancel, scope: Mapping[str, Chain], session: str, grant: int) -> bool:
    """Whether one message to the session means the orders in scope and no other, and comes after all that the venue may have."""
    meant = [
        chain
        for chain in map(book.chains.__getitem__, book.live)
        if chain.session == session and command.symbol in ("", chain.terms.symbol) and command.side in (None, chain.terms.side)
    ]
    return bool(meant) and all(chain.root_id in scope and is_ahead(chain, grant) for chain in meant)


def is_ahead(chain: Chain, grant: int) -> bool:
    """Whether all that was asked of the order has left, or leaves first: what is sent again later outlives the cancel."""
    return not any(
        r.state is RequestState.UNKNOWN or (r.state is RequestState.INTENT and r.grant != grant) for r in chain.requests
    )
