"""Which orders a page of List may hold."""

from collections.abc import Iterable

import msgspec

from gateway.api.v1.order_service_pb2 import OrderServiceListRequest
from gateway.control.codes import ORD_STATUSES, SIDES, by_number
from gateway.control.instructions import custom_tag
from gateway.control.reading import optional_code, optional_name, optional_text
from oms.book import Book
from oms.domain.chain import Chain
from oms.domain.fields import OrdStatus, Side

_SIDES = by_number(SIDES)
_ORD_STATUSES = by_number(ORD_STATUSES)


class Wanted(msgspec.Struct, frozen=True):
    """Everything that is given must hold; what is empty or None holds for every order."""

    accounts: frozenset[str]
    symbol: str = ""
    only_live: bool = False
    tag: int = 0
    tag_value: str = ""
    client_order_id: str = ""
    cl_ord_id: str = ""
    order_id: str = ""
    exec_id: str = ""
    any_id: str = ""
    parent_id: str = ""
    ord_status: OrdStatus | None = None
    side: Side | None = None
    session: str = ""

    def matches(self, book: Book, chain: Chain) -> bool:
        """Asked of an order as it stands: a parent is rolled up."""
        return (
            self._is_of_this_kind(chain)
            and self._has_these_ids(book, chain)
            and (not self.tag or book.tagged.has(chain.root_id, self.tag, self.tag_value))
        )

    def _is_of_this_kind(self, chain: Chain) -> bool:
        terms = chain.terms
        return (
            terms.account in self.accounts
            and self.symbol in ("", terms.symbol)
            and self.side in (None, terms.side)
            and self.session in ("", chain.session)
            and self.parent_id in ("", chain.parent_id)
            and (chain.is_live or not self.only_live)
            and (self.ord_status is None or self.ord_status is chain.ord_status)
        )

    def _has_these_ids(self, book: Book, chain: Chain) -> bool:
        return (
            (not self.client_order_id or self.client_order_id in _client_order_ids(chain))
            and (not self.cl_ord_id or self.cl_ord_id in _cl_ord_ids(chain))
            and self.order_id in ("", chain.order_id)
            and (not self.exec_id or chain.execution(self.exec_id) is not None)
            and (not self.any_id or _is_called(chain, self.any_id))
        )


def wanted(request: OrderServiceListRequest, accounts: frozenset[str]) -> Wanted:
    """What a request asks for. Raises Refused."""
    is_tagged = request.HasField("custom_tag")
    return Wanted(
        accounts=accounts,
        symbol=optional_name("symbol", request.symbol),
        only_live=request.only_live,
        tag=custom_tag(request.custom_tag.tag) if is_tagged else 0,
        tag_value=optional_text("custom_tag", request.custom_tag.value),
        client_order_id=optional_name("client_order_id", request.client_order_id),
        cl_ord_id=optional_name("cl_ord_id", request.cl_ord_id),
        order_id=optional_text("order_id", request.order_id),
        exec_id=optional_text("exec_id", request.exec_id),
        any_id=optional_text("any_id", request.any_id),
        parent_id=optional_name("parent_root_id", request.parent_root_id),
        ord_status=optional_code("ord_status", request.ord_status, _ORD_STATUSES),
        side=optional_code("side", request.side, _SIDES),
        session=optional_name("session", request.session),
    )


def _is_called(chain: Chain, name: str) -> bool:
    is_known = name in _cl_ord_ids(chain) or name in _client_order_ids(chain) or name == chain.order_id
    return is_known or chain.execution(name) is not None


def _client_order_ids(chain: Chain) -> Iterable[str]:
    return [request.client_order_id for request in chain.requests]


def _cl_ord_ids(chain: Chain) -> Iterable[str]:
    return [request.cl_ord_id for request in chain.requests]
