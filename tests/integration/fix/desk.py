"""The engine's rules behind a real worker, for one order: what the worker tells is decided and applied."""

from decimal import Decimal
from typing import Self

from gateway import link
from gateway.cell import Cell
from gateway.codec.text import fields
from gateway.rules import FromLink
from gateway.sessions import SessionGranted
from oms.domain.events import MessageSent, ReportQuarantined
from tests.integration.fix.rig import Rig
from tests.support.model_engine import Engine
from tests.support.orders import CELL, SESSION, placed

Body = list[tuple[int, str]]
GRANT = link.Grant(2, 1, 1, 1, 10_000)
IDS: Body = [(37, "V1"), (11, "FG00000001"), (55, "EURUSD"), (54, "1")]


def fill(exec_id: str = "E1") -> Body:
    """100 of the order's 1,000."""
    return [*IDS, (17, exec_id), (150, "F"), (39, "1"), (32, "100"), (31, "1.3850"), (14, "100"), (151, "900"), (6, "1.3850")]


class Desk:
    """Holds the session and the order as the journal would."""

    def __init__(self, rig: Rig, cell: Cell = CELL) -> None:
        self.rig = rig
        self.engine = Engine(cell, [], 1)
        self.engine.add(SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1))
        self.engine.add(placed(grant=GRANT.grant))
        self.engine.add(MessageSent("FG00000001", "FG00000001", SESSION, 1, 0, "D", ""))

    def granted(self) -> Self:
        """Let the worker log on."""
        self.rig.granted(GRANT)
        return self

    def says(self) -> None:
        """Commit, and give the worker what may then go out."""
        frames = [out.frame for out in self.engine.commit() if not isinstance(out.frame, link.Grant)]
        self.rig.say(*frames)

    def hears(self) -> link.FromWorker:
        """One frame of the worker, decided and applied."""
        frame: link.FromWorker = self.rig.hear(link.FromWorker)  # type: ignore[arg-type]  # Any of them.
        self.engine.take(FromLink(SESSION, GRANT.grant, frame))
        assert not self.engine.hole
        return frame

    def expects(self, number: int) -> None:
        """Go on until this number is the next one that counts."""
        while self.engine.state.sessions[SESSION].next_target < number:
            self.hears()

    def hears_of(self, msg_type: str) -> None:
        """Go on until a message of that type has come in."""
        while not isinstance(frame := self.hears(), link.Received) or dict(fields(frame.raw)).get(35) != msg_type:
            pass

    def traded(self) -> Decimal:
        return self.engine.traded().get("FG00000001", Decimal(0))

    def set_aside(self) -> list[str]:
        """What a person was told."""
        return [fact.event.reason for _, fact in self.engine._open if isinstance(fact.event, ReportQuarantined)]
