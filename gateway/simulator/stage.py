"""Where cases of scenario files are played by themselves: which play a message belongs to, and what the venue then says. Pure.

An order names its case in tag 9000 as `matrix/case/course`, such as `B.1.b/main/1`: course 1 is the case as it is printed, the
others have crossing messages in the other order. An order without the tag plays the next of the cases that the stage was given.
After each message that it was waiting for, the venue says all that its course says until the next one that it waits for. Cases
that the venue begins begin at the logon. Nothing of this outlives the process.
"""

from collections import deque
from collections.abc import Iterable, Mapping

from gateway.codec.text import Fields
from gateway.simulator import report, statements
from gateway.simulator.playing import Play, Unexpected
from gateway.simulator.requests import StatusRequest, read, text
from gateway.simulator.scenario import FROM_VENUE, Scenario, courses

CASE_TAG = 9000
_NAMES_SHOWN = 10


class CaseUnknown(Exception):
    """A name that no scenario file holds."""


class Stage:
    """The plays of one orders session."""

    def __init__(self, scenarios: Iterable[Scenario], cases: Iterable[str], id_prefix: str) -> None:
        """`cases` are played by the orders without a tag, one after the other; a name without a course means the first.

        `id_prefix` begins every id that is made here. Raises CaseUnknown.
        """
        self._courses = courses(scenarios)
        self._waiting = deque([self._named(case) for case in cases])
        self._id_prefix = id_prefix
        self._plays: list[Play] = []
        self._has_begun = False

    def log_on(self, at_ns: int) -> list[str]:
        """What the venue says unasked: the beginnings of the cases that are its own to begin. Only at the first logon."""
        if self._has_begun:
            return []
        self._has_begun = True
        own = [name for name in self._waiting if self._courses[name][0].dir == FROM_VENUE]
        self._waiting = deque([name for name in self._waiting if name not in own])
        return [said for name in own for said in _said(self._begun(name), at_ns)]

    def hear(self, fields: Fields, at_ns: int) -> list[str]:
        """What the venue says to a message. Raises Unexpected, Malformed and Unsupported, and then nothing has changed."""
        found = dict(fields)
        play = self._play(found) or self._new_play(found)
        if play is None:
            return [_unknown(fields, at_ns)]
        is_repeated = "Y" in {found.get(97), found.get(43)}
        is_due = play.due is not None and play.due.msg == found.get(35)
        if not is_due and (is_repeated or found.get(35) == "H") and play.knows(found.get(11, "")):
            return [play.status(found, at_ns)]
        play.hear(found)
        if play not in self._plays:
            self._plays.append(play)
            if CASE_TAG not in found:
                self._waiting.popleft()
        return _said(play, at_ns)

    def _play(self, found: Mapping[int, str]) -> Play | None:
        """The one that knows the message's order, or waits for a message that names none."""
        ids = {found[tag] for tag in (11, 41) if tag in found}
        knowing = [play for play in reversed(self._plays) if any(play.knows(one) for one in ids)]
        if knowing or found.get(35) not in {"Q", "q"}:
            return next(iter(knowing), None)
        return next((play for play in self._plays if play.due is not None and play.due.msg == found[35]), None)

    def _new_play(self, found: Mapping[int, str]) -> Play | None:
        """The case that the message may begin, not on the stage yet. None where there is none."""
        tagged = text(found, CASE_TAG, needed=False)
        if not tagged and (not self._waiting or found.get(35) == "H"):
            return None
        try:
            return self._play_of(self._named(tagged) if tagged else self._waiting[0])
        except CaseUnknown as failure:
            raise Unexpected(f"tag {CASE_TAG}: {failure}") from failure

    def _begun(self, name: str) -> Play:
        play = self._play_of(name)
        self._plays.append(play)
        return play

    def _play_of(self, name: str) -> Play:
        return Play(name, self._courses[name], f"{self._id_prefix}-{len(self._plays) + 1}")

    def _named(self, case: str) -> str:
        """The name of the course. Raises CaseUnknown."""
        for name in (case, f"{case}/1"):
            if name in self._courses:
                return name
        near = [name for name in self._courses if name.startswith(case.partition("/")[0])][:_NAMES_SHOWN]
        raise CaseUnknown(f"{case!r} is no case: {', '.join(near) or 'nothing of that name'}")


def _unknown(fields: Fields, at_ns: int) -> str:
    """Only a question about an order that nobody plays has an answer."""
    msg_type = dict(fields).get(35)
    request = read(fields) if msg_type == "H" else None
    if not isinstance(request, StatusRequest):
        raise Unexpected(f"no case is waiting for MsgType(35)={msg_type}, and tag {CASE_TAG} names none")
    return report.message(statements.unknown(request, at_ns))


def _said(play: Play, at_ns: int) -> list[str]:
    """All that is the venue's to say now."""
    said: list[str] = []
    while play.due is not None and play.due.dir == FROM_VENUE:
        said.append(play.say(at_ns))
    return said
