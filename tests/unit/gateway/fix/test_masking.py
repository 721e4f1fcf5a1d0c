"""No credential leaves the worker."""

import pytest

from gateway.fix.masking import masked


@pytest.mark.parametrize("tag", [b"554", b"925", b"96", b"1402", b"1404"])
def test_a_secret_is_masked_wherever_it_stands(tag: bytes) -> None:
    raw = b"8=FIX.4.4\x0135=A\x01%b=hunter2\x01553=me\x01%b=again\x0110=000\x01" % (tag, tag)
    assert masked(raw) == b"8=FIX.4.4\x0135=A\x01%b=***\x01553=me\x01%b=***\x0110=000\x01" % (tag, tag)


def test_a_message_without_secrets_is_the_same_object() -> None:
    raw = b"8=FIX.4.4\x0135=D\x0111=554=no\x011554=x\x01596=y\x01402=z\x0110=000\x01"
    assert masked(raw) is raw


def test_a_secret_may_be_empty_or_hold_an_equals_sign() -> None:
    assert masked(b"8=F\x01554=\x01925=a=b\x01") == b"8=F\x01554=***\x01925=***\x01"


@pytest.mark.parametrize(("length_tag", "tag"), [(95, 96), (1401, 1402), (1403, 1404)])
def test_a_secret_may_hold_delimiters(length_tag: int, tag: int) -> None:
    raw = b"8=F\x0135=A\x01%d=6\x01%d=a\x0177=b\x01553=me\x01554=c\x0110=000\x01" % (length_tag, tag)
    assert masked(raw) == b"8=F\x0135=A\x01%d=6\x01%d=***\x01553=me\x01554=***\x0110=000\x01" % (length_tag, tag)


def test_a_wrong_length_hides_nothing_else() -> None:
    assert masked(b"8=F\x0195=900\x0196=a\x0137=V1\x01") == b"8=F\x0195=900\x0196=***\x0137=V1\x01"
    assert masked(b"8=F\x0195=3\x0196=a\x0137=V1\x01") == b"8=F\x0195=3\x0196=***\x0137=V1\x01"
