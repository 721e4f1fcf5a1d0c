"""A client by FIX: one session for all courses, against the acceptor that a client of the gateway logs on to."""

import asyncio
from collections.abc import Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Self

from gateway.codec.text import fields
from gateway.simulator.scenario import Step
from oms.domain.fields import ExecType
from oms.domain.refusal import Refusal
from oms.domain.report import NO_ORDER_ID
from tests.conformance.client import (
    ANSWERED_S_MAX,
    OTHER_PX,
    RETRY_S,
    SYMBOL,
    AlreadyAsked,
    AnsweredHere,
    CannotAsk,
    Named,
    Refused,
    Standing,
    persistent,
    whole_order,
)
from tests.conformance.told import CANCEL_REJECT, Told
from tests.crash.gateway import Gateway, Unanswered
from tests.dialogues.peer import NOW, Peer
from tests.support.client import NAME, START_S
from tests.support.polling import eventually_async

PRINCIPAL = f"fix:{NAME}"
_CODES = frozenset(refusal.value for refusal in Refusal)
_REJECT = "3"
_STATUS, _REJECTED = ExecType.ORDER_STATUS.code, ExecType.REJECTED.code
_NOT_TOLD_TWICE = "0"
"""ExecID(17) of a status, which is no execution."""
_ABOUT = (55, 54)
"""What a cancel and a question repeat of their order."""


