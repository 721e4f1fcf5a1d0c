"""Orders that the venue has and we do not, telephoned ones, say: taken as ours where the counterparty's policy says so."""

from oms.book import Book
from oms.domain.events import OrderAdopted
from oms.domain.fields import ExecType, OrdType
from oms.domain.report import ExecutionReport
from oms.domain.terms import Terms

_NOT_ALONE = frozenset({ExecType.REJECTED, ExecType.TRADE_CORRECT, ExecType.TRADE_CANCEL})
"""Reports that tell of no order by themselves: of what we never asked for, or of an execution that we never heard of."""


def adopted(book: Book, session: str, told: ExecutionReport, accounts: frozenset[str]) -> OrderAdopted | None:
    """The order that a report which matches none of ours is about; None where it is on none of `accounts`, or says too little.

    An id that begins as ours do is none that we gave out: our journal may not be the one that the venue has known.
    """
    is_ours = told.cl_ord_id.startswith(book.prefix) or told.orig_cl_ord_id.startswith(book.prefix)
    if told.account not in accounts or is_ours or told.exec_type in _NOT_ALONE or told.says_unknown():
        return None
    if not told.symbol or told.side is None or not told.order_qty:
        return None
    root_id = book.mint()
    is_free = bool(told.cl_ord_id) and book.by_cl_ord_id(told.cl_ord_id) is None
    terms = Terms(
        account=told.account,
        symbol=told.symbol,
        side=told.side,
        ord_type=OrdType.LIMIT if told.price else OrdType.MARKET,
        order_qty=told.order_qty,
        price=told.price or None,
    )
    return OrderAdopted(root_id, told.cl_ord_id if is_free else root_id, session, told.order_id, terms)
