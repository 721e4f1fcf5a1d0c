"""The simulated broker's verbs: faults from a script, and from the command line while it runs."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from ops.cli import main
from ops.commands.exits import Exit
from tests.dialogues.peer import Peer, order
from tests.integration.simulator.process import BrokerProcess
from tests.support.installation import PROGRAM, REPOSITORY
from tests.support.ports import free_port

SCRIPT = """
[[entry]]
fault = "gap"
when = { msg_type = "8", after = 3 }

[[entry]]
fault = { name = "stall", to = "broker" }
for = { times = 2 }
"""


def fixgate(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulator", *arguments, "--data", str(data)])


def asked(data: Path) -> list[tuple[str, str, int]]:
    found = [json.loads(line) for line in fixgate(data, "faults", "--json").stdout.splitlines()]
    return [(one["entry"], one["state"], one["struck"]) for one in found if "entry" in one]


def test_a_fault_is_asked_for_listed_and_cleared_from_the_command_line(tmp_path: Path) -> None:
    data = tmp_path / "broker"
    with BrokerProcess(free_port(), data) as broker, Peer(broker.port, tmp_path / "peer") as peer:
        result = fixgate(data, "fault", "duplicate", "copies=2", "msg_type=8")
        assert (result.exit_code, result.stdout) == (Exit.OK, "1  duplicate copies=2 msg_type=8\n")
        assert fixgate(data, "fault", "silent", "at_s=60", "--json").exit_code == Exit.OK
        peer.send("D", *order("A1"))
        assert [dict(peer.receive())[150] for _ in range(4)] == ["0", "0", "0", "F"]
        assert asked(data) == [("duplicate copies=2 msg_type=8", "over", 1), ("silent at_s=60.0", "armed", 0)]
        assert fixgate(data, "clear", "silent").stdout == "1 cleared\n"
        assert [state for _, state, _ in asked(data)] == ["over", "over"]


def test_what_cannot_be_asked_for_is_named(tmp_path: Path) -> None:
    for arguments, said in {
        ("fault", "loud"): "'loud' is no fault; there are: ",
        ("fault", "late-ack"): "late-ack: Object missing required field `ms`",
        ("fault", "gap", "chance=2"): "gap: Expected `float` <= 1.0 - at `$.when.chance`",
    }.items():
        result = fixgate(tmp_path, *arguments)
        assert (result.exit_code, said in result.stderr) == (Exit.USAGE, True), result.stderr


def test_where_no_simulator_runs_it_is_said_and_the_faults_are_listed_all_the_same(tmp_path: Path) -> None:
    result = fixgate(tmp_path, "fault", "gap")
    assert result.exit_code == Exit.UNREACHABLE
    assert f"no simulator answers in {tmp_path}: " in result.stderr
    listed = fixgate(tmp_path, "faults")
    assert listed.exit_code == Exit.OK
    assert "  wrong-checksum: A message has a CheckSum(10) that is not its own." in listed.stdout


def test_options_alone_run_the_broker_and_a_script_of_faults_is_played_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "script.toml").write_text(SCRIPT)
    data, port = tmp_path / "broker", free_port()
    command = [*PROGRAM, "simulator", "--port", str(port), "--data", str(data), "--faults", str(tmp_path / "script.toml")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    try:
        assert process.stdout is not None
        assert "listening" in process.stdout.readline()
        assert asked(data) == [("gap after=3 msg_type=8", "armed", 0), ("stall to=broker times=2", "waits", 0)]
    finally:
        process.terminate()
        process.communicate()
    assert process.returncode == 0


def test_a_wrong_script_keeps_the_broker_from_starting_and_is_named_with_the_entry(tmp_path: Path) -> None:
    file = tmp_path / "script.toml"
    file.write_text(SCRIPT + '[[entry]]\nfault = "gaap"\n')
    command = [
        sys.executable,
        "-m",
        "ops.cli",
        "simulator",
        "--port",
        str(free_port()),
        "--data",
        str(tmp_path),
        "--faults",
        str(file),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"simulator: {file}: entry 3: 'gaap' is no fault; there are: ")
