"""What the state holds of its sessions beside their numbers, as rows: signs of life, rates, and which of them were lost."""

from typing import TYPE_CHECKING

from gateway.alarm import AlarmKind
from gateway.breakers import Counts
from gateway.facts import CATALOGUE
from gateway.vitals import Done, Raised, Vitals
from oms.image import Part, Rows

if TYPE_CHECKING:
    from gateway.state import State

_SIGNS = (
    "heart_bt_int_s",
    "since_ns",
    "open_since_ns",
    "heard_at_ns",
    "sent_at_ns",
    "answered_at_ns",
    "asked_again_at_ns",
    "asked_again",
    "logon_failures",
    "logon_text",
    "changed_seq",
)
_Signs = tuple[int, int, int, int, int, int, int, str, int, str, int]
_Act = tuple[str, int, int, str, int, bytes]
"""Its name among the acts, seq and time; kind, version and payload of the fact."""
_VitalsRow = tuple[str, _Signs, list[int], list[tuple[AlarmKind, Raised]], list[_Act]]
_MeterRow = tuple[str, list[int], list[tuple[str, int]], list[tuple[str, str]]]


def _vitals_rows(state: "State") -> Rows:
    for session, vitals in state.vitals.items():
        signs = tuple(getattr(vitals, name) for name in _SIGNS)
        acts = [(name, done.seq, done.at_ns, *CATALOGUE.encode(done.act)) for name, done in vitals.acts.items()]
        yield session, signs, list(vitals.rejects), list(vitals.raised.items()), acts


def _fill_vitals(state: "State", rows: list[_VitalsRow]) -> None:
    for session, signs, rejects, raised, acts in rows:
        vitals = state.vitals[session]
        for name, value in zip(_SIGNS, signs, strict=True):
            setattr(vitals, name, value)
        vitals.rejects.extend(rejects)
        vitals.raised = dict(raised)
        vitals.acts = {name: _done(seq, at_ns, kind, version, payload) for name, seq, at_ns, kind, version, payload in acts}


def _done(seq: int, at_ns: int, kind: str, version: int, payload: bytes) -> Done:
    act = CATALOGUE.decode(kind, version, payload)
    return Done(seq, at_ns, act)  # type: ignore[arg-type]  # It was one when it was encoded.


def _meter_rows(state: "State") -> Rows:
    for session, meter in state.meters.items():
        yield session, meter.told_ns, list(meter.flying.items()), list(meter.waiting.items())


def _fill_meters(state: "State", rows: list[_MeterRow]) -> None:
    for session, told_ns, flying, waiting in rows:
        meter = state.meters[session]
        meter.told_ns, meter.flying, meter.waiting = told_ns, dict(flying), dict(waiting)


def _counts_rows(state: "State") -> Rows:
    yield from state.counts.items()


def _fill_counts(state: "State", rows: list[tuple[str, Counts]]) -> None:
    state.counts.update(rows)


SIGNS: tuple[Part, ...] = (
    Part("vitals", _VitalsRow, _vitals_rows, _fill_vitals, ("vitals",)),
    Part("counts", tuple[str, Counts], _counts_rows, _fill_counts, ("counts",)),
    Part("meters", _MeterRow, _meter_rows, _fill_meters, ("meters",)),
    Part("lost", str, lambda state: sorted(state.lost), lambda state, rows: state.lost.update(rows), ("lost",)),
)
ALL_SIGNS = frozenset(Vitals.__struct_fields__) - {"is_client", "rejects", "raised", "acts"}
assert frozenset(_SIGNS) == ALL_SIGNS, f"a sign of life is in no image: {ALL_SIGNS ^ frozenset(_SIGNS)}"
