"""What keeps a session from taking orders until a person has looked. A value in the session's state."""

import msgspec


class Hold(msgspec.Struct, frozen=True):
    """Why a session takes no new order and no replace."""

    reason: str
    is_down: bool
    """Whether it is kept logged off."""
    released_by: str = ""
    """Who released the halt that it was before: another person has to follow. Empty where one is enough."""

    def is_above(self, other: "Hold | None") -> bool:
        """Whether it says more than another, and takes its place."""
        return other is None or self.is_down > other.is_down
