"""Custom tags that a client gives an order by a replace: they reach the venue, are kept, and the order is found by them."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from gateway.taking import EVERYTHING
from tests.support.client_side import CELL, ClientSide

ROOT, NEXT = "FG00000001", "FG00000002"
VENUE, *OTHERS = CELL.sessions
OPEN = replace(CELL, sessions=(replace(VENUE, takes=EVERYTHING), *OTHERS))
ORDER = "35=D|11=A|55=EURUSD|54=1|38=1000|40=2|44=1.3850"
REPLACE = "35=G|11=B|41=A|55=EURUSD|54=1|38=2000|40=2|44=1.3850"
ACK = f"35=8|11={ROOT}|37=V1|17=E1|150=0|39=0|38=1000|14=0|151=1000"


@dataclass
class Changed:
    """What became of an order with two custom tags and a replace of it."""

    side: ClientSide

    @property
    def custom(self) -> list[str]:
        """What the venue was sent with the replace."""
        return [part for part in self.side.raws[NEXT].split("\x01") if part.startswith(("9000=", "9001="))]

    def found(self, tag: int, value: str) -> bool:
        return self.side.engine.state.book.tagged.has(ROOT, tag, value)


def changed(custom: str) -> Changed:
    side = ClientSide(OPEN)
    side.asks(f"{ORDER}|9000=desk 4|9001=x")
    side.venue_says(ACK)
    side.asks(REPLACE + custom)
    return Changed(side)


def test_a_replace_brings_its_own() -> None:
    done = changed("|9001=y|9000=desk 5")
    assert done.custom == ["9001=y", "9000=desk 5"]
    assert done.found(9000, "desk 5")
    assert done.found(9000, "desk 4")


def test_a_replace_with_some_has_no_others() -> None:
    """R9: it is the whole desired order."""
    assert changed("|9001=y").custom == ["9001=y"]


def test_a_replace_without_any_leaves_those_of_the_order() -> None:
    assert changed("").custom == ["9000=desk 4", "9001=x"]


def test_the_order_carries_them_from_then_on() -> None:
    done = changed("|9000=desk 5")
    done.side.venue_says(f"35=8|11={NEXT}|41={ROOT}|37=V1|17=E2|150=5|39=0|38=2000|14=0|151=2000")
    assert done.side.engine.state.book.chains[ROOT].terms.instructions.custom == ((9000, "desk 5"),)


@pytest.mark.parametrize(("custom", "told"), [("", []), ("|9000=a", ["NOT_TAKEN custom_tags=9000=a session=BROKER"])])
def test_a_venue_that_takes_none_is_sent_none(custom: str, told: list[str]) -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    assert [dict(heard)[58] for heard in side.asks(REPLACE + custom)] == told
    assert (NEXT in side.raws) is (told == [])
