"""Reference data over the whole state: who sets it, and an order on a watch list.

Of one request all rows are taken or none. A row never takes the place of one that is of a later time: what comes late is refused.
"""

import hashlib

import msgspec

from gateway.state import State
from oms import acts
from oms.domain.acts import ActRefused
from oms.domain.commands import SetReference
from oms.domain.events import Event
from oms.domain.reference import AnyRow, OrderWatched, ReferenceSet, ReferenceTaken, word
from oms.domain.refusal import Refusal
from risk.reference import ROWS_HELD_MAX, Wrong, unknown_in, wrong_with
from risk.scope import Facets

AHEAD_NS_MAX = 1_000_000_000
"""A source's clock may be so far ahead of ours; what it says is then of now."""


def set_reference(state: State, command: SetReference, at_ns: int) -> tuple[Event, ...]:
    if state.book.answer(command.principal, command.client_order_id):
        return (_refused(command, Refusal.DUPLICATE_CLIENT_ORDER_ID, f"client_order_id={command.client_order_id}"),)
    assert not list(wrong_with(command.rows)), "rows are looked at before they come in"
    wrong = _out_of_time(state, command, at_ns) or _unknown(state, command) or _too_many(state, command)
    if wrong is not None:
        return (_refused(command, *wrong),)
    taken = ReferenceTaken(
        client_order_id=command.client_order_id,
        principal=command.principal,
        source=command.source,
        digest=command.digest,
        rows=len(command.rows),
    )
    return ReferenceSet(command.source, min(command.as_of_ns, at_ns), command.rows), taken


def asked(principal: str, client_order_id: str, source: str, as_of_ns: int, rows: tuple[AnyRow, ...]) -> SetReference:
    """The command, with the digest that a repetition is known by."""
    digest = hashlib.sha256(msgspec.json.encode((as_of_ns, rows), order="deterministic")).hexdigest()
    return SetReference(principal, client_order_id, source, as_of_ns, rows, digest)


def watched(state: State, facets: Facets, root_id: str) -> tuple[OrderWatched, ...]:
    """What a person is told of an order that was taken."""
    entry = state.exposures.reference.watched(facets)
    return () if entry is None else (OrderWatched(root_id, entry.name, entry.scope.text, entry.reason),)


def _out_of_time(state: State, command: SetReference, at_ns: int) -> Wrong | None:
    if command.as_of_ns > at_ns + AHEAD_NS_MAX:
        return Refusal.REFERENCE_DATA_OUT_OF_TIME, f"as_of_ns={command.as_of_ns} at_ns={at_ns}"
    for row in command.rows:
        held = state.exposures.reference.of(type(row), row.key)
        if held is not None and held.as_of_ns > command.as_of_ns:
            named = f"{word(type(row))}={row.key} as_of_ns={command.as_of_ns}"
            return Refusal.REFERENCE_DATA_OUT_OF_TIME, f"{named} held={held.as_of_ns} source={held.source}"
    return None


def _unknown(state: State, command: SetReference) -> Wrong | None:
    return unknown_in(command.rows, state.cell.policy, state.cell.account_sessions)


def _too_many(state: State, command: SetReference) -> Wrong | None:
    reference = state.exposures.reference
    new = sum(reference.of(type(row), row.key) is None for row in command.rows)
    held = sum(map(len, reference.rows.values()))
    if held + new <= ROWS_HELD_MAX:
        return None
    return Refusal.REFERENCE_DATA_FULL, f"rows={held} new={new} rows_max={ROWS_HELD_MAX}"


def _refused(command: SetReference, refusal: Refusal, text: str) -> ActRefused:
    return acts.refused(command, refusal, text)
