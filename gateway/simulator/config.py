"""All that can be set on the simulated broker."""

from decimal import Decimal
from pathlib import Path

import msgspec

from gateway.codec.version import FIX_44


class SimulatorConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `fixgate simulator` is started with."""

    port: int
    data: Path
    """Folder of the ledger, the marks, the control socket and QuickFIX's store. One broker at a time uses it."""
    host: str = "127.0.0.1"
    begin_string: str = FIX_44.begin_string
    """The version of FIX that both sessions speak: one of gateway.codec.version.VERSIONS."""
    quotes: tuple[Path, ...] = ()
    """Recorded days to replay; without any, a random walk."""
    symbol: str = "EURUSD"
    seed: int = 1
    speed: float = 1.0
    """How many times faster than real time the quotes come; more than zero."""
    faults: tuple[str, ...] = ()
    """Faults to start with, in words: `silent`, `late-ack ms=250` (see gateway.simulator.faults)."""
    fault_files: tuple[Path, ...] = ()
    """Scripts of faults, played one after the other (see gateway.simulator.fault_file)."""
    displayed_qty: Decimal = Decimal(1_000_000)
    """Quantity that each quote shows on each side."""
    snapshots_per_s_max: int = 20
    sender_comp_id: str = "SIMBROKER"
    orders_comp_id: str = "FIXGATE"
    market_data_comp_id: str = "FIXGATE-MD"
    scenarios: tuple[Path, ...] = ()
    """Scenario files to play instead of trading (see gateway.simulator.scenario and gateway.simulator.stage)."""
    cases: tuple[str, ...] = ()
    """The cases that orders without tag 9000 play, one after the other: `B.1.b/main`, or `B.1.b/main/2` for its second course."""
