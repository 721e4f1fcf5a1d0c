"""The environment file: what cannot be is refused with the name of the file and of the key."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.cell import SessionKind, SessionPlan
from gateway.codec.version import VERSIONS, Version
from gateway.fix.archive import Plan
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
from gateway.simulator.requests import Malformed, Unsupported, read
from gateway.taking import Instruction, Takes
from oms.domain.dead_man import Silence
from oms.domain.exec_inst import ExecInst
from oms.domain.fields import OrdType
from ops.settings import ConfigError, cell, load, worker

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
    assert str(refused.value).startswith(f"{file}:")
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


@pytest.mark.parametrize(("key", "number"), [("tombstone_days", 0), ("tombstone_days", -1), ("tombstones_max", -1)])
def test_tombstones_that_cannot_be_kept_are_refused(tmp_path: Path, key: str, number: int) -> None:
    assert f"{key} is {number}, and must" in complaint(tmp_path, re.sub(rf"{key} = \d+", f"{key} = {number}", GOOD))


def test_how_long_tombstones_are_kept_comes_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "good.toml"
    file.write_text(
        GOOD.replace("tombstone_days = 7", "tombstone_days = 3").replace("tombstones_max = 1000000", "tombstones_max = 0")
    )
    assert (cell(load(file)).tombstone_days, cell(load(file)).tombstones_max) == (3, 0)


def test_an_age_below_zero_is_refused(tmp_path: Path) -> None:
    wrong = GOOD.replace("reference_age_ms_max = 3000", "reference_age_ms_max = -1", 1)
    assert "account DESK1: reference_age_ms_max" in complaint(tmp_path, wrong)


@pytest.mark.parametrize(
    "spiffe_id", ["", "desk1", "spiffe://fixgate/dev", "spiffe://fixgate/dev/king/desk1", "spiffe://other/dev/trader/desk1"]
)
def test_an_id_that_no_certificate_can_have_is_refused(tmp_path: Path, spiffe_id: str) -> None:
    wrong = GOOD.replace("spiffe://fixgate/dev/trader/desk1", spiffe_id, 1)
    assert f"spiffe_id: principal {spiffe_id!r}" in complaint(tmp_path, wrong)


def with_version(tmp_path: Path, begin_string: str) -> Path:
    """The environment with a counterparty of that version."""
    venue = tmp_path / "venue.toml"
    shipped = Path("counterparties/simbroker.toml").read_text().replace('"FIX.4.4"', f'"{begin_string}"', 1)
    venue.write_text(shipped.partition("[takes]")[0])  # Not every version has every message.
    file = tmp_path / "env.toml"
    file.write_text(GOOD.replace("counterparties/simbroker.toml", str(venue)))
    return file


@pytest.mark.parametrize("version", VERSIONS.values(), ids=repr)
def test_the_version_of_a_counterparty_is_that_of_its_sessions(tmp_path: Path, version: Version) -> None:
    settings = load(with_version(tmp_path, version.begin_string))
    assert [plan.version for plan in cell(settings).sessions] == [version, version]
    assert [worker(settings, name).session.version for name in settings.sessions] == [version, version]


def test_an_unknown_version_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(with_version(tmp_path, "FIX.5.0SP2"))
    wrong = f"{tmp_path / 'venue.toml'}:4: begin_string: 'FIX.5.0SP2' is none of FIX.4.2, FIX.4.4, FIXT.1.1"
    assert str(refused.value) == wrong


def test_every_complaint_is_made_at_once(tmp_path: Path) -> None:
    wrong = with_number("tick", "NaN").replace("dev/viewer/audit", "dev/king/audit")
    assert len(complaint(tmp_path, wrong).splitlines()) == 2


def test_reading_the_files_loads_no_grpc() -> None:
    program = "import sys, ops.settings; sys.exit('grpc' in sys.modules or 'google' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def with_takes(tmp_path: Path, takes: str) -> Path:
    """An environment whose counterparty says this of what it takes."""
    counterparty, environment = tmp_path / "broker.toml", tmp_path / "environment.toml"
    counterparty.write_text(Path("counterparties/simbroker.toml").read_text().partition("[takes]")[0] + takes)
    environment.write_text(GOOD.replace("counterparties/simbroker.toml", str(counterparty)))
    return environment


def test_what_the_shipped_file_says_is_what_is_taken_where_a_file_says_nothing(tmp_path: Path) -> None:
    shipped, silent = load(CONFIG), load(with_takes(tmp_path, ""))
    assert cell(shipped).sessions[0].takes == cell(silent).sessions[0].takes == Takes()


def test_the_simulated_broker_serves_the_messages_that_its_file_says_it_takes() -> None:
    takes = cell(load(CONFIG)).sessions[0].takes
    said = {"G": takes.replace, "q": takes.mass_cancel, "AF": takes.mass_status, "H": takes.order_status}
    assert {msg_type: is_served(msg_type) for msg_type in said} == said


def is_served(msg_type: str) -> bool:
    try:
        read([(35, msg_type)])
    except Malformed:
        return True
    except Unsupported:
        return False
    raise AssertionError(f"a message of nothing but its MsgType(35)={msg_type} was read")


def test_a_counterparty_takes_what_its_file_says_in_words(tmp_path: Path) -> None:
    says = '[takes]\nord_types = ["STOP"]\nexec_insts = ["ALL_OR_NONE"]\ninstructions = ["min_qty"]\nreplace = false\n'
    expected = replace(
        Takes(),
        ord_types=frozenset({OrdType.STOP}),
        exec_insts=frozenset({ExecInst.ALL_OR_NONE}),
        instructions=frozenset({Instruction.MIN_QTY}),
        replace=False,
    )
    assert cell(load(with_takes(tmp_path, says))).sessions[0].takes == expected


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ('ord_types = ["STP"]', "takes.ord_types[0]: 'STP' is none of MARKET, LIMIT"),
        ('ord_types = ["2"]', "takes.ord_types[0]: '2' is none of"),
        ('times_in_force = ["GTC"]', "takes.times_in_force[0]: 'GTC' is none of DAY"),
        ('sides = ["buy"]', "takes.sides[0]: 'buy' is none of BUY"),
        ('exec_insts = ["G"]', "takes.exec_insts[0]: 'G' is none of"),
        ('handl_insts = ["AUTO"]', "takes.handl_insts[0]: 'AUTO' is none of"),
        ('instructions = ["minqty"]', "takes.instructions[0]: 'minqty' is none of min_qty"),
        ('replace = "yes"', "takes.replace: Expected `bool`"),
        ('sides = "BUY"', "takes.sides: Expected `array`"),
        ("iceberg = true", "takes.iceberg: unknown key"),
    ],
)
def test_a_word_that_names_nothing_is_refused_with_the_file_and_the_key(tmp_path: Path, says: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(with_takes(tmp_path, f"[takes]\n{says}\n"))
    line = (tmp_path / "broker.toml").read_text().splitlines().index("[takes]") + 2
    assert str(refused.value).startswith(f"{tmp_path / 'broker.toml'}:{line}: ")
    assert words in str(refused.value)


CLIENT = Path("clients/example.toml").read_text()


def with_client(tmp_path: Path, client: str, *others: str) -> str:
    """The environment's text with these clients."""
    files = []
    for number, text in enumerate((client, *others)):
        files.append(tmp_path / f"client-{number}.toml")
        files[-1].write_text(text)
    return GOOD.replace("clients = []", f"clients = {[str(file) for file in files]}".replace("'", '"'))


