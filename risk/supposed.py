"""Limits that never were in force, to be asked what they would have said: a whole sheet, or rows in place of some of one."""

import msgspec

from risk.limit import Limit
from risk.sheet import Sheet


class Supposed(msgspec.Struct, frozen=True):
    """What somebody supposes."""

    version: str
    limits: tuple[Limit, ...]
    is_whole: bool
    """Whether nothing else holds. Otherwise each row stands for those of the same scope and control, and all others stay."""

    def over(self, sheet: Sheet) -> Sheet:
        """The sheet that would have been in force where `sheet` was."""
        if self.is_whole:
            return Sheet(self.version, self.limits)
        ours = {(limit.scope, limit.control) for limit in self.limits}
        stays = [limit for limit in sheet.limits if (limit.scope, limit.control) not in ours]
        return Sheet(f"{sheet.version}+{self.version}", (*stays, *self.limits))
