"""What a client by FIX knows of an order: what it asked, and what it was told."""

from gateway.codec.text import SOH, fields
from gateway.simulator.scenario import Expected, Step
from tests.conformance.client import Standing
from tests.conformance.role import BEGINS_AT_VENUE, Role, seen_by
from tests.conformance.told import Told

ACK = "35=8|150=0|39=0|38=100|14=0|151=100|6=0"
REFUSED = "35=9|39=0|434=2|102=0"


def hear(told: Told, name: str, text: str) -> None:
    told.hear(name, dict(fields(f"8=FIX.4.4|9=0|{text}|10=000|".replace("|", SOH).encode())))


def standing(**changes: object) -> Standing:
    """A new order of 100 that the venue has."""
    known: dict[str, object] = {
        "accepted_clordid": "X",
        "pending_clordids": (),
        "refused_clordids": (),
        "cum_qty": "0",
        "leaves_qty": "100",
        "order_qty": "100",
        "avg_px": "0",
        "ord_status": "0",
        "overfill_qty": "0",
        "exec_type": "0",
    }
    return Standing(**(known | changes))  # type: ignore[arg-type]


def acked() -> Told:
    told = Told("X", "100")
    hear(told, "X", ACK)
    return told


def test_an_order_of_which_nothing_was_heard_is_pending_new() -> None:
    assert Told("X", "100").standing() == standing(ord_status="A", exec_type="")


def test_a_request_is_pending_until_it_is_granted() -> None:
    told = acked()
    told.ask("Y")
    assert told.standing() == standing(pending_clordids=("Y",))
    hear(told, "Y", "35=8|150=E|39=E|38=100|14=0|151=100|6=0")
    assert told.standing() == standing(pending_clordids=("Y",), ord_status="E", exec_type="E")
    hear(told, "Y", "35=8|150=5|39=0|38=200|14=0|151=200|6=0")
    assert told.standing() == standing(accepted_clordid="Y", order_qty="200", leaves_qty="200", exec_type="5")


def test_a_refused_request_changes_the_status_alone() -> None:
    told = acked()
    told.ask("Y")
    hear(told, "Y", REFUSED)
    assert told.standing() == standing(refused_clordids=("Y",), exec_type="")


def test_what_traded_beyond_the_quantity_is_the_overfill() -> None:
    told = acked()
    hear(told, "X", "35=8|150=F|39=2|38=100|14=120|151=0|6=50")
    filled = {"cum_qty": "120", "leaves_qty": "0", "avg_px": "50", "ord_status": "2"}
    assert told.standing() == standing(**filled, overfill_qty="20", exec_type="F")


def test_a_client_by_fix_must_hear_nothing_of_an_order_that_begins_at_the_venue() -> None:
    begins_there = next(iter(BEGINS_AT_VENUE))
    sent = Step("1", "B>S", "D", {11: "X", 38: "100"})
    own, other = (Step("2", "S>B", "8", {150: "0"}, Expected(order=order, cum_qty="0")) for order in ("X", "V1"))
    courses = {f"{begins_there}/main/1": (sent, own, other), "A.1.a/main/1": (sent, own)}
    unheard = Step("2", "S>B", "8", {150: "0"}, Expected(order=None, unmatched=True))
    assert seen_by(Role.FIX, courses) == courses | {f"{begins_there}/main/1": (sent, own, unheard)}
    assert seen_by(Role.GRPC, courses) == courses
