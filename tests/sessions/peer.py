"""A FIX peer that says what it is told, byte for byte, and takes apart what it hears. Knows no FIX engine."""

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

SOH = b"\x01"
HEARD_S_MAX = 20.0
"""So long an answer may take on a machine that is busy with something else."""
Fields = list[tuple[int, str]]
_FRAME = re.compile(rb"8=[^\x01]*\x019=(\d{1,6})\x01")
_TRAILER_BYTES = len(b"10=000\x01")


class Unheard(Exception):
    """What came is not what was due: says what did."""


class Peer:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._rest = b""

    @classmethod
    async def connect(cls, port: int) -> "Peer":
        """Raises OSError."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def write(self, raw: bytes) -> None:
        """These very bytes."""
        self._writer.write(raw)
        await self._writer.drain()

    async def hang_up(self) -> None:
        """A second time is nothing."""
        self._writer.close()
        with suppress(ConnectionError):  # The acceptor was quicker.
            await self._writer.wait_closed()

    async def hear(self, within_s: float = HEARD_S_MAX) -> Fields:
        """The next message. Raises Unheard when it is broken or does not come."""
        try:
            async with asyncio.timeout(within_s):
                while (raw := self._cut()) is None:
                    if not (data := await self._reader.read(1 << 16)):
                        raise Unheard("the acceptor hung up")
                    self._rest += data
        except TimeoutError:
            raise Unheard("nothing came") from None
        except ConnectionError:
            raise Unheard("the acceptor hung up") from None
        return taken_apart(raw)

    async def hears_nothing(self, for_s: float) -> None:
        """Nobody speaks, nobody hangs up. Raises Unheard."""
        try:
            said = await self.hear(for_s)
        except Unheard as unheard:
            if str(unheard) == "nothing came":
                return
            raise
        raise Unheard(f"the acceptor said {shown(said)} where it had to be silent")

    def _cut(self) -> bytes | None:
        """The next whole message. Raises Unheard where what came is none."""
        frame = _FRAME.match(self._rest)
        if frame is None:
            if len(self._rest) > 64:
                raise Unheard(f"{self._rest[:64]!r} is no message")
            return None
        end = frame.end() + int(frame[1]) + _TRAILER_BYTES
        if len(self._rest) < end:
            return None
        raw, self._rest = self._rest[:end], self._rest[end:]
        return raw


def taken_apart(raw: bytes) -> Fields:
    """The fields of a message that is well framed. Raises Unheard."""
    body, trailer = raw[:-_TRAILER_BYTES], raw[-_TRAILER_BYTES:]
    if trailer != b"10=%03d\x01" % (sum(body) % 256):
        raise Unheard(f"{raw!r} has a wrong checksum or length")
    parts = [part.partition("=") for part in raw.decode("latin-1")[:-1].split("\x01")]
    if [tag for tag, _, _ in parts[:3]] != ["8", "9", "35"]:
        raise Unheard(f"{raw!r} does not begin with tags 8, 9 and 35")
    return [(int(tag), value) for tag, _, value in parts]


def put_together(found: Iterable[tuple[int, str]]) -> bytes:
    """The message with these fields in this order; `$LEN` and `$SUM` stand for what would be right, `$LEN+3` for what is not."""
    raw = b"".join(b"%d=%b\x01" % (tag, value.encode("latin-1")) for tag, value in found)
    if length := re.search(rb"(?<=\x01)(\d+)=\$LEN([+-]\d+)?\x01", raw):
        trailer = raw.rfind(SOH + b"10=")
        size = (len(raw) if trailer < 0 else trailer + 1) - length.end() + int(length[2] or 0)
        raw = raw[: length.start()] + b"%b=%d\x01" % (length[1], size) + raw[length.end() :]
    if check := re.search(rb"(?<=\x01)10=\$SUM(4?)([+-]\d+)?", raw):
        total = (sum(raw[: check.start()]) + int(check[2] or 0)) % 256
        digits = b"%04d" if check[1] else b"%03d"
        raw = raw[: check.start()] + b"10=" + digits % total + raw[check.end() :]
    return raw


def now(offset_s: float = 0) -> str:
    """SendingTime(52), to the millisecond."""
    return (datetime.now(UTC) + timedelta(seconds=offset_s)).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]


def shown(found: Iterable[tuple[int, str]]) -> str:
    """For a person's eye."""
    return "|".join(f"{tag}={value}" for tag, value in found if tag not in {8, 9, 10, 49, 52, 56})
