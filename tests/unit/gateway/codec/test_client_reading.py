"""What a client asks, read field by field; what cannot be read or carried is refused by its number."""

import pytest

from gateway.codec import client_reading as reading
from gateway.codec.client_reading import Cancel, Malformed, MassCancel, NewOrder, StatusQuestion
from gateway.codec.text import Fields
from oms.domain.fields import HandlInst, OrderCapacity, OrdType, PositionEffect, Side, TimeInForce
from oms.domain.terms import Instructions
from tests.support.orders import D, terms

ORDER = "11=A|1=DESK1|55=EURUSD|54=1|38=1000|40=2|44=1.385"


def found(text: str) -> Fields:
    pairs = [part.partition("=") for part in text.split("|")]
    return [(int(tag), value) for tag, _, value in pairs]


def wrong(text: str) -> str:
    with pytest.raises(Malformed) as raised:
        reading.new_order(found(text), "")
    return str(raised.value)


def test_a_limit_order() -> None:
    assert reading.new_order(found(ORDER), "") == NewOrder("A", terms())


def test_an_order_without_an_account_is_for_the_default_one() -> None:
    assert reading.new_order(found(ORDER.replace("|1=DESK1", "")), "DESK1") == NewOrder("A", terms())
    assert wrong(ORDER.replace("|1=DESK1", "")) == "tag 1 is missing"


def test_every_instruction() -> None:
    text = (
        "11=A|1=DESK1|55=EURUSD|54=5|38=1000|40=4|44=1.385|99=1.39|59=6|18=G 6|21=3|77=O|110=100|111=0|114=N"
        "|126=20260102-03:04:05.678|211=-0.5|432=20260103|528=P|5700=LOC1|5001=red|9999=two words"
    )
    instructions = Instructions(
        handl_inst=HandlInst.MANUAL,
        exec_inst="G 6",
        min_qty=D(100),
        max_floor=D(0),
        peg_offset_value=D("-0.5"),
        expire_time_ns=1_767_323_045_678_000_000,
        expire_date="20260103",
        position_effect=PositionEffect.OPEN,
        order_capacity=OrderCapacity.PRINCIPAL,
        locate_reqd=False,
        locate_id="LOC1",
        custom=((5001, "red"), (9999, "two words")),
    )
    wanted = terms(
        side=Side.SELL_SHORT,
        ord_type=OrdType.STOP_LIMIT,
        stop_px=D("1.39"),
        time_in_force=TimeInForce.GOOD_TILL_DATE,
        instructions=instructions,
    )
    assert reading.new_order(found(text), "") == NewOrder("A", wanted)


def test_an_amount_of_money_stands_for_the_quantity() -> None:
    text = "11=A|1=DESK1|55=EURUSD|54=1|40=1|152=5000"
    assert reading.new_order(found(text), "").terms == terms(0, None, cash_order_qty=D(5000))
    assert wrong(f"{text}|38=100") == "tag 152 is given beside OrderQty(38); one of them says how much"


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("11=", "tag 11 is missing"),
        ("11=a b", "tag 11 is 'a b', not up to 64 printable ASCII characters without spaces"),
        ("38=0", "tag 38 is 0, and must be above zero"),
        ("38=-1", "tag 38 is -1, and must be above zero"),
        ("38=NaN", "tag 38 is 'NaN', no number of at most 18 digits before and 12 after the point"),
        ("38=1e3", "tag 38 is '1e3', no number of at most 18 digits before and 12 after the point"),
        ("40=Q", "tag 40 is 'Q', no code of OrdType that is served"),
        ("40=1", "tag 44 is given; an order of OrdType(40) 1 has no price"),
        ("40=4", "tag 99 is missing"),
        ("54=9", "tag 54 is '9', no code of Side that is served"),
        ("59=Z", "tag 59 is 'Z', no code of TimeInForce that is served"),
        ("99=1", "tag 99 is given; an order of OrdType(40) 2 has no trigger"),
        ("18=GG", "tag 18 is 'GG', not codes of one letter with spaces between"),
        ("111=-1", "tag 111 is -1: a quantity is never negative"),
        ("114=1", "tag 114 is '1', neither Y nor N"),
        ("126=soon", "tag 126 is 'soon', no UTCTimestamp"),
        ("126=20261332-00:00:00", "tag 126 is '20261332-00:00:00', which no calendar has"),
        ("432=20260230", "tag 432 is '20260230', which no calendar has"),
        ("168=20260102-03:04:05", "tag 168 (EffectiveTime) is not supported"),
        ("5001=\xe4", "tag 5001 is 'ä', not up to 256 printable ASCII characters"),
    ],
)
def test_a_field_that_cannot_be_is_named(field: str, problem: str) -> None:
    tag = f"{field.partition('=')[0]}="
    kept = [part for part in ORDER.split("|") if not part.startswith(tag)]
    assert wrong("|".join([*kept, field])) == problem


def test_custom_tags_have_a_bound() -> None:
    many = "|".join(f"{5001 + n}=x" for n in range(reading.CUSTOM_TAGS_MAX + 1))
    assert wrong(f"{ORDER}|{many}") == "tag 5065 is one custom tag too many; at most 64 are taken"


def test_the_other_requests() -> None:
    assert reading.cancel(found("11=B|41=A")) == Cancel("B", "A", "")
    replace = reading.replace(found(f"{ORDER}|41=X"), "")
    assert (replace.cl_ord_id, replace.orig_cl_ord_id, replace.terms) == ("A", "X", terms())
    assert replace.tags == {1, 11, 38, 40, 41, 44, 54, 55}
    assert reading.status_question(found("37=V1|790=Q")) == StatusQuestion("", "V1", "Q", "", None)
    assert reading.mass_cancel(found("11=M|530=7|54=2")) == MassCancel("M", "7", "", Side.SELL)
    assert reading.mass_cancel(found("11=M|530=1|55=EURUSD")) == MassCancel("M", "1", "EURUSD", None)
    assert reading.mass_cancel(found("11=M|530=7|1=DESK1")) == MassCancel("M", "7", "", None, "DESK1")


def test_a_mass_cancel_of_another_scope_is_refused() -> None:
    with pytest.raises(Malformed, match=r"tag 530 is '3'; 1 \(one symbol\) and 7 \(all orders\) are served"):
        reading.mass_cancel(found("11=M|530=3"))
    with pytest.raises(Malformed, match=r"tag 55 is given, and MassCancelRequestType\(530\) 7 means all orders"):
        reading.mass_cancel(found("11=M|530=7|55=EURUSD"))
