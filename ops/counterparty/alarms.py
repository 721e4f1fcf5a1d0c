"""At what the alarms of a counterparty's sessions sound, in the words of its file."""

from collections.abc import Iterator

import msgspec

from gateway.alarm import REJECTS_MAX, AlarmTerms
from ops.toml_file import Key

_DEFAULTS = AlarmTerms()
_SECONDS_MAX = 86_400


class AlarmWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[alarms]. What is left out is as written here."""

    silent_after_s: int = _DEFAULTS.silent_after_s
    rejects_max: int = _DEFAULTS.rejects_max
    reject_window_s: int = _DEFAULTS.reject_window_s
    logon_failures_max: int = _DEFAULTS.logon_failures_max
    not_logged_on_s: int = _DEFAULTS.not_logged_on_s
    gap_quiet_s: int = _DEFAULTS.gap_quiet_s

    @property
    def meaning(self) -> AlarmTerms:
        return AlarmTerms(**msgspec.structs.asdict(self))

    def wrong(self) -> Iterator[tuple[Key, str]]:
        for key, value in msgspec.structs.asdict(self).items():
            highest = _SECONDS_MAX if key.endswith("_s") else REJECTS_MAX
            if not 1 <= value <= highest:
                yield ("alarms", key), f"{value} is not between 1 and {highest}"
