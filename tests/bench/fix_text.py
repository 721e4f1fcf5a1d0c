"""FIX 4.4 as bytes, as fast as pure Python can write and read it: for both ends of a benchmark, without validation."""

import re
import time
import zlib

SOH = b"\x01"
FIELD = re.compile(rb"(\d+)=([^\x01]*)\x01")
CHECKSUM_TAG = b"\x0110="
CHECKSUM_EXACT_MAX = 500  # bytes: beyond, a sum of ASCII characters may pass the modulus of Adler-32


def checksum(text: bytes) -> int:
    """CheckSum(10) of `text`. The low half of an Adler-32 that starts at 0 is the plain sum, 9 times faster than `sum`."""
    return (zlib.adler32(text, 0) if len(text) <= CHECKSUM_EXACT_MAX else sum(text)) & 0xFF


def framed(body: bytes) -> bytes:
    """The whole message around `body`, which starts with MsgType(35) and ends with a delimiter."""
    text = b"8=FIX.4.4\x019=%d\x01%b" % (len(body), body)
    return b"%b10=%03d\x01" % (text, checksum(text))


def fields(message: bytes) -> dict[bytes, bytes]:
    """The fields of `message` by tag; of a repeated tag, the last."""
    return dict(FIELD.findall(message))


class Clock:
    """SendingTime(52) of now, in UTC with milliseconds; the calendar is consulted once per second."""

    def __init__(self) -> None:
        self._second = -1
        self._prefix = b""

    def now(self) -> bytes:
        second, ms = divmod(time.time_ns() // 1_000_000, 1000)
        if second != self._second:
            self._second = second
            self._prefix = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime(second)).encode()
        return b"%b.%03d" % (self._prefix, ms)
