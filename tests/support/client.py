"""A FIX client of a whole installation: logs on when everything is up, and waits until orders are taken."""

from itertools import count
from pathlib import Path

from gateway.codec.version import FIX_44, Version
from tests.dialogues.peer import Peer, order
from tests.support.installation import Installation
from tests.support.polling import eventually

NAME = "EXAMPLE"
START_S = 60.0
_numbers = count(1)


def logged_on(running: Installation, store: Path, version: Version = FIX_44) -> Peer:
    """The client, when its first order has been taken and filled: from then on the venue and its prices are there."""
    port = running.client_ports[version.begin_string]
    peer = Peer(port, store, start_s=START_S, persist_messages=True, version=version)
    peer.start()
    eventually(lambda: is_filled(peer), START_S)
    return peer


def is_filled(peer: Peer) -> bool:
    """Whether a market order is filled now; what the venue is not there for is refused."""
    peer.send("D", *order(f"warm-{next(_numbers)}", (21, "1")))
    while (told := dict(peer.receive()))[39] not in {"8", "2"}:
        pass
    return told[39] == "2"
