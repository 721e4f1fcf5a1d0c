"""A FIX worker and its venue in one: speaks the engine's link, and answers orders at once.

Market orders are filled at 1.385 as a whole, limit orders rest until they are canceled or replaced. Whose they are, and at which
price, is not its business. An order of STRAY_QTY comes with a trade of an order that nobody placed; one of LOST_QTY is never
answered, and asked for again as if it had not come. An order of STUBBORN_QTY is never canceled.
"""

import asyncio
from pathlib import Path

from gateway import link
from gateway.codec.text import SOH, fields

PX = "1.385"
STRAY_QTY, LOST_QTY, STUBBORN_QTY = "13", "17", "19"
ORDERS, MARKET_DATA = "SIM", "SIM-MD"


class Venue:
    """One session's worker."""

    def __init__(self, session: str) -> None:
        self._session = session
        self._sent = 0
        self._received = 0
        self._executions = 0

    async def run(self, path: Path) -> None:
        """Until the link closes."""
        reader, writer = await asyncio.open_unix_connection(str(path))
        writer.write(link.frame(link.Hello(self._session, "boot", 1, 1, None)))
        cutter = link.Cutter()
        try:
            while data := await reader.read(1 << 16):
                frames = [link.from_engine.decode(body) for body in cutter.feed(data)]
                writer.write(b"".join([link.frame(answer) for frame in frames for answer in self._answers(frame)]))
        finally:
            writer.close()

    def _answers(self, frame: link.FromEngine) -> list[link.FromWorker]:
        match frame:
            case link.Grant():
                return [link.LoggedOn()]
            case link.Send():
                self._sent += 1
                sent = link.Sent(self._sent, frame.cl_ord_id, frame.root_id, frame.msg_type, frame.text.encode())
                found = dict(fields(frame.text.encode()))
                lost = [self._gap_fill()] if frame.msg_type == "D" and found[38] == LOST_QTY else []
                return [sent, *lost, *(self._message(text) for text in self._replies(frame.msg_type, found))]
            case _:
                return []

    def _replies(self, msg_type: str, found: dict[int, str]) -> list[str]:
        match msg_type:
            case "1":
                return [f"35=0|112={found[112]}|"]
            case "V":
                return [f"35=W|55={found[55]}|268=2|269=0|270=1.3849|269=1|270={PX}|"]
            case "D" if found[38] == LOST_QTY:
                return []
            case "D" if found[38] == STRAY_QTY:
                stray = {11: f"X{found[11]}"}
                trade = f"32=5|31={PX}|55=EURUSD|54=1|"
                return [self._report(found, "0", "0"), self._report(stray, "F", "1", trade)]
            case "D" if found[40] == "1":
                return [self._report(found, "0", "0"), self._report(found, "F", "2", f"32={found[38]}|31={PX}|")]
            case "D":
                return [self._report(found, "0", "0")]
            case "H" | "Q" | "AF":
                return []
            case "F" if found[38] == STUBBORN_QTY:
                return []
            case "F":
                return [self._report(found, "4", "4", f"41={found[41]}|")]
            case _:
                return [self._report(found, "5", "0", f"41={found[41]}|")]

    def _gap_fill(self) -> link.Sent:
        """The peer asked for our last message again."""
        raw = f"35=4|34={self._sent}|43=Y|123=Y|36={self._sent + 1}|".replace("|", SOH)
        return link.Sent(self._sent, "", "", "4", raw.encode())

    def _report(self, found: dict[int, str], exec_type: str, ord_status: str, more: str = "") -> str:
        self._executions += 1
        return f"35=8|11={found[11]}|37=V{found[11]}|17=E{self._executions}|150={exec_type}|39={ord_status}|{more}"

    def _message(self, text: str) -> link.Received:
        self._received += 1
        return link.Received(f"8=FIX.4.4|9=0|34={self._received}|{text}10=000|".replace("|", SOH).encode())
