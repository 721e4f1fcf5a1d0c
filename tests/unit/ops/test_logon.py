"""[logon] and [[fallback]] of a counterparty's file."""

from pathlib import Path

import pytest

from gateway.fix.config import LogonField
from gateway.fix.reaching import Address
from ops.counterparty.file import check, read
from ops.secrets import NoSecret
from ops.toml_file import ConfigError

SHIPPED = Path("counterparties/simbroker.toml").read_text().replace("reconnect_interval_s = 1", "plain_tcp = true", 1)
LINE = SHIPPED.count("\n") + 1
WORDS = """\
[logon]
username = "env:VENUE_USER"
password = "env:VENUE_PASSWORD"
[logon.secrets]
5001 = "env:VENUE_PIN"
[logon.fields]
58 = "DESK"
[[fallback]]
host = "dr.example"
port = 7501
"""


def file_with(tmp_path: Path, words: str) -> Path:
    file = tmp_path / "venue.toml"
    file.write_text(SHIPPED + words)
    return file


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("VENUE_USER", "us"), ("VENUE_PASSWORD", "s3cret"), ("VENUE_PIN", "0000")):
        monkeypatch.setenv(name, value)


def test_a_worker_is_told_what_its_logon_says_and_where_to_go(tmp_path: Path) -> None:
    counterparty = check(file_with(tmp_path, WORDS))
    config = counterparty.worker(counterparty.plans[0], tmp_path, tmp_path / "link.sock")
    fields = (
        LogonField(58, "DESK"),
        LogonField(553, "us", is_secret=True),
        LogonField(554, "s3cret", is_secret=True),
        LogonField(5001, "0000", is_secret=True),
    )
    assert config.session.logon == fields
    assert config.endpoint.reach.addresses == (Address("127.0.0.1", 7500), Address("dr.example", 7501))
    assert "s3cret" not in repr(config)


@pytest.mark.parametrize(("tag", "length_tag"), [(96, 95), (1402, 1401), (1404, 1403)])
def test_data_comes_with_its_length(tmp_path: Path, tag: int, length_tag: int) -> None:
    counterparty = read(file_with(tmp_path, f'[logon.secrets]\n{tag} = "env:VENUE_PASSWORD"\n'))
    assert counterparty.logon.meaning == (LogonField(length_tag, "6"), LogonField(tag, "s3cret", is_secret=True))


def test_a_missing_secret_is_refused_when_the_file_is_checked_and_when_a_worker_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VENUE_PASSWORD")
    file = file_with(tmp_path, WORDS)
    with pytest.raises(ConfigError) as refused:
        check(file)
    reason = "missing secret: the environment has no VENUE_PASSWORD"
    assert str(refused.value) == f"{file}:{LINE + 2}: logon.password: {reason}"
    counterparty = read(file)  # The engine needs no secret.
    with pytest.raises(NoSecret):
        counterparty.worker(counterparty.plans[0], tmp_path, tmp_path / "link.sock")


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ('"env:VENUE_PASSWORD"', '"s3cret"', f"{LINE + 2}: logon.password: no reference to a secret"),
        ('"env:VENUE_PIN"', '"s3cret"', f"{LINE + 4}: logon.secrets.5001: no reference to a secret"),
        ("5001 =", "34 =", f"{LINE + 4}: logon.secrets.34: the session sets this tag itself"),
        ("5001 =", "554 =", f"{LINE + 4}: logon.secrets.554: it is said twice: `password` is there, too"),
        ("58 =", "57 =", f"{LINE + 6}: logon.fields.57: a tag of the header"),
        ("58 =", "5001 =", f"{LINE + 6}: logon.fields.5001: it is said twice"),
        ("58 =", "96 =", f"{LINE + 6}: logon.fields.96: a secret is never written down"),
        ("58 =", "1404 =", f"{LINE + 6}: logon.fields.1404: a secret is never written down"),
        ("58 =", "Desk =", f"{LINE + 6}: logon.fields.Desk: 'Desk' is no tag"),
        ('"DESK"', '""', f"{LINE + 6}: logon.fields.58: '' is not printable"),
        ('"DESK"', '"\\u0001"', f"{LINE + 6}: logon.fields.58: "),
        ("username =", "user =", f"{LINE + 1}: logon.user: unknown key; did you mean username?"),
        ("port = 7501", "port = 0", f"{LINE + 9}: fallback[0].port: 0 is not between 1 and 65535"),
        ('"dr.example"', '"dr example"', f"{LINE + 8}: fallback[0].host: 'dr example' is no name"),
        (
            'host = "dr.example"\nport = 7501',
            'host = "127.0.0.1"\nport = 7500',
            f"{LINE + 7}: fallback[0]: 127.0.0.1:7500 is there",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, was: str, becomes: str, complaint: str) -> None:
    file = file_with(tmp_path, WORDS.replace(was, becomes, 1))
    with pytest.raises(ConfigError) as refused:
        read(file)
    assert str(refused.value).startswith(f"{file}:{complaint}")
    assert "s3cret" not in str(refused.value)
