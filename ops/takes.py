"""What a counterparty takes, as its file says it: names of FIX values in words."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeVar

import msgspec

from gateway.taking import Instruction, Takes
from oms.domain.exec_inst import ExecInst
from oms.domain.fields import HandlInst, OrdType, Side, TimeInForce

_E = TypeVar("_E", bound=Enum)
_DEFAULT = Takes()


class UnknownWord(Exception):
    """A word that names no value; the message names the key."""


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
    mass_cancel: bool = _DEFAULT.mass_cancel
    mass_status: bool = _DEFAULT.mass_status
    order_status: bool = _DEFAULT.order_status


def takes(words: TakesWords) -> Takes:
    """The words' meaning. Raises UnknownWord."""
    fields = {instruction.value: instruction for instruction in Instruction}
    return Takes(
        ord_types=_members("ord_types", words.ord_types, OrdType),
        times_in_force=_members("times_in_force", words.times_in_force, TimeInForce),
        sides=_members("sides", words.sides, Side),
        exec_insts=_members("exec_insts", words.exec_insts, ExecInst),
        handl_insts=_members("handl_insts", words.handl_insts, HandlInst),
        instructions=frozenset(fields[_known("instructions", word, fields)] for word in words.instructions),
        replace=words.replace,
        mass_cancel=words.mass_cancel,
        mass_status=words.mass_status,
        order_status=words.order_status,
    )


def _members(key: str, words: Sequence[str], kind: type[_E]) -> frozenset[_E]:
    return frozenset(kind[_known(key, word, kind.__members__)] for word in words)


def _known(key: str, word: str, known: Iterable[str]) -> str:
    names = list(known)
    if word not in names:
        raise UnknownWord(f"takes.{key}: {word!r} is none of {', '.join(names)}")
    return word
