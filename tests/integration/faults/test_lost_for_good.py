"""Faults that no FIX session can mend by itself: a report that nobody can ask for by its number, and numbers that begin anew."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest

from gateway.api.v1 import fix_pb2
from gateway.api.v1 import order_service_pb2 as api
from oms.domain.chain import RequestState
from oms.domain.fields import MsgType
from tests.crash.account import Asked
from tests.crash.evidence import kinds
from tests.crash.gateway import Gateway
from tests.integration.faults.desk import Desk, phases, ready
from tests.support.installation import installation
from tests.support.polling import eventually_async


@pytest.fixture
def desk() -> Iterator[Desk]:
    with installation(heart_bt_int_s=1) as running:
        yield Desk(running)


async def place(desk: Desk, gateway: Gateway, client_order_id: str) -> str:
    """An order far from the market: the broker says that it has it, and then nothing. Its root id."""
    request = api.SubmitRequest(
        client_order_id=client_order_id,
        account="DESK1",
        symbol="EURUSD",
        side=fix_pb2.SIDE_BUY,
        ord_type=fix_pb2.ORD_TYPE_LIMIT,
        order_qty="100",
        price="1.36",
    )

    async def answered() -> bool:
        """What is refused before there is a price is asked for again, under the same id: it may come to nothing for ever."""
        answer = await gateway.submit(request)
        asked.answers[:] = [answer]
        request.client_order_id += "" if answer.root_id else "x"
        return bool(answer.root_id)

    asked = Asked(gateway.principal, client_order_id, MsgType.NEW_ORDER_SINGLE)
    await until(answered)
    desk.asked.append(Asked(gateway.principal, request.client_order_id, MsgType.NEW_ORDER_SINGLE, asked.answers))
    return asked.answers[0].root_id


async def state(gateway: Gateway, root_id: str) -> RequestState:
    return next(one for one in await gateway.orders() if one.root_id == root_id).first.state


async def is_done(gateway: Gateway, root_id: str) -> bool:
    return await state(gateway, root_id) is RequestState.DONE


async def is_down(gateway: Gateway) -> bool:
    return (await phases(gateway)).get("SIMBROKER") == "DOWN"


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    looks: Callable[[], Any] = look
    await eventually_async(looks, 20)


async def test_a_report_that_was_never_said_is_had_by_asking_for_the_order(desk: Desk) -> None:
    async with desk.gateway() as gateway:
        await ready(gateway)
        number = desk.set_fault("drop")
        root_id = await place(desk, gateway, "A")
        await eventually_async(lambda: desk.fault(number).state == "over")
        assert await state(gateway, root_id) is RequestState.SENT
        await gateway.ask_venue("Q", root_id)
        await until(partial(is_done, gateway, root_id))
    assert await desk.agreed() == ()


async def test_after_a_logon_that_begins_the_numbers_anew_every_order_is_had_by_asking(desk: Desk) -> None:
    async with desk.gateway() as gateway:
        await ready(gateway)
        before = await place(desk, gateway, "A")
        await until(partial(is_done, gateway, before))
        desk.set_fault("logon-reset")
        desk.set_fault("cut")
        await until(partial(is_down, gateway))
        await ready(gateway)
        after = await place(desk, gateway, "B")
        await until(partial(is_done, gateway, after))
    assert await desk.agreed() == ()
    assert (await kinds(desk.running.dsn))["SequencesReset"] == 1
