"""Every reason for which we refuse reaches whoever asked, in the words of FIX and of gRPC, as the table of the documents says."""

import re

import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # No types in the wheel.
from msgspec.structs import replace

from gateway.api.v1 import refusal_pb2
from gateway.codec.text import Fields, fields
from gateway.codec.version import FIX_42, FIX_44, Version
from gateway.control.status import CODES, NUMBERS, Refused, told
from oms.domain.events import Event, OrderRefused, RequestRefused
from oms.domain.fields import MsgType
from oms.domain.refusal import RETRY_CAN_HELP, Refusal
from ops import risk_table
from tests.support.client_side import CELL, PLAN, PRINCIPAL, ClientSide
from tests.support.orders import terms

NUMBERS_OF_IT = "used=7 max=5"
ROW = re.compile(r"^\| `(\w+)` \| .* \| (\d+) [^|]* \| (\d+) [^|]* \| (\w+) \| (yes|) \|$", re.MULTILINE)
TABLE = {code: row for code, *row in ROW.findall(risk_table.FILE.read_text(encoding="utf-8"))}


def heard(event: Event, version: Version = FIX_44) -> dict[int, str]:
    """What a client over FIX hears of it."""
    venues = CELL.sessions[:-1]
    side = ClientSide(replace(CELL, sessions=(*venues, replace(PLAN, version=version))))
    side.add(event)
    (sent,) = side.released
    said: Fields = fields(sent.text.encode())
    return {**dict(said), 35: sent.msg_type}


def order_refused(refusal: Refusal) -> OrderRefused:
    return OrderRefused("A", PRINCIPAL, terms(), refusal, NUMBERS_OF_IT)


def replace_refused(refusal: Refusal) -> RequestRefused:
    return RequestRefused("", "B", PRINCIPAL, MsgType.ORDER_CANCEL_REPLACE_REQUEST, "A", refusal, NUMBERS_OF_IT, terms())


def test_the_table_has_every_refusal() -> None:
    assert list(TABLE) == [refusal.value for refusal in Refusal]


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refused_order_is_a_report_with_its_reason_and_its_code(refusal: Refusal) -> None:
    said = heard(order_refused(refusal))
    expected = {35: "8", 11: "A", 150: "8", 39: "8", 103: TABLE[refusal.value][0], 58: f"{refusal.value} {NUMBERS_OF_IT}"}
    assert {tag: said[tag] for tag in expected} == expected


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refused_replace_is_a_cancel_reject_with_its_reason_and_its_code(refusal: Refusal) -> None:
    said = heard(replace_refused(refusal))
    expected = {35: "9", 11: "B", 41: "A", 434: "2", 102: TABLE[refusal.value][1], 58: f"{refusal.value} {NUMBERS_OF_IT}"}
    assert {tag: said[tag] for tag in expected} == expected


@pytest.mark.parametrize("refusal", Refusal)
def test_fix_42_hears_a_reason_that_it_has_and_the_same_code(refusal: Refusal) -> None:
    of_order, of_replace = heard(order_refused(refusal), FIX_42), heard(replace_refused(refusal), FIX_42)
    reason, why = TABLE[refusal.value][:2]
    assert of_order[103] == (reason if reason in set("012345678") else "0")
    assert of_replace[102] == (why if why in set("0123") else "2")
    assert {of_order[58], of_replace[58]} == {f"{refusal.value} {NUMBERS_OF_IT}"}


@pytest.mark.parametrize("refusal", Refusal)
def test_the_same_refusal_over_grpc_is_a_status_with_its_detail(refusal: Refusal) -> None:
    status = told(Refused(refusal, NUMBERS_OF_IT, seq=7))
    sent, detail = Status.FromString(dict(status.trailing_metadata)["grpc-status-details-bin"]), refusal_pb2.RefusalDetail()
    assert sent.details[0].Unpack(detail)
    *_, code, retry = TABLE[refusal.value]
    assert (status.code, status.code.name, sent.code) == (CODES[refusal], code, status.code.value[0])
    assert (detail.refusal, detail.text, detail.seq) == (NUMBERS[refusal], NUMBERS_OF_IT, 7)
    assert detail.retry_can_help == (refusal in RETRY_CAN_HELP) == (retry == "yes")
