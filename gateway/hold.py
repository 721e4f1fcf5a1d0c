"""What keeps a session from taking orders until a person has looked. A value in the session's state."""

import msgspec

TOLD_CHARS_MAX = 200


class Hold(msgspec.Struct, frozen=True):
    """Why a session takes no new order and no replace."""

    reason: str
    is_down: bool
    """Whether it is kept logged off."""
    is_halt: bool = False
    """Whether two people have to release it."""
    next_sender: int = 0
    """The next number of ours by the peer's word; 0 where it said none."""
    cl_ord_ids: int = 0
    """The number of a ClOrdID(11) of ours that the peer knows and we never gave out; 0 where it knows none such."""
    released_by: str = ""
    """The first of the two."""

    @property
    def told(self) -> str:
        """Text(58) of the Logout(5) that the peer gets."""
        return "".join(filter(str.isprintable, self.reason.encode("ascii", "replace").decode()))[:TOLD_CHARS_MAX]

    def is_above(self, other: "Hold | None") -> bool:
        """Whether it says more than another, and takes its place. One that a person has let log on may be down again."""
        return other is None or (self.is_down, self.is_halt) > (other.is_down, other.is_halt)
