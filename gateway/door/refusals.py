"""What the door refused: counted always, logged once a minute for each reason, address and session."""

import logging
from collections import Counter, OrderedDict

from gateway.door.admission import Reason

AGAIN_AFTER_S = 60.0
KEYS_MAX = 1_024
"""So many are remembered; beyond it the oldest may be logged again early."""
_log = logging.getLogger(__name__)
_Key = tuple[Reason, str, str]


class Refusals:
    """Of one process."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How often, by reason."""
        self._logged: OrderedDict[_Key, tuple[float, int]] = OrderedDict()
        """When each was last logged, and how often it has been since."""

    def note(self, reason: Reason, address: str, session: str, detail: str, at_s: float) -> None:
        """`detail` is for people. `at_s` is of a clock that does not jump."""
        self.counts[reason.value] += 1
        key = (reason, address, session)
        logged_s, unsaid = self._logged.pop(key, (at_s - AGAIN_AFTER_S, 0))
        if at_s - logged_s < AGAIN_AFTER_S:
            self._logged[key] = (logged_s, unsaid + 1)
            return
        self._logged[key] = (at_s, 0)
        if len(self._logged) > KEYS_MAX:
            self._logged.popitem(last=False)
        told = {"reason": reason.value, "address": address, "session": session, "detail": detail, "more_since_last": unsaid}
        _log.warning("refused", extra=told)
