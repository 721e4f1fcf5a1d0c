"""The environment file: what cannot be is refused with the name of the file and of the key."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.cell import SessionKind
from ops.settings import ConfigError, cell, load

CONFIG = Path("environments/dev.toml")
GOOD = CONFIG.read_text().replace('lot = "100"', 'lot = "100"\nmultiplier = "1"')
NUMBERS = {
    "tick": "0.00001",
    "lot": "100",
    "multiplier": "1",
    "order_qty_max": "2000000",
    "order_notional_max": "2500000",
    "price_collar_bps": "50",
    "passive_collar_bps": "500",
}
BAD = ("0", "-1", "-0.0", "Infinity", "-Infinity", "NaN", "sNaN", "1" * 19, "1E+18", "0.0000000000001", "1E-13", "much", "")


def complaint(tmp_path: Path, text: str) -> str:
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}: ")
    return str(refused.value)


def with_number(key: str, number: str) -> str:
    return GOOD.replace(f'{key} = "{NUMBERS[key]}"', f'{key} = "{number}"', 1)


@pytest.mark.parametrize("number", BAD)
@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_that_limits_nothing_is_refused(tmp_path: Path, key: str, number: str) -> None:
    assert key in complaint(tmp_path, with_number(key, number))


@pytest.mark.parametrize("number", ["0.000000000001", "999999999999999999", "1E+5"])
@pytest.mark.parametrize("key", ["multiplier", "order_notional_max"])
def test_a_number_within_bounds_is_taken_to_the_last_digit(tmp_path: Path, key: str, number: str) -> None:
    file = tmp_path / "good.toml"
    file.write_text(with_number(key, number))
    policy = cell(load(file)).policy
    owner = policy.instruments["EURUSD"] if key == "multiplier" else policy.limits["DESK1"]
    assert getattr(owner, key) == Decimal(number)


def test_an_age_below_zero_is_refused(tmp_path: Path) -> None:
    wrong = GOOD.replace("reference_age_ms_max = 3000", "reference_age_ms_max = -1", 1)
    assert "account DESK1: reference_age_ms_max" in complaint(tmp_path, wrong)


@pytest.mark.parametrize(
    "spiffe_id", ["", "desk1", "spiffe://fixgate/dev", "spiffe://fixgate/dev/king/desk1", "spiffe://other/dev/trader/desk1"]
)
def test_an_id_that_no_certificate_can_have_is_refused(tmp_path: Path, spiffe_id: str) -> None:
    wrong = GOOD.replace("spiffe://fixgate/dev/trader/desk1", spiffe_id, 1)
    assert f"spiffe_id: principal {spiffe_id!r}" in complaint(tmp_path, wrong)


def test_every_complaint_is_made_at_once(tmp_path: Path) -> None:
    wrong = with_number("tick", "NaN").replace("dev/viewer/audit", "dev/king/audit")
    assert len(complaint(tmp_path, wrong).splitlines()) == 2


def test_reading_the_files_loads_no_grpc() -> None:
    program = "import sys, ops.settings; sys.exit('grpc' in sys.modules or 'google' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_policy_for_unknown_orders_that_there_is_not_is_refused(tmp_path: Path) -> None:
    counterparty = tmp_path / "broker.toml"
    text = Path("counterparties/simbroker.toml").read_text()
    environment = tmp_path / "good.toml"
    environment.write_text(re.sub(r"counterparties = \[.*?\]", f'counterparties = ["{counterparty}"]', GOOD))
    counterparty.write_text(f'unknown_orders = "adopt"\n{text}')
    assert [plan.adopts for plan in cell(load(environment)).sessions if plan.kind is SessionKind.ORDERS] == [True]
    counterparty.write_text(f'unknown_orders = "ignore"\n{text}')
    with pytest.raises(ConfigError, match="unknown_orders"):
        load(environment)
