"""[tls] of a client and a counterparty, and [door] of an environment: what they mean, and what cannot be."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from gateway.door.config import Client, Limits, Pem, Session, Venue
from gateway.fix.config import Endpoint
from gateway.fix.reaching import Address, Reach
from gateway.fix.token import Token
from ops import door
from ops.counterparty.describing import describe
from ops.counterparty.file import check, read
from ops.dev_ca import make_authority
from ops.settings import ConfigError, Settings, check_door, load, worker

ENVIRONMENT = Path("environments/dev.toml").read_text()
BROKER = Path("counterparties/simbroker.toml").read_text()
CLIENT = Path("clients/example.toml").read_text()
CLIENT_TLS = '[tls]\nloopback_port = 17600\nsubjects = ["URI:spiffe://fixgate/dev/client/EXAMPLE"]\nnetworks = ["10.1.0.0/16"]\n'
VENUE_TLS = '[tls]\nloopback_port = 17500\nserver_name = "fix.example"\n'
TOKEN = Token("t" * 40)


def written(folder: Path, *, broker: str = BROKER, client: str = CLIENT, environment: str = ENVIRONMENT) -> Path:
    """The files of an installation; returns the environment's."""
    (folder / "broker.toml").write_text(broker)
    (folder / "client.toml").write_text(client)
    text = environment.replace("counterparties/simbroker.toml", str(folder / "broker.toml"))
    (folder / "dev.toml").write_text(text.replace("clients = []", f'clients = ["{folder / "client.toml"}"]'))
    return folder / "dev.toml"


def loaded(folder: Path, **texts: str) -> Settings:
    return load(written(folder, **texts))


def test_without_tls_nobody_needs_a_door(tmp_path: Path) -> None:
    assert not door.is_wanted(loaded(tmp_path))


def test_the_door_is_told_who_may_come_and_whom_to_reach(tmp_path: Path) -> None:
    settings = loaded(tmp_path, broker=BROKER + VENUE_TLS, client=CLIENT.replace("127.0.0.1", "0.0.0.0") + CLIENT_TLS)
    config = door.config(settings, TOKEN)
    fix = settings.data / "tls" / "fix"
    assert door.is_wanted(settings)
    assert config.pem == Pem(fix / "door.pem", fix / "door.key", fix / "ca.pem")
    assert config.limits == Limits()
    subjects, networks = ("URI:spiffe://fixgate/dev/client/EXAMPLE",), (ip_network("10.1.0.0/16"),)
    session = Session("EXAMPLE", "FIX.4.4", "EXAMPLE", "FIXGATE")
    assert config.clients == (Client(session, "0.0.0.0", 7600, 17600, subjects, networks),)
    sessions = (
        Session("SIMBROKER", "FIX.4.4", "FIXGATE", "SIMBROKER"),
        Session("SIMBROKER-MD", "FIX.4.4", "FIXGATE-MD", "SIMBROKER"),
    )
    reach = Reach((Address("127.0.0.1", 7500),), 1)
    assert config.venues == (Venue("SIMBROKER", sessions, 17500, reach, "fix.example", Pem(None, None, None)),)


def test_the_workers_find_the_door_and_share_its_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(tmp_path, broker=BROKER + VENUE_TLS, client=CLIENT + CLIENT_TLS)
    monkeypatch.setenv(door.TOKEN, TOKEN.text)
    configs = [worker(settings, name) for name in ("SIMBROKER", "SIMBROKER-MD", "EXAMPLE")]
    assert [config.endpoint for config in configs] == [
        Endpoint("127.0.0.1", 17500, 1),
        Endpoint("127.0.0.1", 17500, 1),
        Endpoint("127.0.0.1", 17600),
    ]
    assert {config.session.token for config in configs} == {TOKEN}
    assert TOKEN.text not in repr(configs)


