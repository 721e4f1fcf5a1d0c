"""LifecycleService over gRPC: who may, what is answered, what is refused."""

from pathlib import Path

import grpc
import pytest

from gateway.api.v1.lifecycle_service_pb2 import (
    DrainRequest,
    ListDaysRequest,
    StopDrainRequest,
    TakeSnapshotRequest,
    WatchDrainRequest,
)
from ops.dev_ca import Certificates
from tests.integration.control.calls import client, submit
from tests.integration.control.gateway import gateway

OPERATOR = "operator/night"
DRAIN = DrainRequest(client_order_id="D1", reason="a new release", wait_ms=3_600_000)


async def test_a_drain_is_durable_refuses_orders_and_is_lifted(
    database_url: str, certificates: Certificates, tmp_path: Path
) -> None:
    async with (
        gateway(database_url, certificates, tmp_path) as running,
        client(running, OPERATOR) as operator,
        client(running) as trader,
    ):
        await trader.orders.Submit(submit("A1"))
        first = await operator.lifecycle.Drain(DRAIN)
        again = await operator.lifecycle.Drain(DRAIN)
        assert (again.seq, first.is_repetition, again.is_repetition) == (first.seq, False, True)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await trader.orders.Submit(submit("A2"))
        assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
        assert "DRAINING" in (refused.value.details() or "")
        watching = trader.lifecycle.WatchDrain(WatchDrainRequest())
        async for stands in watching:
            if stands.is_draining:
                assert (stands.principal.rpartition("/")[2], stands.reason, stands.live_orders) == ("night", "a new release", 1)
                break
        watching.cancel()
        await operator.lifecycle.StopDrain(StopDrainRequest(client_order_id="D2", reason="not today"))
        await trader.orders.Submit(submit("A3"))


async def test_what_cannot_be_asked_for_is_refused(database_url: str, certificates: Certificates, tmp_path: Path) -> None:
    async with gateway(database_url, certificates, tmp_path) as running, client(running, OPERATOR) as operator:
        for request, code in (
            (DrainRequest(client_order_id="D1"), grpc.StatusCode.INVALID_ARGUMENT),
            (DrainRequest(client_order_id="D1", reason="x", wait_ms=86_400_001), grpc.StatusCode.INVALID_ARGUMENT),
            (StopDrainRequest(client_order_id="D1", reason="x"), grpc.StatusCode.FAILED_PRECONDITION),
        ):
            call = operator.lifecycle.Drain if isinstance(request, DrainRequest) else operator.lifecycle.StopDrain
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await call(request)
            assert refused.value.code() is code
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await operator.lifecycle.TakeSnapshot(TakeSnapshotRequest())
        assert failed.value.code() is grpc.StatusCode.ABORTED
        assert "ended with code 1" in (failed.value.details() or "")
        assert not (await operator.lifecycle.ListDays(ListDaysRequest())).days
