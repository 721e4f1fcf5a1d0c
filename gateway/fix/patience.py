"""When a session that cannot be reached rests between attempts. Pure: time and chance are arguments.

QuickFIX goes round the addresses at an even pace, for ever. A venue that is down for an hour is not helped by that, nor by all
who lost it coming back at the same instant. So every round that ends without a logon is followed by a rest, twice as long each
time. The first round after a start or a loss is QuickFIX's own, at once: nobody waits longer for a venue that is there.
"""

from gateway.fix.reaching import Reach, attempt

LOGON_S_MAX = 10
"""QuickFIX gives up on a Logon that is not answered for so long."""


class Patience:
    """For one session that connects outwards."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._rounds = 0
        self._until_s: float | None = None
        """When this round, or this rest, is over; None while there is nothing to wait for."""
        self.is_resting = False

    def look(self, at_s: float, chance: float, *, is_wanted: bool, is_logged_on: bool) -> bool:
        """Whether the session is to be let alone now. `is_wanted`: whether it should be logged on at all."""
        if is_logged_on or not is_wanted:
            self._rounds, self._until_s, self.is_resting = 0, None, False
        elif self._until_s is None:
            self._until_s = at_s + round_s(self._reach)
        elif at_s >= self._until_s:
            self._turn(at_s, chance)
        return self.is_resting

    def _turn(self, at_s: float, chance: float) -> None:
        """A round is over, and a rest begins; or the other way round. A rest of nothing is none."""
        self.is_resting = not self.is_resting
        if not self.is_resting:
            self._until_s = at_s + round_s(self._reach)
            return
        self._rounds += 1
        rest_s = attempt(self._reach, self._rounds * len(self._reach.addresses), chance).after_s - self._reach.interval_s
        self.is_resting = rest_s > 0
        self._until_s = at_s + (rest_s if self.is_resting else round_s(self._reach))


def round_s(reach: Reach) -> float:
    """One attempt at each address, and the time that the last one may take to log on: a session that rests takes no Logon."""
    return reach.interval_s * len(reach.addresses) + LOGON_S_MAX
