"""The door's reading of a stream does not depend on how it is cut, and a token leaves no trace."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.door.frames import FirstMessage, Logon, Meter, NotALogon, TooMuch
from gateway.fix.token import TAG, Token, has_any, with_token, without_token

BYTES_MAX = 300
values = st.binary(min_size=1, max_size=20).map(lambda value: value.replace(b"\x01", b"."))
bodies = st.lists(st.tuples(st.integers(11, 9_999), values), max_size=8).map(
    lambda found: b"35=0\x01" + b"".join(b"%d=%b\x01" % one for one in found)
)


def framed(body: bytes) -> bytes:
    raw = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return raw + b"10=%03d\x01" % (sum(raw) % 256)


messages = bodies.map(framed)
pieces = st.one_of(
    messages,
    st.binary(max_size=40),
    messages.map(lambda raw: raw[: len(raw) // 2]),
    st.integers(0, 10**7).map(lambda length: b"8=FIX.4.4\x019=%d\x01" % length),
)
tokens = st.text("abcXYZ019_-", min_size=32, max_size=128).map(Token)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    at = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[a:b] for a, b in pairwise(at)]


@given(found=st.lists(messages, max_size=6), places=st.lists(st.integers(0, 10**6), max_size=12))
def test_every_whole_message_is_counted_however_the_stream_is_cut(found: list[bytes], places: list[int]) -> None:
    meter = Meter(BYTES_MAX)
    assert sum(map(meter.feed, cut(b"".join(found), places))) == len(found)


@given(found=st.lists(pieces, max_size=12), places=st.lists(st.integers(0, 10**6), max_size=12))
def test_what_gets_through_has_no_length_beyond_the_bound_and_an_end(found: list[bytes], places: list[int]) -> None:
    meter, passed = Meter(BYTES_MAX), b""
    try:
        for data in cut(b"".join(found), places):
            meter.feed(data)
            passed += data
    except TooMuch:
        pass
    lengths = re.findall(rb"\x019=(\d+)\x01", passed)
    assert all(int(length) <= BYTES_MAX for length in lengths)
    ends = [match.end() for match in re.finditer(rb"\x0110=\d{3}\x01", passed)]
    longest = max(b - a for a, b in zip([0, *ends], [*ends, len(passed)], strict=True))
    assert longest <= 2 * BYTES_MAX + 100


@given(data=st.binary(max_size=200), places=st.lists(st.integers(0, 10**6), max_size=5))
def test_rubbish_is_never_a_logon(data: bytes, places: list[int]) -> None:
    first = FirstMessage(4_096)
    found: list[Logon | None] = []
    try:
        found = [first.feed(part) for part in cut(data, places)]
    except (NotALogon, TooMuch):
        return
    assert not any(found)
    assert b"8=FIX".startswith(data[:5])


@given(body=bodies, token=tokens)
def test_a_token_goes_in_and_comes_out_without_a_trace(body: bytes, token: Token) -> None:
    raw = framed(body)
    sealed = with_token(raw, token)
    assert token.is_in(sealed)
    assert not token.is_in(raw)
    assert sealed == framed(body + b"%d=%b\x01" % (TAG, token.text.encode()))
    assert without_token(sealed) == raw
    assert without_token(raw) is raw


@given(token=tokens, other=tokens)
def test_another_token_is_none(token: Token, other: Token) -> None:
    sealed = with_token(framed(b"35=A\x01"), other)
    assert has_any(sealed)
    assert token.is_in(sealed) is (token == other)


@pytest.mark.parametrize("text", ["", "short", "x" * 129, "x" * 31, "with space" * 5, "SOH\x01" * 10])
def test_what_is_easy_to_guess_or_breaks_a_message_is_no_token(text: str) -> None:
    with pytest.raises(ValueError, match="a token is"):
        Token(text)


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(Token("secret" * 8))


def test_two_tokens_prove_nothing() -> None:
    token = Token("a" * 32)
    assert not token.is_in(with_token(with_token(framed(b"35=A\x01"), token), token))
    assert has_any(framed(b"35=A\x01010900=x\x01"))
