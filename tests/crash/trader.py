"""A good client: asks in a seeded mixture, asks again word for word until it has an answer, and keeps the list."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from itertools import count
from typing import TypeVar

from gateway.api.v1 import fix_pb2
from gateway.api.v1 import order_service_pb2 as api
from oms.domain.fields import MsgType
from oms.domain.numbers import plain
from tests.crash.account import Answer, Asked
from tests.crash.gateway import Gateway, Unanswered

MARKET_PX = Decimal("1.385")
"""Around which the broker's random walk stays for hours."""
TICK, LOT = Decimal("0.00001"), 100
RESTING_TICKS, TOUCHING_TICKS, THROUGH_TICKS = 2_500, 8, 350
"""Far from the market, in the midst of it, and far through it: within the collars all the same."""
PAUSE_S_MAX = 0.1
RETRY_S = 0.05
REFUSED_S = 0.1
_KINDS = ("rest", "touch", "through", "market")
REPEATED = 0.05
"""How often an answered request is made once more."""

R = TypeVar("R", api.SubmitRequest, api.CancelRequest, api.ReplaceRequest)


class Trader:
    """One stream of orders for one account."""

    def __init__(self, name: str, gateway: Gateway, account: str, chance: random.Random) -> None:
        self.asked: list[Asked] = []
        self.accepted = 0
        """Orders that the gateway took."""
        self._name = name
        self._gateway = gateway
        self._account = account
        self._chance = chance
        self._numbers = count(1)

    async def run(self, stop: asyncio.Event) -> None:
        """One order after the other, each followed to its last change, until told to stop."""
        while not stop.is_set():
            client_order_id = await self.place(self._chance.choices(_KINDS, (40, 25, 30, 5))[0])
            if not client_order_id:
                await asyncio.sleep(REFUSED_S)
                continue
            for change in self._chance.choice(_CHANGES):
                await asyncio.sleep(self._chance.uniform(0, PAUSE_S_MAX))
                await change(self, client_order_id)
            await asyncio.sleep(self._chance.uniform(0, PAUSE_S_MAX))

    async def place(self, kind: str) -> str:
        """One order, of one of _KINDS. Its id; empty if it was refused."""
        client_order_id = self._next_id()
        answer = await self._ask(MsgType.NEW_ORDER_SINGLE, self._gateway.submit, self._order(client_order_id, kind))
        if answer.refusal:
            return ""
        self.accepted += 1
        return client_order_id

    async def cancel(self, orig_client_order_id: str) -> None:
        request = api.CancelRequest(client_order_id=self._next_id(), orig_client_order_id=orig_client_order_id)
        await self._ask(MsgType.ORDER_CANCEL_REQUEST, self._gateway.cancel, request)

    async def replace(self, orig_client_order_id: str) -> None:
        """Another quantity at the same price, whatever that is."""
        request = api.ReplaceRequest(
            client_order_id=self._next_id(), orig_client_order_id=orig_client_order_id, order_qty=self._qty()
        )
        await self._ask(MsgType.ORDER_CANCEL_REPLACE_REQUEST, self._gateway.replace, request)

    async def _ask(self, msg_type: MsgType, call: Callable[[R], Awaitable[Answer]], request: R) -> Answer:
        """The first answer; now and then the request is repeated to see whether the answer is."""
        asked = Asked(self._gateway.principal, request.client_order_id, msg_type)
        self.asked.append(asked)
        while not asked.answers or self._chance.random() < REPEATED:
            try:
                asked.answers.append(await call(request))
            except Unanswered:
                await asyncio.sleep(RETRY_S)
        return asked.answers[0]

    def _order(self, client_order_id: str, kind: str) -> api.SubmitRequest:
        is_buy = self._chance.random() < 0.5
        return api.SubmitRequest(
            client_order_id=client_order_id,
            account=self._account,
            symbol="EURUSD",
            side=fix_pb2.SIDE_BUY if is_buy else fix_pb2.SIDE_SELL,
            ord_type=fix_pb2.ORD_TYPE_MARKET if kind == "market" else fix_pb2.ORD_TYPE_LIMIT,
            order_qty=self._qty(),
            price="" if kind == "market" else plain(MARKET_PX - (TICK if is_buy else -TICK) * self._ticks_away(kind)),
        )

    def _ticks_away(self, kind: str) -> int:
        """Towards our own side of the market; negative is through it."""
        if kind == "touch":
            return self._chance.randint(-TOUCHING_TICKS, TOUCHING_TICKS)
        return RESTING_TICKS if kind == "rest" else -THROUGH_TICKS

    def _qty(self) -> str:
        return str(self._chance.randint(1, 20) * LOT)

    def _next_id(self) -> str:
        return f"{self._name}-{next(self._numbers)}"


_CHANGES = ((), (), (), (Trader.cancel,), (Trader.cancel,), (Trader.replace,), (Trader.replace, Trader.cancel))
"""What follows an order, by turns of chance."""
