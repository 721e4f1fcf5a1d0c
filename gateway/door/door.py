"""The front door's process: both sides, the certificates as they change, and what there is to know of it."""

import asyncio
import json
import logging
import os
import resource
import signal
from contextlib import ExitStack
from pathlib import Path

from gateway.door.admission import Reason
from gateway.door.certificates import Renewed, for_clients, for_venue
from gateway.door.config import DoorConfig
from gateway.door.inwards import Inwards
from gateway.door.outwards import Outwards
from gateway.door.refusals import Refusals

LOOK_S = 1.0
"""How often the certificates' files are looked at, and the status is written."""
_FILES_BESIDES = 256
_log = logging.getLogger(__name__)


class Door:
    """Listens while it is entered by `run`."""

    def __init__(self, config: DoorConfig) -> None:
        """Raises NoContext for certificates that cannot be used."""
        self._config = config
        self._refusals = Refusals()
        self._certificates = [Renewed(config.pem, for_clients)] if config.clients else []
        venues = {venue.name: Renewed(venue.pem, for_venue) for venue in config.venues}
        self._inwards = Inwards(config, self._certificates[0], self._note) if config.clients else None
        self._outwards = Outwards(config, venues, self._note)
        self._certificates += venues.values()
        self._status = ""
        self.is_up = False
        """Whether it listens."""

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is told to stop. Raises OSError for a port that is taken."""
        loop = asyncio.get_running_loop()
        _allow_files(2 * self._config.limits.connections_max + _FILES_BESIDES)
        with ExitStack() as closing:
            await self._outwards.listen(closing)
            if self._inwards is not None:
                await self._inwards.listen(closing)
            loop.add_signal_handler(signal.SIGHUP, self._renew)
            self.is_up = True
            _log.info("door up", extra={"clients": [client.session.name for client in self._config.clients]})
            while not stop.is_set():
                self._look()
                try:
                    async with asyncio.timeout(LOOK_S):
                        await stop.wait()
                except TimeoutError:
                    continue
        if self._inwards is not None:
            await self._inwards.end()
        await self._outwards.end()

    def _note(self, reason: Reason, address: str, session: str, detail: str) -> None:
        self._refusals.note(reason, address, session, detail, asyncio.get_running_loop().time())

    def _renew(self) -> None:
        """SIGHUP: the files are read again, changed or not."""
        for certificates in self._certificates:
            certificates.look(is_asked=True)

    def _look(self) -> None:
        for certificates in self._certificates:
            certificates.look()
        if self._config.status_file is not None:
            self._write_status(self._config.status_file)

    def _write_status(self, file: Path) -> None:
        inwards = self._inwards
        status = {
            "pid": os.getpid(),
            "connections": inwards.counts.total if inwards is not None else 0,
            "clients": inwards.connected if inwards is not None else {},
            "venues": self._outwards.connected,
            "refused": dict(sorted(self._refusals.counts.items())),
        }
        text = json.dumps(status)
        if text == self._status:
            return
        fresh = file.with_suffix(".new")
        fresh.write_text(text + "\n")
        fresh.replace(file)
        self._status = text


def _allow_files(count: int) -> None:
    """Raise our own bound on open files to what the caps allow, as far as we may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
