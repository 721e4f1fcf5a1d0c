"""What the shipped counterparty's file gives as an example of [logon] is taken by the simulator that the file is for."""

from pathlib import Path

import pytest

from tests.integration.sessions.venue import Trading
from tests.integration.sessions.words import with_words

WORDS = (
    ("# [logon]\n", "[logon]\n"),
    ('# username = "env:VENUE_USER" ', 'username = "env:VENUE_USER" '),
    ('# password = "file:/run/secrets/venue"', 'password = "env:VENUE_PASSWORD"'),
    ("# [logon.secrets] ", "[logon.secrets] "),
    ('# 5001 = "env:VENUE_PIN"', '5001 = "env:VENUE_PIN"'),
    ("# [logon.fields] ", "[logon.fields] "),
    ('# 9001 = "DESK"', '9001 = "DESK"'),
)


@pytest.mark.timeout(240)
async def test_the_examples_log_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VENUE_USER", "VENUE_PASSWORD", "VENUE_PIN"):
        monkeypatch.setenv(name, "s3cret")
    installation = with_words(tmp_path / "i", *WORDS)
    installation.start_broker()
    try:
        async with Trading(installation) as ours:
            await ours.is_ready()
    finally:
        installation.stop()