def test_a_client_over_fix_has_a_session_that_we_accept(tmp_path: Path) -> None:
    file = tmp_path / "good.toml"
    file.write_text(with_client(tmp_path, CLIENT))
    settings = load(file)
    plan = SessionPlan("EXAMPLE", SessionKind.CLIENTS, accounts=frozenset({"DESK1"}), default_account="DESK1")
    assert cell(settings).sessions[-1] == plan
    assert plan.principal == "fix:EXAMPLE"
    assert worker(settings, "EXAMPLE") == WorkerConfig(
        session=SessionConfig("EXAMPLE", "FIXGATE", "EXAMPLE", persist_messages=True, is_judged=True),
        endpoint=Endpoint("127.0.0.1", 7600),
        folder=settings.data / "fix" / "EXAMPLE",
        link_path=settings.link_path,
        is_client=True,
        archive=Plan(settings.data / "archive" / "EXAMPLE"),
    )


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ('host = "127.0.0.1"', 'host = "0.0.0.0"', "client EXAMPLE: host '0.0.0.0' is not 127.0.0.1"),
        ('accounts = ["DESK1"]', "accounts = []", "client EXAMPLE: it has no account"),
        ('accounts = ["DESK1"]', 'accounts = ["DESK1", "X"]', "client EXAMPLE: no account is called 'X'"),
        ('default_account = "DESK1"', 'default_account = "DESK2"', "default_account 'DESK2' is none of its accounts"),
        ('name = "EXAMPLE"', 'name = "a b"', "client 'a b' is not 1 to 32 letters"),
        ('name = "EXAMPLE"', 'name = "SIMBROKER"', "two sessions have one name"),
    ],
)
def test_a_client_that_cannot_be_is_refused(tmp_path: Path, was: str, becomes: str, problem: str) -> None:
    assert problem in complaint(tmp_path, with_client(tmp_path, CLIENT.replace(was, becomes)))


def test_a_client_s_file_says_what_becomes_of_its_orders_when_it_is_away(tmp_path: Path) -> None:
    text = f"{CLIENT}\n[on_disconnect]\ngrace_s = 5\nleaves_good_till = true\n"
    file = tmp_path / "environment.toml"
    file.write_text(with_client(tmp_path, text))
    assert load(file).clients[0].plan.on_loss == Silence(5_000, leaves_good_till=True)


@pytest.mark.parametrize("grace_s", [0, 86_401])
def test_a_grace_that_is_none_or_longer_than_a_day_is_refused(tmp_path: Path, grace_s: int) -> None:
    file = tmp_path / "environment.toml"
    file.write_text(with_client(tmp_path, f"{CLIENT}\n[on_disconnect]\ngrace_s = {grace_s}\n"))
    with pytest.raises(ConfigError, match=rf"on_disconnect\.grace_s: is {grace_s}, and must be from 1 to 86400"):
        load(file)


def test_two_clients_cannot_share_a_port(tmp_path: Path) -> None:
    other = CLIENT.replace('name = "EXAMPLE"', 'name = "OTHER"')
    assert "port 7600 is there twice" in complaint(tmp_path, with_client(tmp_path, CLIENT, other))


def test_a_policy_for_unknown_orders_that_there_is_not_is_refused(tmp_path: Path) -> None:
    counterparty = tmp_path / "broker.toml"
    text = Path("counterparties/simbroker.toml").read_text()
    environment = tmp_path / "good.toml"
    environment.write_text(re.sub(r"counterparties = \[.*?\]", f'counterparties = ["{counterparty}"]', GOOD))
    silent = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("unknown_orders"))
    for written, adopts in ((silent, False), (text, False), (text.replace('"quarantine"', '"adopt"', 1), True)):
        counterparty.write_text(written)
        assert [plan.adopts for plan in cell(load(environment)).sessions if plan.kind is SessionKind.ORDERS] == [adopts]
    counterparty.write_text(text.replace('"quarantine"', '"ignore"', 1))
    with pytest.raises(ConfigError, match="unknown_orders"):
        load(environment)
