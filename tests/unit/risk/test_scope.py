"""Where a limit or a latch holds, in words and for orders."""

import pytest

from risk.scope import FIRM, Dimension, Facets, NoScope, parse, scope

DESK1 = Facets("DESK1", "EURUSD", "trader/desk1", "BROKER", currency="USD")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("firm", True),
        ("account=DESK1", True),
        ("account=DESK2", False),
        ("account=DESK1 symbol=EURUSD", True),
        ("symbol=EURUSD account=DESK2", False),
        ("session=BROKER currency=USD trader=trader/desk1", True),
        ("venue=X", False),
    ],
)
def test_a_scope_holds_where_each_of_its_words_fits(text: str, holds: bool) -> None:
    assert parse(text).holds(DESK1) is holds


def test_a_scope_is_the_same_in_whatever_order_it_is_said() -> None:
    assert parse("symbol=EURUSD account=DESK1") == parse(" account=DESK1  symbol=EURUSD")
    assert parse("symbol=EURUSD account=DESK1").text == "account=DESK1 symbol=EURUSD"
    assert (parse("firm"), FIRM.text) == (FIRM, "firm")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty"),
        ("all", "'all'"),
        ("acount=DESK1", "'acount=DESK1'"),
        ("account", "'account'"),
        ("account=", "account=''"),
        ("account=A account=B", "account"),
        ("firm account=A", "'firm'"),
        ("account=" + "A" * 65, "account="),
    ],
)
def test_what_is_no_scope_is_named(text: str, named: str) -> None:
    with pytest.raises(NoScope, match=named):
        parse(text)


def test_a_value_of_other_characters_is_none() -> None:
    with pytest.raises(NoScope):
        scope({Dimension.ACCOUNT: "A B"})
