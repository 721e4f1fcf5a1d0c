"""What is installed is what was written down."""

import re

import pytest

from tests.house.tree import text

NAMES = ("requirements", "requirements-dev", "requirements-setup", "requirements-quickfix")
PIN = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall(text(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_what_was_asked_for(name: str) -> None:
    asked = pins(f"{name}.in")
    assert asked
    assert asked.items() <= pins(f"{name}.lock").items()


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_a_hash(name: str) -> None:
    entries = re.split(r"^(?=\w)", text(f"{name}.lock"), flags=re.MULTILINE)
    assert [entry.splitlines()[0] for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_development_and_production_run_the_same_versions() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
