"""The load generator: a gRPC client over mTLS, with all its orders on a Trade stream, and little work for each event.

`python -m tests.bench.load ADDRESS CERTIFICATE KEY AUTHORITY` reads one command per line and answers each with a line of JSON:
`open` waits until an order is filled; `window N` sends N orders, as many at once as the window allows; `pace RATE N` sends N by
the clock. It ends with its standard input. An order that is refused, lost or filled twice ends it with an exception.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import grpc

from gateway.api.v1.fix_pb2 import EXEC_TYPE_NEW, EXEC_TYPE_TRADE, ORD_STATUS_FILLED, ORD_TYPE_LIMIT, SIDE_BUY
from gateway.api.v1.order_event_pb2 import ORDER_EVENT_KIND_PLACED, OrderEvent
from gateway.api.v1.order_service_pb2 import SubmitRequest, TradeEntry, TradeRequest, TradeResponse
from tests.bench.method import percentile
from tests.bench.schedule import NS_PER_S, Schedule, batches
from tests.support.polling import eventually_async

WINDOW = 500
ENTRIES = 32  # in one message
PACE_S = 0.002  # A client that is paced looks at its clock so often, and sends what is due in one message.
OPEN_S_MAX = 60
LEAD_NS = NS_PER_S // 10  # Between a command and its first order: the stream is up by then.
Command = Callable[..., Awaitable[dict[str, float]]]
TRADE = "/gateway.api.v1.OrderService/Trade"
ID = b"%010d"
_PLACE = b"#" * 10
_ORDER = SubmitRequest(
    client_order_id=_PLACE.decode(),
    account="DESK1",
    symbol="EURUSD",
    side=SIDE_BUY,
    ord_type=ORD_TYPE_LIMIT,
    order_qty="100000",
    price="1.38500",
)
_BEFORE_ID, _AFTER_ID = TradeRequest(entries=[TradeEntry(submit=_ORDER)]).SerializeToString().split(_PLACE)


class NotFilled(Exception):
    """An order came to something else than one fill."""


def request(numbers: Iterable[int]) -> bytes:
    """A TradeRequest with these orders. Encoded fields are put one after the other; all but the id is always the same."""
    return b"".join([_BEFORE_ID + ID % number + _AFTER_ID for number in numbers])


class Orders:
    """What became of orders `first` to `first + count - 1`."""

    def __init__(self, first: int, count: int) -> None:
        self.first = first
        self.count = count
        self.filled = 0
        self.acked_ns = [0] * count
        self.last_ns = 0
        self._is_filled = bytearray(count)
        self._heard = asyncio.Event()

    def hear(self, data: bytes) -> None:
        """One message of the stream."""
        events = TradeResponse.FromString(data).events
        now_ns = time.perf_counter_ns()
        filled = 0
        for event in events:
            exec_type = event.exec_type
            if exec_type == EXEC_TYPE_TRADE:
                self._fill(event)
                filled += 1
            elif exec_type == EXEC_TYPE_NEW:
                self.acked_ns[int(event.client_order_id) - self.first] = now_ns
            elif event.kind != ORDER_EVENT_KIND_PLACED:
                raise NotFilled(str(event))
        if filled:
            self.last_ns = now_ns
            self.filled += filled
            self._heard.set()

    async def in_window(self) -> AsyncIterator[range]:
        """The numbers to send now, again and again: whole messages, as long as they have room in the window."""
        for start in range(0, self.count, ENTRIES):
            batch = range(start, min(start + ENTRIES, self.count))
            while batch.stop - self.filled > WINDOW:
                self._heard.clear()
                await self._heard.wait()
            yield batch

    def _fill(self, event: OrderEvent) -> None:
        number = int(event.client_order_id) - self.first
        if event.ord_status != ORD_STATUS_FILLED or self._is_filled[number]:
            raise NotFilled(str(event))
        self._is_filled[number] = 1


class Load:
    """One client. Its orders are numbered through all commands."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._trade: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = channel.stream_stream(TRADE)  # Bytes out, bytes in.
        self._next = 0

    async def open(self) -> dict[str, float]:
        """Wait until the gateway takes an order and the venue fills it."""
        async with asyncio.timeout(OPEN_S_MAX):  # A call waits for its server for ever.
            is_open: bool = await eventually_async(self._is_open, OPEN_S_MAX)
        return {"is_open": is_open}

    async def window(self, count: int) -> dict[str, float]:
        """Closed loop. Orders per second, from the first send to the last fill."""
        orders = self._orders(count)
        start_ns = time.perf_counter_ns()
        await self._run(orders, orders.in_window())
        return {"orders_per_s": count * NS_PER_S / (orders.last_ns - start_ns)}

    async def pace(self, rate_per_s: int, count: int) -> dict[str, float]:
        """Open loop. Milliseconds from the time when an order should have left until its ExecType=New is here."""
        orders = self._orders(count)
        schedule = Schedule(time.perf_counter_ns() + LEAD_NS, rate_per_s, count)
        await self._run(orders, batches(schedule, ENTRIES, PACE_S, time.perf_counter_ns, asyncio.sleep))
        latencies_ms = [schedule.latency_ms(number, acked_ns) for number, acked_ns in enumerate(orders.acked_ns)]
        return {"ack_p50_ms": percentile(latencies_ms, 50), "ack_p99_ms": percentile(latencies_ms, 99)}

    async def _is_open(self) -> bool:
        try:
            await self.window(1)
        except NotFilled:  # No session, or no price, yet.
            return False
        return True

    def _orders(self, count: int) -> Orders:
        orders = Orders(self._next, count)
        self._next += count
        return orders

    async def _run(self, orders: Orders, numbers: AsyncIterator[range]) -> None:
        """One stream, from its first order until the gateway ends it because all have ended."""
        call = self._trade(wait_for_ready=True)
        sending = asyncio.create_task(_send(call, orders.first, numbers))
        try:
            async for data in call:
                orders.hear(data)
            await sending
        finally:
            sending.cancel()
            call.cancel()
        if orders.filled != orders.count:
            raise NotFilled(f"{orders.filled} of {orders.count} orders were filled")


async def _send(call: Any, first: int, numbers: AsyncIterator[range]) -> None:
    async for batch in numbers:
        await call.write(request(range(first + batch.start, first + batch.stop)))
    await call.done_writing()


async def serve(address: str, certificate: Path, key: Path, authority: Path) -> None:
    """Do what standard input asks, one line at a time."""
    credentials = grpc.ssl_channel_credentials(authority.read_bytes(), key.read_bytes(), certificate.read_bytes())
    async with grpc.aio.secure_channel(address, credentials) as channel:
        load = Load(channel)
        while line := await asyncio.to_thread(sys.stdin.readline):
            name, *numbers = line.split()
            commands: dict[str, Command] = {"open": load.open, "window": load.window, "pace": load.pace}
            print(json.dumps(await commands[name](*map(int, numbers))), flush=True)


if __name__ == "__main__":
    gc.disable()  # Nothing here makes cycles that matter.
    asyncio.run(serve(sys.argv[1], *map(Path, sys.argv[2:])))
