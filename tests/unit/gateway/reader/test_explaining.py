"""A message is taken apart by the dictionary of its version, whatever a peer made of it, and shown so that it harms nobody."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reader.explaining import FIELDS_MAX, Explained, Field, explain, safe
from gateway.reader.legend import legend

VERSIONS = ("FIX.4.2", "FIX.4.4", "FIXT.1.1")


def message(text: str, version: str = "FIX.4.4") -> bytes:
    return f"8={version}|{text}|10=000|".replace("|", "\x01").encode("latin-1")


def body(explained: Explained) -> list[Field]:
    return [field for field in explained.fields if field.tag not in {8, 10}]


def shape(fields: tuple[Field, ...]) -> list[object]:
    """Tags, and those of each group's entries."""
    return [(field.tag, [shape(entry) for entry in field.entries]) if field.entries else field.tag for field in fields]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_message_of_every_version_has_its_name(version: str) -> None:
    for msg_type, (name, _) in legend(version).messages.items():
        assert explain(message(f"35={msg_type}|34=1", version)).name == name


def test_fields_have_names_and_codes_have_meanings() -> None:
    assert body(explain(message("35=D|54=1|18=1 6|38=100|9000=x")))[1:] == [
        Field(54, "1", "Side", "BUY"),
        Field(18, "1 6", "ExecInst", "NOT_HELD PARTICIPATE_DO_NOT_INITIATE"),
        Field(38, "100", "OrderQty"),
        Field(9000, "x"),
    ]


def test_a_code_that_fix_does_not_have_has_no_meaning() -> None:
    assert body(explain(message("35=D|54=Z|18=1 ?")))[1:] == [Field(54, "Z", "Side"), Field(18, "1 ?", "ExecInst")]


def test_the_business_messages_of_fixt_are_those_of_their_version() -> None:
    """FIX 5.0 has no OrderMassActionReport."""
    assert explain(message("35=BZ|1128=9", "FIXT.1.1")).name == "OrderMassActionReport"
    assert explain(message("35=BZ|1128=7", "FIXT.1.1")).name == ""


def test_groups_have_their_entries_with_groups_inside() -> None:
    text = "35=D|453=2|448=a|447=D|452=1|802=2|523=s|803=1|523=t|448=b|452=3|54=1"
    assert shape(explain(message(text)).fields) == [
        8, 35, (453, [[448, 447, 452, (802, [[523, 803], [523]])], [448, 452]]), 54, 10
    ]  # fmt: skip


def test_a_custom_field_inside_an_entry_stays_there() -> None:
    assert shape(explain(message("35=D|453=2|448=a|9001=x|447=D|448=b|9002=y|54=1")).fields) == [
        8, 35, (453, [[448, 9001, 447], [448]]), 9002, 54, 10
    ]  # fmt: skip


def test_a_group_that_says_more_than_it_has_is_shown_as_it_is() -> None:
    assert shape(explain(message("35=D|453=7|448=a|54=1")).fields) == [8, 35, (453, [[448]]), 54, 10]
    assert shape(explain(message("35=D|453=7|54=1|453=1")).fields) == [8, 35, 453, 54, 453, 10]


def test_secrets_are_masked() -> None:
    found = {field.tag: field.value for field in explain(message("35=A|553=me|554=hunter2|925=h|96=h|1402=h|1404=h")).fields}
    assert found == {8: "FIX.4.4", 35: "A", 553: "me", 554: "***", 925: "***", 96: "***", 1402: "***", 1404: "***", 10: "000"}


def test_data_with_delimiters_inside_is_one_field() -> None:
    assert body(explain(message("35=B|354=7|355=one|two|58=after")))[1:] == [
        Field(354, "7", "EncodedTextLen"),
        Field(355, "one\x01two", "EncodedText"),
        Field(58, "after", "Text"),
    ]


def test_data_that_lies_about_its_length_ends_at_the_delimiter() -> None:
    assert body(explain(message("35=B|354=999999|355=one|58=two")))[2:] == [
        Field(355, "one", "EncodedText"),
        Field(58, "two", "Text"),
    ]


def test_what_is_no_field_is_shown_as_it_is() -> None:
    assert body(explain(message("35=D|no field|=x|11")))[1:] == [Field(0, "no field"), Field(0, "=x"), Field(0, "11")]


@pytest.mark.parametrize("version", ["FIX.9.9", "../../etc", ""])
def test_a_version_without_a_dictionary_is_numbers(version: str) -> None:
    assert explain(message("35=D|54=1", version)) == Explained(
        "", (Field(8, version), Field(35, "D"), Field(54, "1"), Field(10, "000"))
    )


def test_a_message_of_very_many_fields_is_cut() -> None:
    found = explain(message("|".join(["58=x"] * (FIELDS_MAX + 9)))).fields
    assert len(found) == FIELDS_MAX + 1
    assert found[-1].tag == 0


@given(st.binary(max_size=300))
def test_nothing_that_a_peer_can_send_is_refused_and_nothing_is_left_out(raw: bytes) -> None:
    text = b"8=FIX.4.4\x0135=D\x01453=2\x01448=" + raw

    def values(fields: tuple[Field, ...]) -> int:
        return sum(1 + sum(values(entry) for entry in field.entries) for field in fields)

    assert values(explain(text).fields) >= 4
    explain(raw)


@given(st.text(max_size=200))
def test_what_is_shown_is_plain_printable_ascii(text: str) -> None:
    printable = set(string.printable) - set("\t\n\r\x0b\x0c")
    assert set(safe(text)) <= printable


def test_an_escape_sequence_is_shown_and_not_obeyed() -> None:
    assert safe("\x1b]0;x\x07\x9b2J\xe9\\\u202e") == r"\x1b]0;x\x07\x9b2J\xe9\\\u202e"
