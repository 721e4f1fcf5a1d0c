"""Frames between engine and worker: what is written is read, however the stream is cut."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import link

TO_ENGINE: tuple[link.FromWorker, ...] = (
    link.Hello("S", "boot", 9, 7, link.SentLog("boot", 1, 3, (link.Logged(6, 5, "FG1", "FG1", "D", b"\x01\xff"),))),
    link.Hello("S", "boot", 9, 1, None),
    link.LoggedOn(),
    link.LoggedOut(),
    link.Received(b"8=FIX.4.4\x01\x00\xe9"),
    link.Sent(6, "FG1", "FG1", "D", b"raw"),
    link.NotSent("FG1", "FG1", "D", "EXPIRED"),
    link.WantNumbers(),
)
TO_WORKER: tuple[link.FromEngine, ...] = (
    link.Grant(3, 1, 7, 9, 10_000),
    link.Send(5, "FG1", "FG1", "D", 0, "8=FIX.4.4\x01"),
    link.Reserve(20_000),
    link.Lease(6, 1),
    link.Stop(),
)


def cut(stream: bytes, *places: int) -> list[bytes]:
    """The bodies that a cutter finds when the stream comes in these pieces."""
    cutter = link.Cutter()
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [body for start, end in itertools.pairwise(edges) for body in cutter.feed(stream[start:end])]


@given(st.lists(st.sampled_from(TO_ENGINE)), st.lists(st.integers(0, 10_000)))
def test_however_the_stream_is_cut_the_frames_are_the_same(frames: list[link.FromWorker], places: list[int]) -> None:
    stream = b"".join(link.frame(frame) for frame in frames)
    assert [link.from_worker.decode(body) for body in cut(stream, *places)] == frames


def test_byte_by_byte_the_frames_are_the_same() -> None:
    stream = b"".join(link.frame(frame) for frame in TO_WORKER)
    assert [link.from_engine.decode(body) for body in cut(stream, *range(len(stream)))] == list(TO_WORKER)


def test_a_frame_is_heard_of_when_it_is_whole() -> None:
    cutter, stream = link.Cutter(), link.frame(link.Lease(6, 1))
    assert [cutter.feed(stream[:3]), cutter.feed(stream[3:-1]), cutter.feed(stream[-1:])] == [[], [], [stream[4:]]]


@pytest.mark.parametrize(("length", "is_broken"), [(link.FRAME_BYTES_MAX, False), (link.FRAME_BYTES_MAX + 1, True)])
def test_a_length_that_no_frame_has_breaks_the_link(length: int, is_broken: bool) -> None:
    cutter, head = link.Cutter(), length.to_bytes(4, "big")
    if not is_broken:
        assert cutter.feed(head + b"x") == []
        return
    with pytest.raises(link.LinkBroken, match=f"a frame of {length} bytes"):
        cutter.feed(head)


@given(st.binary(max_size=64))
def test_a_body_that_is_no_frame_is_refused_in_one_way(body: bytes) -> None:
    for decoder in (link.from_worker, link.from_engine):
        try:
            decoded = decoder.decode(body)
        except msgspec.DecodeError:
            continue
        assert decoder.decode(msgspec.msgpack.encode(decoded)) == decoded


def test_no_frame_of_one_side_is_a_frame_of_the_other() -> None:
    for frame in TO_ENGINE:
        with pytest.raises(msgspec.DecodeError):
            link.from_engine.decode(link.frame(frame)[4:])
    for answer in TO_WORKER:
        with pytest.raises(msgspec.DecodeError):
            link.from_worker.decode(link.frame(answer)[4:])
