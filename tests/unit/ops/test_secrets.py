"""A secret is where its reference says, or it is missing; it is never shown."""

from pathlib import Path

import pytest

from ops.secrets import NoSecret, fetch, reference


def test_a_secret_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENUE_PASSWORD", "s3cret")
    assert fetch(reference("env:VENUE_PASSWORD")) == "s3cret"


def test_a_secret_is_a_file_s_only_line(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret with: colon\n")
    file.chmod(0o640)
    assert fetch(reference(f"file:{file}")) == "s3cret with: colon"


@pytest.mark.parametrize("text", ["s3cret", "", "env:", "vault://secret/venue#password", "file"])
def test_what_is_no_reference_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NoSecret) as refused:
        reference(text)
    assert str(refused.value) == "no reference to a secret: it begins with env: or file:"


def test_a_secret_that_is_nowhere_is_named_by_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VENUE_PASSWORD", raising=False)
    with pytest.raises(NoSecret, match="the environment has no VENUE_PASSWORD"):
        fetch(reference("env:VENUE_PASSWORD"))
    with pytest.raises(NoSecret, match="No such file"):
        fetch(reference(f"file:{tmp_path / 'password'}"))


def test_a_file_that_everybody_may_read_is_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("s3cret")
    file.chmod(0o644)
    with pytest.raises(NoSecret, match="is open to everybody"):
        fetch(reference(f"file:{file}"))


@pytest.mark.parametrize("content", ["", "\n", "two\nlines", "a\x01554=b", "\u00fc", "x" * 4_097, "x" * 9_999])
def test_what_no_field_can_hold_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    file = tmp_path / "password"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(NoSecret) as refused:
        fetch(reference(f"file:{file}"))
    assert str(refused.value) == f"what file:{file} holds is not 1 to 4096 printable ASCII characters on one line"
