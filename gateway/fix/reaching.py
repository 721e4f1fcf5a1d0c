"""Which address of a counterparty to try next, and after how long. Pure: how often it failed, and chance, are arguments."""

import msgspec


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A host, by name or number, and its TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Reach(msgspec.Struct, frozen=True):
    """The addresses of one counterparty, the one that we like best first, and how patient we are."""

    addresses: tuple[Address, ...]
    interval_s: int = 1
    """Before an attempt of the first round over all addresses; twice as long before one of the next round, and so on."""
    interval_s_max: int = 60


class Attempt(msgspec.Struct, frozen=True):
    """Where to connect to, and how long to wait before it."""

    address: Address
    after_s: float


def attempt(reach: Reach, failures: int, chance: float) -> Attempt:
    """The next attempt after so many in a row that did not end in a logon; a logon counts from 0 again, at the first address.

    `chance` is from 0 up to 1, and takes up to half of the wait away: those who lost a venue together do not come back together.
    """
    rounds, place = divmod(failures, len(reach.addresses))
    longest_s = max(reach.interval_s_max, reach.interval_s)
    doublings = min(rounds, longest_s.bit_length())  # No more is needed to get there.
    wait_s = min(reach.interval_s << doublings, longest_s)
    return Attempt(reach.addresses[place], wait_s * (1 - chance / 2))
