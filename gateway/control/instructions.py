"""Instructions of an order: from the contract's words, checked, and back into them."""

import re
from collections.abc import Sequence
from datetime import date

from gateway.api.v1 import instructions_pb2 as api
from gateway.control.codes import HANDL_INSTS, ORDER_CAPACITIES, POSITION_EFFECTS, by_number
from gateway.control.reading import (
    code,
    instant,
    optional_code,
    optional_name,
    optional_number,
    optional_positive,
    optional_text,
    wrong,
)
from oms.domain.exec_inst import ExecInst
from oms.domain.fields import HandlInst
from oms.domain.numbers import plain
from oms.domain.terms import PLAIN, CustomTags, Instructions

CUSTOM_TAGS_MAX = 16
CUSTOM_TAG_MIN, CUSTOM_TAG_MAX = 5_000, 99_999
LOCATE_ID_TAG = 5_700
_DATE = re.compile(r"[0-9]{8}").fullmatch
_EXEC_INSTS = frozenset(letter.code for letter in ExecInst)
_HANDL_INSTS = by_number(HANDL_INSTS)
_POSITION_EFFECTS = by_number(POSITION_EFFECTS)
_ORDER_CAPACITIES = by_number(ORDER_CAPACITIES)
_NS_PER_S = 1_000_000_000


def read(given: api.Instructions) -> Instructions:
    """What each field says by itself; whether it fits the order is asked in gateway.control.terms. Raises Refused."""
    return Instructions(
        handl_inst=code("handl_inst", given.handl_inst, _HANDL_INSTS) if given.handl_inst else HandlInst.AUTOMATED_PRIVATE,
        exec_inst=_exec_inst(given.exec_inst),
        min_qty=optional_positive("min_qty", given.min_qty),
        max_floor=optional_positive("max_floor", given.max_floor),
        peg_offset_value=optional_number("peg_offset_value", given.peg_offset_value),
        expire_time_ns=instant("expire_time", given.expire_time) if given.HasField("expire_time") else None,
        expire_date=_expire_date(given.expire_date),
        position_effect=optional_code("position_effect", given.position_effect, _POSITION_EFFECTS),
        order_capacity=optional_code("order_capacity", given.order_capacity, _ORDER_CAPACITIES),
        locate_reqd=given.locate_reqd if given.HasField("locate_reqd") else None,
        locate_id=optional_name("locate_id", given.locate_id),
        custom=custom_tags(given.custom_tags),
    )


def custom_tags(given: Sequence[api.CustomTag]) -> CustomTags:
    """Fields of no standard. Raises Refused."""
    if len(given) > CUSTOM_TAGS_MAX:
        raise wrong("custom_tags", f"are {len(given)}; at most {CUSTOM_TAGS_MAX} are allowed")
    for custom in given:
        custom_tag(custom.tag)
        if not optional_text("custom_tags", custom.value):
            raise wrong("custom_tags", f"{custom.tag} has no value")
    found = tuple((custom.tag, custom.value) for custom in given)
    if len(dict(found)) < len(found):
        raise wrong("custom_tags", "hold one tag twice")
    return found


def custom_tag(tag: int) -> int:
    """The tag of a field that no standard has taken. Raises Refused."""
    if tag == LOCATE_ID_TAG:
        raise wrong("custom_tags", f"{tag} is LocateID, which has a field of its own: locate_id")
    if not CUSTOM_TAG_MIN <= tag <= CUSTOM_TAG_MAX:
        raise wrong("custom_tags", f"{tag} is not between {CUSTOM_TAG_MIN} and {CUSTOM_TAG_MAX}")
    return tag


def shown(given: Instructions) -> api.Instructions | None:
    """In the contract's words; None where there is nothing to say."""
    if given == PLAIN:
        return None
    told = api.Instructions(
        handl_inst=HANDL_INSTS[given.handl_inst],
        exec_inst=given.exec_inst,
        min_qty="" if given.min_qty is None else plain(given.min_qty),
        max_floor="" if given.max_floor is None else plain(given.max_floor),
        peg_offset_value="" if given.peg_offset_value is None else plain(given.peg_offset_value),
        expire_date=given.expire_date,
        position_effect=None if given.position_effect is None else POSITION_EFFECTS[given.position_effect],
        order_capacity=None if given.order_capacity is None else ORDER_CAPACITIES[given.order_capacity],
        locate_reqd=given.locate_reqd,
        locate_id=given.locate_id,
        custom_tags=[api.CustomTag(tag=tag, value=value) for tag, value in given.custom],
    )
    if given.expire_time_ns is not None:
        told.expire_time.seconds, told.expire_time.nanos = divmod(given.expire_time_ns, _NS_PER_S)
    return told


def _exec_inst(text: str) -> str:
    letters = text.split(" ") if text else []
    for letter in letters:
        if letter not in _EXEC_INSTS:
            raise wrong("exec_inst", f"{text[:40]!r} is not codes of ExecInst(18) separated by single spaces")
    if len(set(letters)) < len(letters):
        raise wrong("exec_inst", f"{text[:40]!r} holds one code twice")
    return text


def _expire_date(text: str) -> str:
    if text and not _is_a_day(text):
        raise wrong("expire_date", f"{text[:40]!r} is no day as YYYYMMDD")
    return text


def _is_a_day(text: str) -> bool:
    if not _DATE(text):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
