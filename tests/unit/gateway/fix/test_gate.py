"""What of a client's bytes QuickFIX may have."""

import pytest
import quickfix
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.version import FIX_42, FIX_44, FIX_50SP2, Version
from gateway.fix.gate import MESSAGE_BYTES_MAX, Fault, Gate, NoLogon, fault
from gateway.fix.layout import layout
from gateway.fix.token import Token, with_token

LOGON = "35=A|34=1|49=C|52=20260101-00:00:00|56=US|98=0|108=30"
ORDER = "35=D|34=2|49=C|52=20260101-00:00:00|56=US|11=A|21=1|55=X|54=1|60=20260101-00:00:00|38=1|40=1"


def raw(text: str, version: str = "FIX.4.4", off: int = 0, trailer: str = "10={:03}\x01") -> bytes:
    """A whole message; `off` makes its BodyLength wrong."""
    body = text.replace("|", "\x01").encode("latin-1") + b"\x01"
    message = b"8=%b\x019=%d\x01" % (version.encode(), len(body) + off) + body
    return message + trailer.format(sum(message) % 256).encode()


def opened(version: Version = FIX_44) -> Gate:
    """A Gate that a Logon has gone through."""
    gate = Gate(layout(version))
    adds = "|1137=9" if version is FIX_50SP2 else ""
    assert gate.feed(raw(LOGON + adds, version.begin_string)) == [raw(LOGON + adds, version.begin_string)]
    return gate


NO_LOGONS = {
    "another message": raw("35=0|34=1|49=C|52=20260101-00:00:00|56=US"),
    "of no type": raw("35=ZZ|34=1|49=C|52=20260101-00:00:00|56=US"),
    "no FIX": b"GET / HTTP/1.1\r\n",
    "a wrong length": raw(LOGON, off=-1),
    "a wrong checksum": raw(LOGON, trailer="10=999\x01"),
    "four digits of checksum": raw(LOGON, trailer="10=0{:03}\x01"),
    "too long": b"8=FIX.4.4\x019=%d\x0135=A\x01" % (MESSAGE_BYTES_MAX + 1),
    "no number": raw(LOGON.replace("34=1|", "")),
    "no SendingTime": raw(LOGON.replace("52=20260101-00:00:00|", "")),
    "no time": raw(LOGON.replace("20260101", "20261301")),
    "no SenderCompID": raw(LOGON.replace("49=C|", "")),
    "an unknown tag": raw(LOGON + "|4999=x"),
    "a tag of another message": raw(LOGON + "|11=x"),
    "a tag twice": raw(LOGON + "|108=30"),
    "no value": raw(LOGON + "|553="),
    "no value sign": raw(LOGON + "|553"),
    "a flag that is none": raw(LOGON + "|141=Q"),
    "a header field in the body": raw(LOGON + "|50=x"),
}


@pytest.mark.parametrize("what", NO_LOGONS)
def test_a_connection_ends_that_begins_with(what: str) -> None:
    with pytest.raises(NoLogon):
        Gate(layout(FIX_44)).feed(NO_LOGONS[what])


@pytest.mark.parametrize("version", [FIX_42, FIX_44, FIX_50SP2])
def test_a_logon_opens(version: Version) -> None:
    opened(version)


@pytest.mark.parametrize("more", ["141=Y", "9000=x", "95=3|96=a\x01b", "384=2|372=D|385=S|372=8|385=R", "98=1", "108=-1"])
def test_a_logon_opens_with_what_is_for_others_to_judge(more: str) -> None:
    tags = {part.partition("=")[0] for part in more.split("|")}
    kept = "|".join(part for part in LOGON.split("|") if part.partition("=")[0] not in tags)
    assert len(Gate(layout(FIX_44)).feed(raw(f"{kept}|{more}"))) == 1


RESET = "35=A|34=1|49=C|52=20260101-00:00:00|56=US|98=0|108=30|141=Y"