class FixClient(Peer):
    """A tests.conformance.client.Client. Use as an asynchronous context manager.

    QuickFIX's threads only hand over what came in; whatever is known here belongs to the event loop's thread.
    """

    def __init__(self, port: int, store: Path, gateway: Gateway) -> None:
        """`gateway` is only looked at: it says under which ClOrdID(11) the venue hears what the client asks."""
        super().__init__(port, store, start_s=START_S, persist_messages=True)
        self._loop = asyncio.get_running_loop()
        self._gateway = gateway
        self._looking = asyncio.Lock()
        self._at_venue: dict[str, str] = {}
        """ClOrdID(11) towards the venue, by the client's own."""
        self._named: dict[str, Named] = {}
        """By the client's ClOrdID."""
        self._cl_ord_ids: dict[Named, str] = {}
        """What was taken, and so may not be called so again."""
        self._roots: dict[Named, Named] = {}
        """The order, by any name of its chain."""
        self._terms: dict[Named, dict[int, str]] = {}
        """What each version says: a replace repeats all that it does not change."""
        self._told: dict[Named, Told] = {}
        self._awaited: dict[str, asyncio.Future[Mapping[int, str]]] = {}
        """Answers of the gateway itself, by the ClOrdID or the OrdStatusReqID(790) of what was asked."""
        self._exec_ids: set[str] = set()
        self._wrong: list[tuple[str, str]] = []
        self._questions = count(1)

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    async def ask(self, course: str, step: Step) -> str:
        ask = self._question if step.msg == "H" else self._asked
        return await persistent(partial(ask, course, step))

    async def standing(self) -> dict[tuple[str, str], Standing]:
        """Reports go out in the order of their facts: with the answer to a question, all that was before it has been told."""
        await self._answer("nobody's", {55: SYMBOL, 54: "1"})
        return {(named.course, named.name): told.standing() for named, told in self._told.items()}

    def told_wrongly(self) -> list[tuple[str, str]]:
        return self._wrong

    # --- asking -------------------------------------------------------------------------------------------------------

    async def _asked(self, course: str, step: Step, attempt: int) -> str:
        """Under an id of its own for each attempt: a refused id stays refused."""
        named = Named(course, step.tags[11])
        is_again = named in self._cl_ord_ids
        cl_ord_id = self._cl_ord_ids.get(named, f"{course}-{named.name}~{attempt}")
        body = self._body(course, step)
        if not is_again:
            self._expect(named, cl_ord_id, step, body)
        answer = self._awaited[cl_ord_id] = self._loop.create_future()
        try:
            await self._send(step.msg, {11: cl_ord_id} | body)
            venue_id = await (answer if is_again else self._either(cl_ord_id, answer))
            if not isinstance(venue_id, str):
                raise _meaning(venue_id)
        finally:
            del self._awaited[cl_ord_id]
        self._cl_ord_ids[named] = cl_ord_id
        return venue_id

    def _expect(self, named: Named, cl_ord_id: str, step: Step, body: dict[int, str]) -> None:
        """Known before it goes out: the answer may come at once."""
        orig = Named(named.course, step.tags.get(41, named.name))
        root = self._roots[named] = self._roots.get(orig, orig)
        self._named[cl_ord_id] = named
        if step.msg != "F":
            self._terms[named] = {tag: value for tag, value in body.items() if tag not in {41, 97}}
        if step.msg == "D":
            self._told[named] = Told(named.name, body.get(38, "0"))
        elif root in self._told:
            self._told[root].ask(named.name)

    def _body(self, course: str, step: Step) -> dict[int, str]:
        """All but ClOrdID(11)."""
        if step.msg not in {"D", "F", "G"}:
            raise CannotAsk(f"no course by FIX asks MsgType(35)={step.msg}")
        wanted = {tag: OTHER_PX if (tag, value) == (44, "changed") else value for tag, value in step.tags.items() if tag != 11}
        if step.msg == "D":
            return whole_order(step) | wanted
        orig = Named(course, wanted[41])
        terms = self._terms.get(orig) or self._terms.get(self._roots.get(orig, orig)) or whole_order(step)
        kept = terms if step.msg == "G" else {tag: terms[tag] for tag in _ABOUT}
        return kept | wanted | {41: self._cl_ord_ids.get(orig, f"{course}-{orig.name}")}

    async def _either(self, cl_ord_id: str, answer: asyncio.Future[Mapping[int, str]]) -> str | Mapping[int, str]:
        """The ClOrdID towards the venue, or the gateway's own answer, whichever is there first."""
        while not answer.done():
            async with self._looking:
                if cl_ord_id not in self._at_venue:
                    await self._look_again()
            if cl_ord_id in self._at_venue:
                return self._at_venue[cl_ord_id]
            await asyncio.sleep(RETRY_S)
        return answer.result()

    async def _look_again(self) -> None:
        try:
            orders = await self._gateway.orders()
        except Unanswered:
            return
        requests = [request for order in orders for request in order.requests if request.principal == PRINCIPAL]
        self._at_venue |= {request.client_order_id: request.cl_ord_id for request in requests}

    async def _question(self, course: str, step: Step, _attempt: int) -> str:
        """OrderStatusRequest(35=H), which is for the gateway itself to answer."""
        named = Named(course, step.tags[11])
        cl_ord_id = self._cl_ord_ids.get(named, f"{course}-{named.name}")
        answer = await self._answer(cl_ord_id, {tag: whole_order(step)[tag] for tag in _ABOUT})
        if answer[37] == NO_ORDER_ID:
            raise Refused(Refusal.UNKNOWN_ORDER.value, answer)
        raise AnsweredHere

    async def _answer(self, cl_ord_id: str, about: dict[int, str]) -> Mapping[int, str]:
        """How the order stands. Raises TimeoutError."""
        question = f"Q{next(self._questions)}"
        answer: asyncio.Future[Mapping[int, str]] = self._loop.create_future()
        self._awaited[question] = answer
        try:
            await self._send("H", {11: cl_ord_id, 790: question} | about)
            return await asyncio.wait_for(answer, ANSWERED_S_MAX)
        finally:
            del self._awaited[question]

    async def _send(self, msg_type: str, body: dict[int, str]) -> None:
        """As soon as the session is there; what a kill then keeps from arriving is resent by QuickFIX."""
        _: bool = await eventually_async(self.online.is_set, ANSWERED_S_MAX)
        self.send(msg_type, *(body if msg_type == "H" else body | {60: NOW}).items())

    # --- QuickFIX's threads -------------------------------------------------------------------------------------------

    def incoming_admin(self, session: str, raw: bytes) -> None:
        found = dict(fields(raw))
        if found[35] == _REJECT:
            self._loop.call_soon_threadsafe(self._take, found)

    def incoming_app(self, session: str, raw: bytes) -> None:
        self._loop.call_soon_threadsafe(self._take, dict(fields(raw)))

    # --- the loop's thread --------------------------------------------------------------------------------------------

    def _take(self, found: dict[int, str]) -> None:
        """One message: a word about an order, and perhaps what somebody waits for."""
        is_awaited = self._settle(found)
        named = self._named.get(found.get(11, ""))
        if named is None or found[35] not in {"8", CANCEL_REJECT}:
            if not is_awaited:
                self._wrong.append(("", f"of nothing that it asked: MsgType(35)={found[35]} {found.get(11, found.get(58))}"))
            return
        if self._has_heard(named, found):
            return
        root = self._roots[named]
        if found[35] == "8" and found[37] == NO_ORDER_ID:
            self._told.pop(root, None)  # Refused by the gateway: there is no order.
        elif root in self._told:
            self._told[root].hear(named.name, found)

    def _has_heard(self, named: Named, found: Mapping[int, str]) -> bool:
        """Whether the execution is known. Only what is marked with PossResend(97) may come again."""
        exec_id = found.get(17, _NOT_TOLD_TWICE)
        is_known = exec_id != _NOT_TOLD_TWICE and exec_id in self._exec_ids
        if is_known and found.get(97) != "Y":
            self._wrong.append((named.course, f"of execution {exec_id} of {named.name} twice"))
        self._exec_ids.add(exec_id)
        return is_known

    def _settle(self, found: Mapping[int, str]) -> bool:
        """Whether somebody waits for it.

        The venue says nothing while a request is on its way to it: what answers the request then is the gateway's word.
        """
        is_status = found.get(150) == _STATUS
        if found[35] == "8" and not is_status and found.get(150) != _REJECTED:
            return False
        key = found.get(790) or found.get(379) or found.get(11, "")
        if is_status and 790 not in found:  # A repeated request is answered under the version that the order has now.
            root = self._roots.get(self._named.get(key, Named("", "")))
            key = next((one for one in self._awaited if one in self._named and self._roots[self._named[one]] == root), key)
        answer = self._awaited.get(key)
        if answer is not None and not answer.done():
            answer.set_result(found)
        return answer is not None


def _meaning(answer: Mapping[int, str]) -> Exception:
    """What the gateway's own answer to a request is to a course."""
    if answer.get(150) == _STATUS:
        return AlreadyAsked()
    text = answer.get(58, "")
    code = text.partition(" ")[0]
    return Refused(code, answer) if code in _CODES else CannotAsk(f"MsgType(35)={answer[35]}: {text}")
