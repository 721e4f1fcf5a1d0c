"""ReferenceService: sets reference data, and shows what is held."""

from collections.abc import Callable
from itertools import islice
from typing import Protocol, TypeVar

from gateway.api.v1.reference_service_pb2 import (
    HeldReference,
    ListReferenceRequest,
    ListReferenceResponse,
    SetReferenceRequest,
    SetReferenceResponse,
)
from gateway.control.access import caller
from gateway.control.asking import Asks, ask
from gateway.control.identity import Principal, Role
from gateway.control.reading import instant, name, optional_name, wrong
from gateway.control.reference_rows import BY_NAME, row, shown
from gateway.control.status import EdgeRefusal, Refused
from gateway.referring import asked
from gateway.state import State
from oms.domain.commands import SetReference
from oms.domain.numbers import ZERO, plain
from oms.domain.reference import Locate, ReferenceTaken, Row
from risk.reference import Held, wrong_with

T = TypeVar("T")
ROWS_MAX = 5_000
"""In one request: its fact must not hold up the orders behind it."""
SHOWN_MAX = 20_000
_NOT_TOLD = frozenset({Role.TRADER, Role.FEED})
_NS_PER_S = 1_000_000_000


class Engine(Asks, Protocol):
    """What the service needs of the engine."""

    async def look(self, view: Callable[[State], T]) -> T: ...


class ReferenceService:
    """One method for each RPC of the contract."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def SetReference(self, request: SetReferenceRequest) -> SetReferenceResponse:
        answer, seq, is_repetition = await ask(self._engine, command(request, caller()))
        assert isinstance(answer, ReferenceTaken)
        return SetReferenceResponse(seq=seq, rows=answer.rows, is_repetition=is_repetition)

    async def ListReference(self, request: ListReferenceRequest) -> ListReferenceResponse:
        if request.kind and request.kind not in BY_NAME:
            raise wrong("kind", f"{request.kind[:40]!r} is none of {', '.join(BY_NAME)}")
        key = optional_name("key", request.key)
        kinds = _visible(request.kind, caller().role)

        def view(state: State) -> list[HeldReference]:
            reference = state.exposures.reference
            found = (held for kind in kinds for held in reference.rows.get(kind, {}).values() if key in ("", held.row.key))
            return [_told(state, held) for held in islice(found, SHOWN_MAX + 1)]

        told = await self._engine.look(view)
        return ListReferenceResponse(rows=told[:SHOWN_MAX], is_cut=len(told) > SHOWN_MAX)


def command(request: SetReferenceRequest, who: Principal) -> SetReference:
    """Raises Refused, with the place of the row that is wrong."""
    if not 1 <= len(request.rows) <= ROWS_MAX:
        raise wrong("rows", f"there are {len(request.rows)}; 1 to {ROWS_MAX} are allowed")
    if not request.HasField("as_of"):
        raise wrong("as_of", "is missing")
    rows = tuple(row(given, place) for place, given in enumerate(request.rows))
    for place, problem in wrong_with(rows):
        raise wrong(f"rows[{place}]", problem)
    if who.role is not Role.RISK and any(one.IS_LIST for one in rows):
        raise Refused(EdgeRefusal.NOT_PERMITTED, f"role {who.role.value} may not set lists of who may do what: it is for risk")
    own_id, source = name("client_order_id", request.client_order_id), name("source", request.source)
    return asked(who.spiffe_id, own_id, source, instant("as_of", request.as_of), rows)


def _visible(kind: str, role: Role) -> list[type[Row]]:
    """A desk must not learn of a watch list that it is on. Raises Refused."""
    hides_lists = role in _NOT_TOLD
    if kind and hides_lists and BY_NAME[kind].IS_LIST:
        raise Refused(EdgeRefusal.NOT_PERMITTED, f"role {role.value} may not see lists of who may do what")
    return [one for name, one in BY_NAME.items() if kind in ("", name) and not (hides_lists and one.IS_LIST)]


def _told(state: State, held: Held) -> HeldReference:
    told = HeldReference(row=shown(held.row), source=held.source)
    told.as_of.seconds, told.as_of.nanos = divmod(held.as_of_ns, _NS_PER_S)
    if isinstance(held.row, Locate):
        told.left_qty = plain(max(held.row.qty - state.exposures.reference.locates.used(held.row.locate_id), ZERO))
    return told