@pytest.mark.parametrize("of", ["34=1", "98=0", "108=30"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_reset_that_would_be_refused_does_not_come_to_quickfix(of: str, is_first: bool) -> None:
    gate = Gate(layout(FIX_44)) if is_first else opened()
    with pytest.raises(NoLogon):
        gate.feed(raw(RESET.replace(of, f"{of.partition('=')[0]}=x7")))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_reset_is_let_through(is_first: bool) -> None:
    gate = Gate(layout(FIX_44)) if is_first else opened()
    assert gate.feed(raw(RESET)) == [raw(RESET)]


@pytest.mark.parametrize("more", ["", "|141=N"])
def test_where_the_file_refuses_resets_any_other_logon_is_let_through(more: str) -> None:
    gate = Gate(layout(FIX_44), takes_resets=False)
    logon = raw(RESET.replace("|141=Y", more))
    assert gate.feed(logon) == [logon]


def test_a_reset_that_the_file_refuses_does_not_come_to_quickfix() -> None:
    with pytest.raises(NoLogon, match="reset_seq_num"):
        Gate(layout(FIX_44), takes_resets=False).feed(raw(RESET))


TOKEN = Token("t" * 64)


@pytest.mark.parametrize("logon", [LOGON, RESET, LOGON + "|10900=" + "x" * 64])
def test_a_logon_that_did_not_come_through_the_front_door_does_not_come_to_quickfix(logon: str) -> None:
    """It would reset the numbers before it asks for the token."""
    with pytest.raises(NoLogon, match="front door"):
        Gate(layout(FIX_44), token=TOKEN).feed(raw(logon))


@pytest.mark.parametrize("more", ["", "|10900=" + "x" * 64])
def test_a_later_logon_through_the_front_door_is_as_good_as_the_first(more: str) -> None:
    gate = Gate(layout(FIX_44), token=TOKEN)
    first = with_token(raw(LOGON), TOKEN)
    assert gate.feed(first) == [first]
    assert gate.feed(raw(RESET + more)) == [with_token(raw(RESET), TOKEN)]
    assert gate.feed(raw(ORDER)) == [raw(ORDER)]


GARBLED = {
    "a short length": raw(ORDER, off=-2),
    "a length of nothing": raw(ORDER, off=-len(raw(ORDER))),
    "a length beyond the bound": b"8=FIX.4.4\x019=%d\x0135=D\x01" % (MESSAGE_BYTES_MAX + 1),
    "a wrong checksum": raw(ORDER, trailer="10=999\x01"),
    "four digits of checksum": raw(ORDER, trailer="10=0{:03}\x01"),
    "two digits of checksum": raw(ORDER, trailer="10=01\x01"),
    "MsgType first": b"35=0\x018=FIX.4.4\x019=5\x0134=2\x0110=000\x01",
    "MsgType second": b"8=FIX.4.4\x0135=0\x019=5\x0134=2\x0110=000\x01",
    "MsgType fourth": b"8=FIX.4.4\x019=10\x0134=2\x0135=0\x0110=000\x01",
    "noise": b"noise",
    "half a head": b"8=FIX.4.4\x019=",
}


@pytest.mark.parametrize("what", GARBLED)
def test_what_is_garbled_is_passed_over_and_the_next_message_found(what: str) -> None:
    assert opened().feed(GARBLED[what] + raw(ORDER) + raw(ORDER)) == [raw(ORDER), raw(ORDER)]


def test_a_length_that_is_too_long_takes_the_next_message_with_it_and_no_more() -> None:
    gate = opened()
    assert gate.feed(raw(ORDER, off=2)) == []
    assert gate.feed(raw(ORDER)) == [raw(ORDER)]


@given(st.lists(st.sampled_from([*GARBLED.values(), raw(ORDER), raw("35=0|34=3|49=C|56=US")])), st.data())
def test_how_the_bytes_are_cut_makes_no_difference(pieces: list[bytes], data: st.DataObject) -> None:
    stream, gate, found = b"".join(pieces), opened(), list[bytes]()
    whole = opened().feed(stream)
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += gate.feed(stream[:size])
        stream = stream[size:]
    assert found == whole


@given(st.binary(max_size=500))
def test_no_bytes_break_it_and_a_message_behind_them_is_found(noise: bytes) -> None:
    found = opened().feed(noise.replace(b"8", b"7") + raw(ORDER))
    assert found == [raw(ORDER)]


def test_a_delimiter_inside_of_data_is_replaced() -> None:
    (found,) = opened().feed(raw(ORDER + "|354=9|355=a\x01b=c\x0110=|58=x"))
    assert found == raw(ORDER + "|354=9|355=a\x1fb=c\x1f10=|58=x")


@pytest.mark.parametrize("text", ["354=5|355=right", "354=6|355=short", "354=500|355=short", "354=2|58=no data"])
def test_data_without_a_delimiter_inside_is_left_alone(text: str) -> None:
    assert opened().feed(raw(f"{ORDER}|{text}")) == [raw(f"{ORDER}|{text}")]


OUT_OF_ORDER = {
    "453=1|448=A|452=3|447=D": Fault(447, 15),
    "453=2|448=A|447=D|452=3|448=B|452=1|447=D": Fault(447, 15),
    "453=1|448=A|447=D|452=3|802=1|523=x|803=1|447=D": Fault(447, 15),
    "453=1|448=A|447=D|452=3|802=2|523=x|803=1|803=2|523=y": Fault(803, 15),
    "453=1|448=A|447=D|447=D|452=3": Fault(447, 15),
}


@pytest.mark.parametrize("text", OUT_OF_ORDER)
def test_a_group_out_of_order_is_told_to_the_judge(text: str) -> None:
    (found,) = opened().feed(raw(f"{ORDER}|{text}"))
    what = OUT_OF_ORDER[text]
    assert found == raw(f"{ORDER}|{text}|10901={what.ref_tag_id}:15")
    assert fault(found) == what


@pytest.mark.parametrize(
    "text", ["453=1|448=A|447=D|452=3|58=x", "453=2|448=A|448=B|447=D", "453=1|448=A|802=2|523=x|803=1|523=y|803=2", "453=0|58=x"]
)
def test_a_group_in_order_is_left_alone(text: str) -> None:
    assert opened().feed(raw(f"{ORDER}|{text}")) == [raw(f"{ORDER}|{text}")]


@pytest.mark.parametrize("tag", ["10901", "0010901"])
def test_nobody_else_may_use_the_field_that_the_judge_is_told_by(tag: str) -> None:
    (found,) = opened().feed(raw(f"{ORDER}|{tag}=55:1"))
    assert found == raw(f"{ORDER}|10901=10901:0")


@pytest.mark.parametrize(
    ("tag", "ref_tag_id"), [("0141", 141), ("00000000000000000141", 141), ("0", 0), ("000", 0), ("0" + "9" * 5_000, 0)]
)
def test_a_tag_with_a_leading_zero_is_taken_out_and_told_to_the_judge(tag: str, ref_tag_id: int) -> None:
    """QuickFIX reads 0141 as 141, and nobody who looks for 141 would have seen it."""
    (found,) = opened().feed(raw(f"{ORDER}|{tag}=Y|{tag}=Y"))
    assert found == raw(f"{ORDER}|10901={ref_tag_id}:0")


@pytest.mark.parametrize("takes_resets", [True, False])
def test_no_reset_comes_to_quickfix_behind_a_leading_zero(takes_resets: bool) -> None:
    gate = Gate(layout(FIX_44), takes_resets=takes_resets)
    gate.feed(raw(LOGON))
    (found,) = gate.feed(raw(RESET.replace("34=1", "34=7").replace("141=", "0141=")))
    read = quickfix.Message(found.decode("latin-1"), False)
    assert not read.isSetField(141)
    assert fault(found) == Fault(141, 0)


@given(st.integers(1, 30), st.sampled_from([34, 43, 49, 98, 108, 141, 354, 10_901]))
def test_quickfix_reads_no_field_that_looks_otherwise_here(zeros: int, tag: int) -> None:
    (found,) = opened().feed(raw(f"{ORDER}|{'0' * zeros}{tag}=7"))
    assert found == raw(f"{ORDER}|10901={tag}:0")


def test_what_is_passed_over_is_told() -> None:
    told: list[bytes] = []
    gate = Gate(layout(FIX_44), told.append)
    gate.feed(raw(LOGON))
    garbled = raw(ORDER, trailer="10=999\x01")
    assert gate.feed(garbled + raw(ORDER)) == [raw(ORDER)]
    assert b"".join(told) == garbled
