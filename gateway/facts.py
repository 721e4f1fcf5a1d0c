"""A fact that is durable, as it goes out to the world, and which events there are in the whole gateway."""

import msgspec

from gateway import checkpoints, days, sessions
from oms.domain import events
from oms.domain.chain import Chain
from oms.domain.events import Event
from oms.domain.resting import RESTING
from oms.journal.catalogue import Catalogue
from oms.journal.record import Record

CATALOGUE = Catalogue((*events.EVENTS, *sessions.EVENTS, *checkpoints.EVENTS, *days.EVENTS, *RESTING))
"""Every kind of event that a journal of ours may hold."""


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One journal record, and the order as it was just after it."""

    seq: int
    at_ns: int
    event: Event
    chain: Chain | None
    """None for facts that change no order."""


def recorded(fact: Fact, epoch: int) -> Record:
    """The fact as the writer of this epoch puts it into the journal."""
    kind, version, payload = CATALOGUE.encode(fact.event)
    return Record(fact.seq, epoch, fact.at_ns, kind, version, fact.event.key, payload)
