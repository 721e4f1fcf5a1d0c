"""Who may come in, and what is said of those who may not."""

import logging
from ipaddress import ip_network

import pytest

from gateway.door.admission import Counts, Reason, logon_refusal, may_come, names, session_of
from gateway.door.config import Client, Limits, Session
from gateway.door.frames import Logon
from gateway.door.refusals import KEYS_MAX, Refusals

SESSION = Session("EXAMPLE", "FIX.4.4", "EXAMPLE", "FIXGATE")
CLIENT = Client(SESSION, "0.0.0.0", 7600, 17600, ("URI:spiffe://a",), (ip_network("10.0.0.0/8"),))
LOGON = Logon(b"8=FIX.4.4\x019=5\x0135=A\x0110=000\x01", "FIX.4.4", "EXAMPLE", "FIXGATE")
OURS = frozenset({"URI:spiffe://a", "CN:somebody"})


def test_a_logon_is_of_the_session_with_its_version_and_ids() -> None:
    assert session_of(LOGON, [SESSION]) is SESSION
    others = [("FIX.4.2", "EXAMPLE", "FIXGATE"), ("FIX.4.4", "OTHER", "FIXGATE"), ("FIX.4.4", "EXAMPLE", "OTHER")]
    assert [session_of(Logon(b"", *one), [SESSION]) for one in others] == [None, None, None]


def refusal(
    logon: Logon = LOGON, address: str = "10.1.2.3", shown: frozenset[str] = OURS, *, is_on: bool = False
) -> Reason | None:
    return logon_refusal(CLIENT, logon, address, shown, is_connected=is_on)


def test_a_client_logs_on_with_its_certificate_from_where_it_is_and_once() -> None:
    assert refusal() is None
    assert refusal(address="192.0.2.1") is Reason.ADDRESS
    assert refusal(shown=frozenset({"URI:spiffe://b", "CN:spiffe://a"})) is Reason.CERTIFICATE
    assert refusal(shown=frozenset()) is Reason.CERTIFICATE
    assert refusal(is_on=True) is Reason.TAKEN
    forged = Logon(b"8=FIX.4.4\x019=5\x0135=A\x0110900=x\x0110=000\x01", "FIX.4.4", "EXAMPLE", "FIXGATE")
    assert refusal(forged) is Reason.NOT_A_LOGON


def test_an_address_of_the_older_internet_is_the_same_in_the_newer() -> None:
    assert may_come(CLIENT, "::ffff:10.1.2.3")
    assert not may_come(CLIENT, "::ffff:192.0.2.1")
    assert not may_come(CLIENT, "fd00::1")


def test_connections_are_counted_in_all_and_by_address() -> None:
    counts = Counts(Limits(connections_max=3, connections_per_address_max=2))
    for address in ("a", "a", "b"):
        assert counts.refusal(address) is None
        counts.add(address)
        if address == "a" and counts.total == 2:
            assert counts.refusal("a") is Reason.CONNECTIONS_OF_ADDRESS
    assert counts.refusal("c") is Reason.CONNECTIONS
    counts.remove("a")
    assert (counts.total, counts.refusal("a")) == (2, None)


def test_a_certificate_is_called_by_all_its_names() -> None:
    shown = {
        "subject": ((("organizationName", "A"),), (("commonName", "a.example"),)),
        "subjectAltName": (("DNS", "b.example"), ("URI", "spiffe://a"), ("IP Address", "10.0.0.1"), ("email", "x@y")),
    }
    assert names(shown) == {"CN:a.example", "DNS:b.example", "URI:spiffe://a", "IP:10.0.0.1"}
    assert names({}) == frozenset()


def test_a_refusal_is_logged_once_a_minute_and_counted_always(caplog: pytest.LogCaptureFixture) -> None:
    refusals = Refusals()
    with caplog.at_level(logging.WARNING):
        for at_s in (0.0, 1.0, 59.0, 60.0):
            refusals.note(Reason.ADDRESS, "10.0.0.1", "EXAMPLE", "why", at_s)
        refusals.note(Reason.ADDRESS, "10.0.0.2", "EXAMPLE", "why", 60.0)
    told = [(r.__dict__["reason"], r.__dict__["address"], r.__dict__["more_since_last"]) for r in caplog.records]
    reason = "address_not_allowed"
    assert told == [(reason, "10.0.0.1", 0), (reason, "10.0.0.1", 2), (reason, "10.0.0.2", 0)]
    assert refusals.counts == {reason: 5}


def test_what_is_remembered_of_refusals_has_a_bound() -> None:
    refusals = Refusals()
    for number in range(2 * KEYS_MAX):
        refusals.note(Reason.ADDRESS, str(number), "", "", 0.0)
    assert len(refusals._logged) == KEYS_MAX
