"""How much of each limit is used, over gRPC: whole at first, then what changed, to whom it concerns."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from gateway.api.v1.usage_pb2 import Usage
from gateway.api.v1.usage_service_pb2 import UsageServiceListRequest, UsageServiceWatchRequest
from ops.dev_ca import Certificates
from risk.control import Control
from risk.limit import Limit
from risk.scope import parse
from tests.integration.control.calls import client, refusal, submit
from tests.integration.control.gateway import Gateway, gateway

FIRM, DESK1, DESK2 = (parse(text) for text in ("firm", "account=DESK1 symbol=EURUSD", "account=DESK2"))
LIMITS = (
    Limit(DESK2, Control.OPEN_ORDERS_MAX, Decimal(10)),
    Limit(DESK1, Control.LONG_QTY_MAX, Decimal(400)),
    Limit(FIRM, Control.OPEN_ORDERS_MAX, Decimal(8)),
)
EVERYTHING: list[tuple[str, ...]] = [
    ("firm", "open_orders_max", "8", "0", "0"),
    ("account=DESK2", "open_orders_max", "10", "0", "0"),
    ("account=DESK1 symbol=EURUSD", "long_qty_max", "400", "0", "0"),
]


@pytest_asyncio.fixture
async def limited(database_url: str, certificates: Certificates, tmp_path: Path) -> AsyncIterator[Gateway]:
    async with gateway(database_url, certificates, tmp_path, limits=LIMITS) as started:
        yield started


def told(usages: Any) -> list[tuple[str, ...]]:
    return [(one.scope, one.control, one.limit, one.used, one.used_percent) for one in usages]


def of(*scopes: str) -> list[tuple[str, ...]]:
    return [row for row in EVERYTHING if row[0] in scopes]


async def test_operators_see_every_limit_and_traders_those_of_their_accounts(limited: Gateway) -> None:
    seen = {}
    for who in ("operator/night", "trader/desk1", "trader/desk2", "viewer/audit"):
        async with client(limited, who) as stubs:
            seen[who] = told((await stubs.usage.List(UsageServiceListRequest())).usages)
    assert seen == {
        "operator/night": EVERYTHING,
        "trader/desk1": of("account=DESK1 symbol=EURUSD"),
        "trader/desk2": of("account=DESK2"),
        "viewer/audit": of("account=DESK2", "account=DESK1 symbol=EURUSD"),
    }


async def test_a_scope_narrows_what_is_told(limited: Gateway) -> None:
    async with client(limited, "operator/night") as stubs:
        found = await stubs.usage.List(UsageServiceListRequest(scope="symbol=EURUSD"))
        assert told(found.usages) == of("account=DESK1 symbol=EURUSD")


async def test_a_stream_begins_with_everything_and_goes_on_with_what_changed(limited: Gateway) -> None:
    async with client(limited, "operator/night") as watching, client(limited) as trading:
        stream = watching.usage.Watch(UsageServiceWatchRequest(interval_ms=100))
        assert told((await stream.read()).usages) == EVERYTHING
        for number in range(3):
            await trading.orders.Submit(submit(f"A{number}"))
        latest: dict[tuple[str, str], Usage] = {}
        while latest.get(("firm", "open_orders_max"), Usage()).used != "3":
            for one in (await stream.read()).usages:
                latest[one.scope, one.control] = one
        assert told(latest.values()) == [
            ("firm", "open_orders_max", "8", "3", "37.5"),
            ("account=DESK1 symbol=EURUSD", "long_qty_max", "400", "300", "75"),
        ]
        assert not any(one.is_exceeded or one.is_over for one in latest.values())


@pytest.mark.parametrize("wrong", [{"interval_ms": 99}, {"interval_ms": 60_001}, {"scope": "nowhere"}])
async def test_what_cannot_be_asked_for_is_refused_by_its_field(limited: Gateway, wrong: dict[str, Any]) -> None:
    async with client(limited, "operator/night") as stubs:
        code, detail = await refusal(stubs.usage.Watch(UsageServiceWatchRequest(**wrong)))
    assert (code, detail.field) == (grpc.StatusCode.INVALID_ARGUMENT, next(iter(wrong)))


async def test_a_stream_ends_with_the_server(limited: Gateway) -> None:
    async with client(limited, "operator/night") as stubs:
        stream = stubs.usage.Watch(UsageServiceWatchRequest(interval_ms=60_000))
        await stream.read()
        await limited.server.stop(5)
        code, _ = await refusal(stream)
    assert code is grpc.StatusCode.UNAVAILABLE
