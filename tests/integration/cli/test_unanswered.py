"""A request without an answer: it may have been taken, and can be asked for again under its own id."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.facts import Fact
from oms.domain.events import OrderPlaced
from ops.cli import main
from ops.commands.exits import Exit, _hint
from ops.dev_ca import make_authority
from tests.integration.cli.relay import Relay
from tests.integration.control.gateway import DESK1, Gateway
from tests.support.ports import free_port

BUY = ("order", "buy", "100", "EURUSD", "--account", "DESK1", "--limit", "1.38")


@pytest.fixture
def relay(blocking: Gateway) -> Iterator[Relay]:
    """Cut when an order is durable, before its answer leaves."""
    with Relay(blocking.address) as line:

        def hear(facts: Sequence[Fact]) -> None:
            if any(isinstance(fact.event, OrderPlaced) for fact in facts):
                line.cut()

        unsubscribe = blocking.engine.subscribe(hear)
        yield line
        unsubscribe()


def fixgate(folder: Path, server: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--server", server, "--certs", str(folder)])


def id_said(result: Result) -> str:
    """The id in `fixgate: --id ID`."""
    first = result.stderr.splitlines()[0]
    assert first.startswith("fixgate: --id "), result.stderr
    return first.rpartition(" ")[2]


def test_a_connection_that_breaks_after_the_commit_leaves_the_outcome_open(
    blocking: Gateway, relay: Relay, certificates_folder: Path
) -> None:
    broken = fixgate(certificates_folder, relay.address, *BUY)
    assert broken.exit_code == Exit.TRY_AGAIN, broken.output
    assert "may have been taken: nothing answers at" in broken.stderr
    again = fixgate(certificates_folder, blocking.address, *BUY, "--id", id_said(broken))
    assert (again.exit_code, again.stderr) == (Exit.OK, "")
    assert "the first answer, told again" in again.stdout


def test_an_unanswered_request_tells_its_id_as_json(blocking: Gateway, relay: Relay, certificates_folder: Path) -> None:
    broken = fixgate(certificates_folder, relay.address, *BUY, "--json")
    error = json.loads(broken.output)["error"]
    assert (broken.exit_code, error["exit"]) == (Exit.TRY_AGAIN, "TRY_AGAIN")
    again = fixgate(certificates_folder, blocking.address, *BUY, "--json", "--id", error["client_order_id"])
    assert json.loads(again.output)["is_repetition"]


@pytest.mark.parametrize("verb", [BUY, ("cancel", "T1"), ("replace", "T1", "--qty", "5")])
def test_what_never_left_is_certain_and_has_its_id_all_the_same(verb: tuple[str, ...], certificates_folder: Path) -> None:
    closed = f"127.0.0.1:{free_port()}"
    words = fixgate(certificates_folder, closed, *verb)
    assert words.exit_code == Exit.UNREACHABLE
    assert id_said(words).startswith("cli-")
    found = fixgate(certificates_folder, closed, *verb, "--json", "--id", "mine-1")
    assert found.exit_code == Exit.UNREACHABLE
    assert json.loads(found.output)["error"]["client_order_id"] == "mine-1"


def test_a_refused_request_has_its_id_in_json(blocking: Gateway, certificates_folder: Path) -> None:
    refused = fixgate(certificates_folder, blocking.address, "cancel", "T99999999", "--json")
    assert json.loads(refused.output)["error"]["client_order_id"].startswith("cli-")


def test_a_certificate_that_the_server_does_not_take_is_certain(
    blocking: Gateway, certificates_folder: Path, tmp_path: Path
) -> None:
    make_authority(tmp_path).client(DESK1, "trader-desk1")
    (tmp_path / "ca.pem").write_bytes((certificates_folder / "ca.pem").read_bytes())
    result = fixgate(tmp_path, blocking.address, *BUY)
    assert result.exit_code == Exit.NOT_AUTHENTICATED, result.output


def test_an_interrupted_request_may_have_been_taken(certificates_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gateway.control.client.Client.submit", interrupt)
    result = fixgate(certificates_folder, "127.0.0.1:1", *BUY)
    assert result.exit_code == Exit.TRY_AGAIN
    assert "may have been taken" in result.stderr


def test_only_a_journalled_refusal_asks_for_a_new_id() -> None:
    assert "a new --id" in _hint(True, Exit.REFUSED)
    assert "the same --id" in _hint(True, Exit.TRY_AGAIN)
    assert _hint(False, Exit.REFUSED) == ""
