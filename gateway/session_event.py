"""What every fact about one FIX session is."""

from oms.domain.event import Event


class SessionEvent(Event, frozen=True, gc=False):
    """A fact about one FIX session."""

    session: str

    @property
    def key(self) -> str:
        return self.session
