"""Scripts of faults: a TOML or JSON file with an ordered list, played from the start of the broker.

    [[entry]]
    when = { after = 20, msg_type = "8" }
    fault = "gap"

    [[entry]]
    when = { at_s = 2.5 }
    fault = { name = "stall", ms = 5000, to = "broker" }
    for = { times = 3 }

Each entry is armed when the one before it first acted: its `after` and `at_s` count from there. The names and options of faults
are in gateway.simulator.faults, and `fixgate simulator faults` lists them.
"""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from gateway.simulator.entries import Entry, Unusable, converted
from gateway.simulator.switchboard import ARMED_MAX

BYTES_MAX = 1 << 20


def load(file: Path) -> tuple[Entry, ...]:
    """The entries of a script. Raises Unusable, which names the file and the entry."""
    try:
        found = _read(file)
    except OSError as failure:
        raise Unusable(f"{file}: {failure.strerror}") from failure
    except (msgspec.DecodeError, tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise Unusable(f"{file}: {failure}") from failure
    if not isinstance(found, dict) or set(found) != {"entry"} or not isinstance(found["entry"], list):
        raise Unusable(f"{file}: it must hold a list called `entry`, and nothing else")
    if len(found["entry"]) > ARMED_MAX:
        raise Unusable(f"{file}: {len(found['entry'])} entries: no more than {ARMED_MAX} can be asked for")
    return tuple(_entry(file, number, one) for number, one in enumerate(found["entry"], start=1))


def _read(file: Path) -> Any:
    if file.stat().st_size > BYTES_MAX:
        raise Unusable(f"{file}: larger than {BYTES_MAX} bytes")
    if file.suffix == ".json":
        return msgspec.json.decode(file.read_bytes())
    return tomllib.loads(file.read_text("utf-8"))


def _entry(file: Path, number: int, found: Any) -> Entry:
    try:
        return converted(found)
    except Unusable as failure:
        raise Unusable(f"{file}: entry {number}: {failure}") from None
