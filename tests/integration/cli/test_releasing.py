"""fixgate session release from the command line: of a hold, and of nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.holding import HoldSession
from ops.cli import main
from ops.commands.exits import Exit
from tests.integration.control.gateway import Gateway
from tests.integration.control.venue import ORDERS
from tests.support.polling import eventually

Fixgate = Callable[..., Result]


@pytest.fixture
def fixgate(blocking: Gateway, certificates_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Fixgate:
    monkeypatch.setenv("FIXGATE_SERVER", blocking.address)
    monkeypatch.setenv("FIXGATE_CERTS", str(certificates_folder))
    monkeypatch.setenv("FIXGATE_AS", "operator/night")
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_a_held_session_is_shown_with_its_reason_and_let_go(fixgate: Fixgate, blocking: Gateway) -> None:
    tripped = HoldSession(ORDERS, "a storm of rejects", is_down=False)
    blocking.engine._failed.get_loop().call_soon_threadsafe(blocking.engine._inbox.put, tripped)
    assert eventually(lambda: "a storm of rejects" in fixgate("sessions").stdout)
    assert "held: a storm of rejects" in fixgate("session", "show", ORDERS).stdout
    arguments = ("session", "release", ORDERS, "--reason", "the venue was told", "--id", "REL-1", "--yes")
    result = fixgate(*arguments)
    assert result.exit_code == Exit.OK, result.output
    assert f"{ORDERS} is released  id REL-1\n" in result.stdout
    assert "the first answer, told again" in fixgate(*arguments).stdout
    assert "a storm of rejects" not in fixgate("sessions").stdout


@pytest.mark.parametrize(
    ("name", "code", "refusal"), [(ORDERS, Exit.REFUSED, "SESSION_NOT_HALTED"), ("NONE", Exit.UNKNOWN, "UNKNOWN_SESSION")]
)
def test_what_is_not_held_cannot_be_released(fixgate: Fixgate, name: str, code: Exit, refusal: str) -> None:
    result = fixgate("session", "release", name, "--reason", "why not", "--yes")
    assert (result.exit_code, refusal in result.stderr) == (code, True), result.stderr
