"""What a counterparty takes, as its file says it: names of FIX values in words."""

from collections.abc import Iterable, Iterator
from enum import Enum

import msgspec

from gateway.taking import Instruction, Takes
from oms.deciding import PIPELINED_MAX
from oms.domain.exec_inst import ExecInst
from oms.domain.fields import HandlInst, OrdType, Side, TimeInForce
from ops.toml_file import Key

_DEFAULT = Takes()


def _names(members: Iterable[Enum]) -> tuple[str, ...]:
    return tuple(sorted(member.name for member in members))


class TakesWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[takes] of a counterparty's file. What is not said is as gateway.taking.Takes has it."""

    ord_types: tuple[str, ...] = _names(_DEFAULT.ord_types)
    times_in_force: tuple[str, ...] = _names(_DEFAULT.times_in_force)
    sides: tuple[str, ...] = _names(_DEFAULT.sides)
    exec_insts: tuple[str, ...] = _names(_DEFAULT.exec_insts)
    handl_insts: tuple[str, ...] = _names(_DEFAULT.handl_insts)
    instructions: tuple[str, ...] = tuple(sorted(instruction.value for instruction in _DEFAULT.instructions))
    replace: bool = _DEFAULT.replace
    replaces_pending_max: int = _DEFAULT.replaces_pending_max
    """So many replaces of one order may wait for an answer at once."""
    mass_cancel: bool = _DEFAULT.mass_cancel
    mass_status: bool | None = None
    """None, where the file does not say: as its version of FIX has it."""
    order_status: bool = _DEFAULT.order_status

    @property
    def meaning(self) -> Takes:
        """Of words of which none is `wrong`."""
        return Takes(
            ord_types=frozenset(OrdType[word] for word in self.ord_types),
            times_in_force=frozenset(TimeInForce[word] for word in self.times_in_force),
            sides=frozenset(Side[word] for word in self.sides),
            exec_insts=frozenset(ExecInst[word] for word in self.exec_insts),
            handl_insts=frozenset(HandlInst[word] for word in self.handl_insts),
            instructions=frozenset(Instruction(word) for word in self.instructions),
            replace=self.replace,
            replaces_pending_max=self.replaces_pending_max,
            mass_cancel=self.mass_cancel,
            mass_status=_DEFAULT.mass_status if self.mass_status is None else self.mass_status,
            order_status=self.order_status,
        )

    def wrong(self) -> Iterator[tuple[Key, str]]:
        """Words that name no value, or are there twice."""
        if not 1 <= self.replaces_pending_max <= PIPELINED_MAX:
            yield ("takes", "replaces_pending_max"), f"{self.replaces_pending_max} is not between 1 and {PIPELINED_MAX}"
        for key, kind in _KINDS.items():
            known = tuple(kind.__members__) if key != "instructions" else tuple(member.value for member in kind)
            for place, word in enumerate(getattr(self, key)):
                if word not in known:
                    yield ("takes", key, place), f"{word!r} is none of {', '.join(known)}"
                elif word in getattr(self, key)[:place]:
                    yield ("takes", key, place), f"{word!r} is there twice"


_KINDS: dict[str, type[Enum]] = {
    "ord_types": OrdType,
    "times_in_force": TimeInForce,
    "sides": Side,
    "exec_insts": ExecInst,
    "handl_insts": HandlInst,
    "instructions": Instruction,
}
