"""What the engine leaves behind between two commits: facts to be made durable, and what may be told once they are."""

from collections.abc import Callable

from gateway.facts import Fact
from gateway.inbox import Reply
from oms.domain.events import Answer
from oms.domain.report import Receipt
from oms.journal.record import Mark


class Batch:
    """Facts, the inbound positions they move, and what to do after the commit."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.after: list[Callable[[], None]] = []
        self.closing: list[Callable[[], None]] = []
        """What looks at the state when the batch is closed, and before anything of the next one."""
        self._before: dict[tuple[str, int], int] = {}
        self._after: dict[tuple[str, int], int] = {}

    def is_empty(self) -> bool:
        return not (self.facts or self.after or self.closing)

    def move(self, receipt: Receipt, expected: int) -> None:
        """A message counts; `expected` is the number that its session expected before it."""
        position = (receipt.session, receipt.session_epoch)
        self._before.setdefault(position, expected)
        self._after[position] = receipt.next_target

    def begin(self, session: str, session_epoch: int, next_target: int) -> None:
        """Another epoch of the session begins, with this number expected first."""
        self._before[session, session_epoch] = 1  # As of an epoch that has no row yet.
        self._after[session, session_epoch] = next_target

    def answer(self, reply: Reply | None, seq: int, answer: Answer, *, is_repeat: bool) -> None:
        """Tell `reply` after the commit."""
        if reply is not None:
            self.after.append(lambda: reply(seq, answer, is_repeat))

    def marks(self) -> list[Mark]:
        """The inbound positions that this batch moves; a session's first one has no row yet."""
        return [
            Mark(session, epoch, None if before == 1 else before, self._after[session, epoch])
            for (session, epoch), before in self._before.items()
            if self._after[session, epoch] != before
        ]
