"""Which faults are asked for, and which of them acts now: asked by the broker's threads and by its wire at every message.

What is set by hand is armed at once. A script is played in its order: each entry is armed when the one before it first acted.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from gateway.simulator.entries import Entry, Lasting, Unusable
from gateway.simulator.faults import Fault, Way

ARMED_MAX = 100
"""So many may be asked for at once, those of the script that still wait included."""
PAST_MAX = 100


class Asked(msgspec.Struct, frozen=True):
    """How an entry stands, for people."""

    number: int
    entry: str
    state: str
    """`waits`, `armed`, `acts` or `over`."""
    struck: int
    """Messages that it has acted on."""


class _Armed:
    """One entry from its arming on."""

    def __init__(self, number: int, entry: Entry, now_s: float) -> None:
        self.number, self.entry, self.armed_s = number, entry, now_s
        self.began_s: float | None = None
        self.struck = self._seen = 0
        self._chance = random.Random(entry.when.seed)
        lasting = entry.lasting
        once = not entry.fault.is_state and lasting == Lasting()
        self._times = 1 if once else lasting.times

    def is_over(self, now_s: float) -> bool:
        lasts_s = self.entry.lasting.s
        is_done = bool(self._times) and self.struck >= self._times
        return is_done or (bool(lasts_s) and self.began_s is not None and now_s >= self.began_s + lasts_s)

    def is_on(self, now_s: float) -> bool:
        """Whether it is a state and acts now, whatever comes: it began with a message, or waits for none."""
        when = self.entry.when
        waits_for_none = not when.after and not when.msg_type and when.chance == 1
        if self.entry.fault.is_state and waits_for_none and self._is_time(now_s):
            self._begin(now_s)
        return self.entry.fault.is_state and self.began_s is not None and not self.is_over(now_s)

    def strikes(self, msg_type: str, now_s: float) -> bool:
        """Whether it acts on this message."""
        when = self.entry.when
        if self.is_over(now_s) or not self._is_time(now_s) or self.entry.fault.only not in ("", msg_type):
            return False
        if not self.is_on(now_s):
            if when.msg_type not in ("", msg_type):
                return False
            self._seen += 1
            if self._seen <= when.after or self._chance.random() >= when.chance:
                return False
        self._begin(now_s)
        self.struck += 1
        return True

    def _is_time(self, now_s: float) -> bool:
        return now_s >= self.armed_s + self.entry.when.at_s

    def _begin(self, now_s: float) -> None:
        if self.began_s is None:
            self.began_s = now_s


class Switchboard:
    """Every method may be called on any thread. Time is monotonic, in seconds."""

    def __init__(self, script: Iterable[Entry] = (), now_s: Callable[[], float] = time.monotonic) -> None:
        """`script` is played from now on."""
        self._now_s = now_s
        self._lock = threading.Lock()
        self._count = 0
        self._armed: list[_Armed] = []
        self._past: deque[Asked] = deque(maxlen=PAST_MAX)
        self._script = deque(script)
        self._player: _Armed | None = None
        """The entry of the script that was armed last."""
        self._look()

    def set(self, entry: Entry) -> int:
        """Arm it; its number. Raises Unusable where there are too many."""
        with self._lock:
            self._look()
            if len(self._armed) + len(self._script) >= ARMED_MAX:
                raise Unusable(f"{ARMED_MAX} faults are asked for: clear some first")
            return self._arm(entry).number

    def clear(self, name: str = "") -> int:
        """End all faults of this name, or all and the script with them; how many."""
        with self._lock:
            self._look()
            ended = [one for one in self._armed if name in ("", one.entry.fault.name)]
            if not name:
                self._script.clear()
            for one in ended:
                self._end(one)
            self._look()
            return len(ended)

    def strike(self, kinds: type[Fault] | tuple[type[Fault], ...], msg_type: str, way: Way | None = None) -> Fault | None:
        """What befalls a message: the fault that has been asked for longest, if any of these kinds does.

        `way` is whom it is for, where that is a question: it is none to those who write reports.
        """
        with self._lock:
            now_s = self._look()
            for one in self._armed:
                fault = one.entry.fault
                is_on_its_way = way is None or getattr(fault, "to", way) == way
                if isinstance(fault, kinds) and is_on_its_way and one.strikes(msg_type, now_s):
                    return fault
        return None

    def is_on(self, kind: type[Fault]) -> bool:
        """Whether a state of this kind acts now; asking counts no message."""
        with self._lock:
            now_s = self._look()
            return any(isinstance(one.entry.fault, kind) and one.is_on(now_s) for one in self._armed)

    def asked(self) -> list[Asked]:
        """All that was asked for and is not long over, by age."""
        with self._lock:
            now_s = self._look()
            armed = [_told(one, "armed" if one.began_s is None else "acts") for one in self._armed if not one.is_over(now_s)]
            waiting = [Asked(0, str(entry), "waits", 0) for entry in self._script]
            return [*self._past, *armed, *waiting]

    def _look(self) -> float:
        """Under the lock: put away what is over, and play on. Returns the time."""
        now_s = self._now_s()
        for one in self._armed:
            one.is_on(now_s)  # A state that waits for no message begins by itself.
        while self._script and (self._player is None or self._player.began_s is not None):
            self._player = self._arm(self._script.popleft())
            self._player.is_on(now_s)
        for one in [one for one in self._armed if one.is_over(now_s)]:
            self._end(one)
        return now_s

    def _arm(self, entry: Entry) -> _Armed:
        self._count += 1
        armed = _Armed(self._count, entry, self._now_s())
        self._armed.append(armed)
        return armed

    def _end(self, one: _Armed) -> None:
        self._armed.remove(one)
        self._past.append(_told(one, "over"))
        if one is self._player and one.began_s is None:  # Cleared before its time: the script goes on.
            self._player = None


def _told(one: _Armed, state: str) -> Asked:
    return Asked(one.number, str(one.entry), state, one.struck)