@pytest.mark.parametrize(("text", "problem"), [("", "is not set"), ("short", "is no token")])
def test_without_a_token_neither_starts(text: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(tmp_path, client=CLIENT + CLIENT_TLS)
    monkeypatch.setenv(door.TOKEN, text)
    with pytest.raises(ConfigError, match=f"{door.TOKEN} {problem}"):
        worker(settings, "EXAMPLE")
    assert worker(settings, "SIMBROKER").session.token is None


@pytest.mark.parametrize(
    ("broker", "complaint"),
    [
        (BROKER.replace('"127.0.0.1"', '"10.1.1.1"', 1), "broker.toml:5: host: '10.1.1.1' is not this machine: say [tls], or"),
        (BROKER + '[[fallback]]\nhost = "dr.example"\nport = 1\n', "fallback[0].host: 'dr.example' is not this machine"),
        (BROKER.replace("port = 7500", "port = 7500\nplain_tcp = true", 1) + VENUE_TLS, "7: plain_tcp: it contradicts [tls]"),
        (BROKER + VENUE_TLS.replace("17500", "0"), "tls.loopback_port: 0 is not between 1 and 65535"),
        (BROKER + VENUE_TLS + 'key = "k.pem"\n', "tls.key: certificate and key are said both, or neither"),
        (BROKER + VENUE_TLS.replace("fix.example", "fix example"), "tls.server_name: 'fix example' is no name"),
        (BROKER + VENUE_TLS + 'cert = "k.pem"\n', "tls.cert: unknown key; there are loopback_port, ca"),
    ],
)
def test_a_line_to_a_counterparty_that_cannot_be_is_refused(tmp_path: Path, broker: str, complaint: str) -> None:
    (tmp_path / "broker.toml").write_text(broker)
    with pytest.raises(ConfigError) as refused:
        read(tmp_path / "broker.toml")
    assert complaint in str(refused.value)


def test_a_private_line_may_be_plain_where_its_file_says_so(tmp_path: Path) -> None:
    file = tmp_path / "broker.toml"
    file.write_text(BROKER.replace('"127.0.0.1"', '"10.1.1.1"', 1).replace("port = 7500", "port = 7500\nplain_tcp = true", 1))
    assert read(file).endpoint == Endpoint("10.1.1.1", 7500, 1)


@pytest.mark.parametrize(
    ("client", "complaint"),
    [
        (CLIENT.replace('"127.0.0.1"', '"0.0.0.0"'), "client EXAMPLE: host '0.0.0.0' is not 127.0.0.1: say [tls]"),
        (CLIENT.replace('"127.0.0.1"', '"any"') + CLIENT_TLS, "client.toml:4: host: 'any' is no address to listen on"),
        (CLIENT + CLIENT_TLS.replace("17600", "70000"), "tls.loopback_port: 70000 is not between"),
        (CLIENT + CLIENT_TLS.replace("URI:", ""), "tls.subjects: 'spiffe://fixgate/dev/client/EXAMPLE' does not begin with URI:"),
        (CLIENT + "[tls]\nloopback_port = 1\nsubjects = []\n", "tls.subjects: without the name of a certificate nobody could"),
        (CLIENT + CLIENT_TLS.replace("10.1.0.0/16", "10.1.0.1/16"), "tls.networks: 10.1.0.1/16 has host bits set"),
        (CLIENT + CLIENT_TLS.replace("17600", "7600"), "port 7600 is there twice"),
    ],
)
def test_a_way_in_that_cannot_be_is_refused(tmp_path: Path, client: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, client=client)
    assert complaint in str(refused.value)


def test_clients_of_the_door_may_share_a_port_if_they_can_be_told_apart(tmp_path: Path) -> None:
    file = written(tmp_path, client=CLIENT + CLIENT_TLS)
    other = CLIENT.replace('name = "EXAMPLE"', 'name = "OTHER"') + CLIENT_TLS.replace("17600", "17601")
    (tmp_path / "other.toml").write_text(other)
    both = f'"{tmp_path / "client.toml"}", "{tmp_path / "other.toml"}"'
    file.write_text(file.read_text().replace(f'"{tmp_path / "client.toml"}"', both))
    with pytest.raises(ConfigError, match="two clients at port 7600 log on as EXAMPLE to FIXGATE"):
        load(file)
    (tmp_path / "other.toml").write_text(other.replace('target_comp_id = "EXAMPLE"', 'target_comp_id = "OTHER"'))
    assert [client.port for client in load(file).clients] == [7600, 7600]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ('[door]\ncertificate = "c.pem"\n', "door.certificate: certificate, key and client_ca are said all, or none"),
        ("[door.limits]\nlogon_s_max = 0\n", "door.limits.logon_s_max: 0 is not between 1 and"),
        ("[door.limits]\nconnections_max = 99999\n", "door.limits.connections_max: 99999 is not between 1 and 10000"),
        ("[door.limits]\nlogon_s = 1\n", "door.limits.logon_s: unknown key; did you mean logon_s_max?"),
    ],
)
def test_a_door_that_cannot_be_is_refused(tmp_path: Path, words: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, environment=ENVIRONMENT + words)
    assert complaint in str(refused.value)


def test_files_that_are_missing_or_do_not_belong_together_are_refused_at_the_check(tmp_path: Path) -> None:
    ours, theirs = make_authority(tmp_path / "ours").server("a"), make_authority(tmp_path / "theirs").server("b")
    words = f'[door]\ncertificate = "{ours.certificate}"\nkey = "{theirs.key}"\nclient_ca = "{ours.authority}"\n'
    with pytest.raises(ConfigError, match=r"door: .*key values mismatch"):
        check_door(loaded(tmp_path, environment=ENVIRONMENT + words))
    check_door(loaded(tmp_path, environment=ENVIRONMENT + words.replace(str(theirs.key), str(ours.key))))
    (tmp_path / "broker.toml").write_text(BROKER + VENUE_TLS + f'ca = "{tmp_path / "nobody.pem"}"\n')
    with pytest.raises(ConfigError, match=r"tls: .*nobody\.pem: No such file"):
        check(tmp_path / "broker.toml")


def test_the_rules_of_engagement_tell_how_the_line_is_kept(tmp_path: Path) -> None:
    (tmp_path / "broker.toml").write_text(BROKER + VENUE_TLS)
    told, plain = describe(read(tmp_path / "broker.toml")), describe(read(Path("counterparties/simbroker.toml")))
    assert "TLS 1.2 or later through the front door, which its workers find at port 17500 of this machine" in told
    assert "is for fix.example, by whom the system trusts" in told
    assert "plain TCP: neither encrypted nor authenticated" in plain
