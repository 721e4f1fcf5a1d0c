"""Who a certificate makes somebody."""

import pytest

from gateway.control.identity import NotAPrincipal, Principal, Role, claimed_id, principals

DESK1 = "spiffe://fixgate/test/trader/desk1"


def test_the_role_is_the_third_part_of_the_id() -> None:
    assert principals({DESK1: ("DESK1",)}) == {DESK1: Principal(DESK1, Role.TRADER, frozenset({"DESK1"}))}


@pytest.mark.parametrize(
    "spiffe_id",
    [
        "",
        "desk1",
        "spiffe://other/test/trader/desk1",
        "spiffe://fixgate/test/king/desk1",
        "spiffe://fixgate/test/trader/",
        f"{DESK1}/x",
    ],
)
def test_an_id_of_another_form_is_no_principal(spiffe_id: str) -> None:
    with pytest.raises(NotAPrincipal):
        principals({spiffe_id: ()})


@pytest.mark.parametrize(
    ("auth_context", "expected"),
    [
        ({"peer_uri": [DESK1.encode()]}, DESK1),
        ({"x509_common_name": [DESK1.encode()]}, None),
        ({"x509_subject_alternative_name": [DESK1.encode()], "peer_dns": [DESK1.encode()]}, None),
        ({"peer_uri": [DESK1.encode(), b"spiffe://fixgate/test/admin/ops"]}, None),
        ({}, None),
    ],
)
def test_only_the_one_uri_of_a_certificate_counts(auth_context: dict[str, list[bytes]], expected: str | None) -> None:
    assert claimed_id(auth_context) == expected
