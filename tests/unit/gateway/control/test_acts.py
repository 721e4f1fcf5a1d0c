"""What a request beside those of single orders may say: every field that cannot be read is refused by its name."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.api.v1 import fix_pb2, order_pb2
from gateway.api.v1.order_service_pb2 import MassCancelRequest
from gateway.api.v1.order_service_pb2 import ResolveRequest as Resolve
from gateway.api.v1.suspense_service_pb2 import AttributeRequest, DismissRequest
from gateway.control.acts import attribute, dismiss, mass_cancel, resolve
from gateway.control.identity import Principal, Role
from gateway.control.status import EdgeRefusal, Refused
from oms.domain.chain import RequestState
from oms.domain.commands import AttributeReport, DismissReport, MassCancel, ResolveRequest
from oms.domain.fields import DKReason, Side

ME = "spiffe://fixgate/test/trader/desk1"
TRADER = Principal(ME, Role.TRADER, frozenset({"DESK1"}))
NOT_SENT = order_pb2.REQUEST_STATE_NOT_SENT


def test_what_is_well_formed_becomes_a_command() -> None:
    everything = MassCancelRequest(client_order_id="m1", account="A", symbol="EURUSD", side=fix_pb2.SIDE_SELL, session="S")
    assert mass_cancel(everything, TRADER) == MassCancel(ME, "m1", TRADER.accounts, "A", "EURUSD", Side.SELL, "S")
    assert mass_cancel(MassCancelRequest(client_order_id="m1"), TRADER) == MassCancel(ME, "m1", TRADER.accounts)
    told = Resolve(client_order_id="s1", root_id="T1", cl_ord_id="T2", state=NOT_SENT, reason="by phone")
    state = RequestState.NOT_SENT
    assert resolve(told, TRADER) == ResolveRequest(ME, "s1", TRADER.accounts, "T1", "T2", state, "by phone")
    attributed = AttributeRequest(client_order_id="a1", seq=7, root_id="T1", reason="asked")
    assert attribute(attributed, TRADER) == AttributeReport(ME, "a1", TRADER.accounts, 7, "T1", "asked")
    dismissed = DismissRequest(client_order_id="d1", seq=7, reason="no", dk_reason=fix_pb2.DK_REASON_OTHER)
    assert dismiss(dismissed, TRADER) == DismissReport(ME, "d1", TRADER.accounts, 7, "no", DKReason.OTHER)


@pytest.mark.parametrize(
    ("read", "request_of", "field"),
    [
        (mass_cancel, MassCancelRequest(), "client_order_id"),
        (mass_cancel, MassCancelRequest(client_order_id="m1", account="two words"), "account"),
        (mass_cancel, MassCancelRequest(client_order_id="m1", side=7), "side"),  # type: ignore[arg-type]
        (resolve, Resolve(client_order_id="s1", root_id="T1", cl_ord_id="T1", reason="x"), "state"),
        (resolve, Resolve(client_order_id="s1", cl_ord_id="T1", state=NOT_SENT, reason="x"), "root_id"),
        (resolve, Resolve(client_order_id="s1", root_id="T1", state=NOT_SENT, reason="x"), "cl_ord_id"),
        (attribute, AttributeRequest(client_order_id="a1", root_id="T1", reason="x"), "seq"),
        (attribute, AttributeRequest(client_order_id="a1", seq=1, root_id="T1"), "reason"),
        (dismiss, DismissRequest(client_order_id="d1", seq=1, reason="   "), "reason"),
        (dismiss, DismissRequest(client_order_id="d1", seq=1, reason="x\x0158=y"), "reason"),
        (dismiss, DismissRequest(client_order_id="d1", seq=1, reason="x" * 201), "reason"),
        (dismiss, DismissRequest(client_order_id="d1", seq=1, reason="x", dk_reason=3), "dk_reason"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(read: Callable[[Any, Principal], Any], request_of: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        read(request_of, TRADER)
    assert (refused.value.refusal, refused.value.field) == (EdgeRefusal.INVALID_FIELD, field)
