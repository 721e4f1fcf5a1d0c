"""What the door sees in bytes: a Logon or none, and that nothing has no end."""

import pytest

from gateway.door.frames import FirstMessage, Logon, Meter, NotALogon, TooMuch

IDS = b"49=EXAMPLE\x0156=FIXGATE\x01"


def framed(body: bytes, begin_string: bytes = b"FIX.4.4", *, length: int | None = None, total: int = 0) -> bytes:
    raw = b"8=%b\x019=%d\x01" % (begin_string, len(body) if length is None else length) + body
    return raw + b"10=%03d\x01" % ((sum(raw) + total) % 256)


LOGON = framed(b"35=A\x0134=1\x01" + IDS + b"98=0\x01108=30\x01")


def first(data: bytes, bytes_max: int = 4_096) -> Logon | None:
    return FirstMessage(bytes_max).feed(data)


def test_a_logon_is_known_by_its_ids() -> None:
    assert first(LOGON) == Logon(LOGON, "FIX.4.4", "EXAMPLE", "FIXGATE")


def test_a_logon_may_come_byte_by_byte() -> None:
    message = FirstMessage(4_096)
    found = [message.feed(LOGON[at : at + 1]) for at in range(len(LOGON))]
    assert found == [*[None] * (len(LOGON) - 1), Logon(LOGON, "FIX.4.4", "EXAMPLE", "FIXGATE")]


def test_what_comes_behind_the_logon_is_kept() -> None:
    message = FirstMessage(4_096)
    message.feed(LOGON + b"8=FIX")
    message.keep(b".4.4")
    assert message.rest == b"8=FIX.4.4"


@pytest.mark.parametrize("data", [b"\x16\x03\x01", b"GET / HTTP/1.1", b"9", b"8=GIF", b"8=FIX.4.4\x0135=A\x01" + 31 * b"x"])
def test_what_begins_no_message_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(NotALogon):
        first(data)


def test_a_huge_body_length_is_refused_as_soon_as_it_is_read() -> None:
    with pytest.raises(TooMuch):
        first(b"8=FIX.4.4\x019=99999\x01")
    with pytest.raises(NotALogon):
        first(b"8=FIX.4.4\x019=" + 20 * b"9")


@pytest.mark.parametrize(
    "raw",
    [
        framed(b"35=A\x01" + IDS, total=1),
        framed(b"35=A\x01" + IDS, length=len(IDS)),
        framed(b"35=D\x01" + IDS),
        framed(IDS + b"35=A\x01"),
        framed(b"35=A\x01" + IDS + b"49=OTHER\x01"),
        framed(b"35=A\x01" + IDS + b"049=OTHER\x01"),
        framed(b"35=A\x0149=EXAMPLE\x01"),
        framed(b"35=A\x0149=\x0156=FIXGATE\x01"),
    ],
    ids=["checksum", "length", "an order", "MsgType later", "an id twice", "an id twice, one in disguise", "no target", "empty"],
)
def test_what_is_no_good_logon_is_refused(raw: bytes) -> None:
    with pytest.raises(NotALogon):
        first(raw)


def test_whole_messages_are_counted() -> None:
    meter = Meter(1_000)
    heartbeat = framed(b"35=0\x01")
    assert [meter.feed(heartbeat * 3), meter.feed(heartbeat[:9]), meter.feed(heartbeat[9:] + heartbeat)] == [3, 0, 2]


def test_garbled_messages_pass_and_the_next_good_one_is_counted() -> None:
    meter = Meter(1_000)
    good, garbled = framed(b"35=0\x01"), framed(b"35=0\x01", length=3)
    assert [meter.feed(garbled), meter.feed(b"\xff\x00" + good + b"rubbish"), meter.feed(good)] == [0, 1, 1]


@pytest.mark.parametrize(
    "data",
    [
        b"8=FIX.4.4\x019=1001\x01",
        b"8=FIX.4.4\x019=0000000001\x01",
        b"8=FIX.4.4\x019=99999999999999",
        framed(b"35=0\x019=5000\x01"),
        b"\xff\x019=5000\x01",
    ],
    ids=["a head", "zeros in front", "no end", "inside of a message", "inside of rubbish"],
)
def test_no_body_length_beyond_the_bound_gets_through_wherever_it_stands(data: bytes) -> None:
    for size in (1, 2, 3, len(data)):
        parts = [data[at : at + size] for at in range(0, len(data), size)]
        with pytest.raises(TooMuch):
            list(map(Meter(1_000).feed, parts))


@pytest.mark.parametrize("rubbish", [b"x", b"8=FIX.4.4\x0135=0\x01", framed(b"35=0\x01", length=3)])
def test_bytes_without_a_whole_message_have_a_bound(rubbish: bytes) -> None:
    meter, fed = Meter(1_000), 0
    while True:
        try:
            meter.feed(rubbish)
        except TooMuch:
            break
        fed += len(rubbish)
    assert 1_000 < fed < 3_000
