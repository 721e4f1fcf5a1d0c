"""The shipped counterparty's file with other words, for one test."""

from pathlib import Path

from ops import settings as files
from tests.support.installation import Installation


def with_words(folder: Path, *words: tuple[str, str]) -> Installation:
    """An installation in `folder` whose counterparty's file says the second of each pair where the shipped one says the first."""
    installation = Installation(folder, heart_bt_int_s=60)  # No heartbeat has a number that a test has to know.
    file = folder / "simbroker.toml"
    text = file.read_text()
    for was, becomes in words:
        assert text.count(was) == 1, f"{was!r} stands there {text.count(was)} times"
        text = text.replace(was, becomes)
    file.write_text(text)
    installation.settings = files.load(installation.file)
    return installation
