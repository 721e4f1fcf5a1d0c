"""What one mutation is, and how it is tried: on a copy of the project, with the tests of the order model."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
TESTED = (
    "tests/unit/oms",
    "tests/unit/gateway/codec",
    "tests/unit/gateway/client",
    "tests/conformance",
    "tests/properties/test_order_life.py",
)
"""The tests that have to notice. They need no server."""
COPIED = ("oms", "gateway", "risk", "ops", "tests", "proto", "pyproject.toml")
SECONDS_MAX = 240


class Mutation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule of the order model, and a text that says the opposite."""

    rule: str
    """R1 to R22."""
    what: str
    """What is wrong then."""
    file: str
    old: str
    """Stands in the file exactly once."""
    new: str


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list."""

    mutation: tuple[Mutation, ...]


MUTATIONS = msgspec.toml.decode((Path(__file__).parent / "rules.toml").read_bytes(), type=File).mutation


class NotThere(Exception):
    """The text that a mutation changes does not stand in its file exactly once: the list has to follow the code."""


def changed(text: str, mutation: Mutation) -> str:
    """The file's text with the rule broken. Raises NotThere."""
    if text.count(mutation.old) != 1:
        raise NotThere(f"{mutation.rule}: {mutation.file} has {text.count(mutation.old)} times: {mutation.old}")
    return text.replace(mutation.old, mutation.new)


def copied(folder: Path) -> None:
    """A copy of what the tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)


def first_failure(folder: Path) -> str:
    """The first test in the copy that fails; empty if all pass. Raises subprocess.TimeoutExpired and RuntimeError."""
    tests = [test for test in TESTED if (folder / test).exists()]
    # A seed of its own, so that a mutation is found again the next time too.
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", "--hypothesis-seed=0", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest ended with {done.returncode}: {(done.stdout + done.stderr)[-2_000:]}")
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    return failed[0].split(" - ")[0].removeprefix("FAILED ") if failed else ""
