"""What a counterparty's file can say beyond sessions and dialect: what it means, and what it cannot be, with line and reason."""

from pathlib import Path

import pytest

from gateway.fix.overlay import Field, Group, Message, Overlay
from gateway.rate import Rate
from gateway.sizes import HEADER_BYTES, Sizes
from ops.counterparty.describing import describe
from ops.counterparty.file import Counterparty, read
from ops.settings import load
from ops.toml_file import ConfigError

SHIPPED = Path("counterparties/simbroker.toml").read_text()
SECOND = 1_000_000_000
LINE = SHIPPED.count("\n") + 1
WORDS = """\
[rate]
messages = 50
window_ms = 2000
burst = 20
reserved_for_cancels = 10
waiting_cancels_max = 500
[limits]
cl_ord_id_length_max = 12
cl_ord_id_characters = "capitals_digits"
text_length_max = 32
message_bytes_max = 1024
[dictionary.fields.9303]
name = "SweepMode"
type = "CHAR"
[dictionary.fields.9500]
name = "NoVenues"
type = "NUMINGROUP"
[dictionary.fields.9501]
name = "Venue"
[dictionary.fields.58]
[[dictionary.message]]
msg_type = "8"
optional = [9303]
[[dictionary.message.group]]
count = 9500
fields = [9501]
[[dictionary.message]]
msg_type = "U7"
name = "VenueNotice"
"""
ALONE = "reissue_age_ms_max = 0\ntrust_resend_request = true\ncancels_on_disconnect = { after_s = 30 }\n"


def file_with(tmp_path: Path, words: str, alone: str = "") -> Path:
    """`alone` are keys of no table: they stand first."""
    file = tmp_path / "venue.toml"
    file.write_text(alone + SHIPPED + words)
    return file


def reading(tmp_path: Path, words: str = WORDS, alone: str = "") -> Counterparty:
    return read(file_with(tmp_path, words, alone))


def test_the_words_are_what_the_engine_and_the_workers_are_told(tmp_path: Path) -> None:
    found = reading(tmp_path, alone=ALONE)
    orders, market_data = found.plans
    assert orders.rate == Rate(messages_max=50, window_ns=2 * SECOND, burst_max=20, reserved=10, waiting_max=500)
    assert orders.sizes == Sizes(12, 32, 1_024, HEADER_BYTES + len("FIXGATE" + "SIMBROKER"))
    assert (orders.reissue_age_ms_max, orders.trusts_resend_request, orders.cancels_on_ready) == (0, True, False)
    assert (market_data.rate, market_data.sizes, market_data.cancels_on_ready) == (None, None, False)
    overlay = found.worker(orders, tmp_path, tmp_path / "link").session.overlay
    assert overlay == Overlay(
        (
            Field(9303, "SweepMode", "CHAR"),
            Field(9500, "NoVenues", "NUMINGROUP"),
            Field(9501, "Venue", "STRING"),
            Field(58, "Text", "STRING"),
        ),
        (Message("8", optional=(9303,), groups=(Group(9500, (9501,)),)), Message("U7", "VenueNotice")),
    )


def test_what_is_not_said_bounds_nothing(tmp_path: Path) -> None:
    orders, _ = reading(tmp_path, "").plans
    assert (orders.rate, orders.sizes, orders.reissue_age_ms_max, orders.trusts_resend_request) == (None, None, None, False)


def test_the_words_are_described_rule_by_rule(tmp_path: Path) -> None:
    lines = [line.strip() for line in describe(reading(tmp_path, alone=ALONE)).splitlines()]
    for line in (
        "messages            at most 50 in any 2000 ms; over it orders and replaces are refused",
        "bursts              at most 20 of them in any 200 ms",
        "for cancels         10 of 50 are kept; over that they wait for their turn",
        "waiting cancels     at most 500; the next one is refused, but for those of a mass cancel",
        "ClOrdID(11)         capital letters and digits, at most 12 of them",
        "texts               at most 32 characters",
        "messages            at most 1024 bytes",
        "field               9303 SweepMode CHAR",
        "message             35=8 may have 9303, 9500 times 9501",
        "message             35=U7 VenueNotice is taken",
        "its resend request  is answered by a gap-fill, never by an old order; so it never had it: it is decided again",
        "never left          is never sent again",
        "our session drops   it cancels our orders after 30 s; back, we ask how they stand",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("alone", "told"),
    [
        ("", "what becomes of our orders nobody says; back, we ask how they stand"),
        ("cancels_on_disconnect = true\n", "it cancels our orders; back, we ask how they stand"),
        ("cancels_on_disconnect = false\n", "our orders stay there; back, we ask how they stand"),
        (
            'cancels_on_disconnect = false\non_disconnect = "cancel"\n',
            "our orders stay there; back, we cancel them all, and take no new ones until all is told",
        ),
    ],
)
def test_what_a_dropped_session_means_is_described(tmp_path: Path, alone: str, told: str) -> None:
    assert f"  our session drops   {told}" in describe(reading(tmp_path, "", alone)).splitlines()


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("messages = 50", "messages = 0", "2: rate.messages: 0 is not between 1 and 100000"),
        ("window_ms = 2000", "window_ms = 0", "3: rate.window_ms: 0 is not between 1 and 3600000"),
        ("burst = 20", "burst = 0", "4: rate.burst: 0 is not between 1 and messages, 50"),
        ("burst = 20", "burst = 51", "4: rate.burst: 51 is not between 1 and messages, 50"),
        (
            "reserved_for_cancels = 10",
            "reserved_for_cancels = 50",
            "5: rate.reserved_for_cancels: 50 of 50 messages are for cancels: no order could ever leave",
        ),
        ("reserved_for_cancels = 10", "reserved_for_cancels = -1", "5: rate.reserved_for_cancels: -1 is below zero"),
        ("_max = 500", "_max = 0", "6: rate.waiting_cancels_max: 0 is not between 1 and 100000"),
        ("burst = 20", "brust = 20", "4: rate.brust: unknown key; did you mean burst?"),
        ("length_max = 12", "length_max = 8", "8: limits.cl_ord_id_length_max: 8 is below 9, and nothing of ours would fit"),
        (
            "capitals_digits",
            "runes",
            "9: limits.cl_ord_id_characters: 'runes' is none of letters_digits",
        ),
        (
            "text_length_max = 32",
            "text_length_max = 0",
            "10: limits.text_length_max: 0 is below 1, and nothing of ours would fit",
        ),
        ("1024", "511", "11: limits.message_bytes_max: 511 is below 512, and nothing of ours would fit"),
        ('"CHAR"', '"CAHR"', "14: dictionary.fields.9303.type: 'CAHR' is none of "),
        ('"SweepMode"', '"Symbol"', "13: dictionary.fields.9303.name: Symbol is what FIX calls 55"),
        ('"SweepMode"', '"Venue"', "13: dictionary.fields.9303.name: Venue is there twice"),
        ('"SweepMode"', '"1Mode"', "13: dictionary.fields.9303.name: '1Mode' is not 1 to 64 letters and digits, a letter first"),
        ('name = "SweepMode"\n', "", "12: dictionary.fields.9303: FIX has no tag 9303, so it needs a name"),
        ("fields.58]", 'fields.58]\nname = "Words"', "21: dictionary.fields.58.name: FIX calls 58 Text"),
        ("fields.58]", "fields.34]", "20: dictionary.fields.34: MsgSeqNum(34) is the session's"),
        ("fields.58]", "fields.x]", "20: dictionary.fields.x: 'x' is no tag: a number of at most 9 digits"),
        (
            "fields.58]",
            "fields.58]\nvalues = { A = 'a' }",
            "21: dictionary.fields.58.values: it has no effect: what a venue says is never refused for a value",
        ),
        (
            'msg_type = "8"',
            'msg_type = "8"\nrequired = [58]',
            "23: dictionary.message[0].required: it has no effect: what a venue says is never refused for what it lacks",
        ),
        ('name = "VenueNotice"', "", "28: dictionary.message[1].msg_type: FIX.4.4 has no message 35=U7, so it needs a name"),
        ('"U7"\nname = "VenueNotice"', '"8"', "28: dictionary.message[1].msg_type: 35=8 is there twice"),
        ('"U7"', '"AF"', "29: dictionary.message[1].name: FIX calls 35=AF OrderMassStatusRequest"),
        ('"U7"', '"U 7"', "28: dictionary.message[1].msg_type: 'U 7' is no MsgType(35)"),
        ("[9303]", "[9999]", "21: dictionary.message[0]: tag 9999 is neither FIX's nor in [dictionary.fields]"),
        ("fields = [9501]", "fields = []", "26: dictionary.message[0].group[0].fields: an entry has no fields"),
        ("fields = [9501]", "fields = [9501, 9501]", "26: dictionary.message[0].group[0].fields: 9501 is there twice"),
        (
            '"NUMINGROUP"',
            '"STRING"',
            "25: dictionary.message[0].group[0].count: 9500 counts the entries, and is of type STRING: it must be NUMINGROUP",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line_and_reason(tmp_path: Path, was: str, becomes: str, complaint: str) -> None:
    assert was in WORDS
    file = file_with(tmp_path, WORDS.replace(was, becomes, 1))
    with pytest.raises(ConfigError) as refused:
        read(file)
    line, _, rest = complaint.partition(":")
    assert str(refused.value).startswith(f"{file}:{int(line) + LINE - 1}:{rest}")


@pytest.mark.parametrize(
    ("alone", "complaint"),
    [
        ("reissue_age_ms_max = -1", "1: reissue_age_ms_max: -1 is below zero"),
        (
            "cancels_on_disconnect = { after_s = 0 }",
            "1: cancels_on_disconnect: after_s 0 is not above zero: say true for at once",
        ),
        (
            'cancels_on_disconnect = true\non_disconnect = "cancel"',
            "2: on_disconnect: it cancels them itself, as cancels_on_disconnect says: one of the two is enough",
        ),
        ('on_disconnect = "panic"', "1: on_disconnect: Invalid enum value 'panic'"),
    ],
)
def test_keys_of_no_table_are_refused_too(tmp_path: Path, alone: str, complaint: str) -> None:
    file = file_with(tmp_path, "", alone + "\n")
    with pytest.raises(ConfigError) as refused:
        read(file)
    assert str(refused.value) == f"{file}:{complaint}"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    words = WORDS.replace("messages = 50", "messages = 0").replace("= 1024", "= 1").replace("[9303]", "[9999]")
    text = (SHIPPED + words).replace("heart_bt_int_s = 10", "heart_bt_int_s = 0")
    text = text.replace('sides = ["BUY", "SELL", "SELL_SHORT"]', 'sides = ["BUY", "BUY"]')
    text = text.replace("replaces_pending_max = 8", "replaces_pending_max = 9")
    file = tmp_path / "venue.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read(file)
    assert [str(complaint).split(": ", 1)[1] for complaint in refused.value.complaints] == [
        "heart_bt_int_s: 0 is not above zero",
        "takes.replaces_pending_max: 9 is not between 1 and 8",
        "takes.sides[1]: 'BUY' is there twice",
        "rate.messages: 0 is not between 1 and 100000",
        "rate.burst: 20 is not between 1 and messages, 0",
        "dictionary.message[0]: tag 9999 is neither FIX's nor in [dictionary.fields]",
        "limits.message_bytes_max: 1 is below 512, and nothing of ours would fit",
    ]


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ("cl_ord_id_length_max = 9", "ClOrdIDs of cell 'FG' have 10 characters, and cl_ord_id_length_max is 9: shorten its name"),
        (
            'cl_ord_id_characters = "digits"',
            "ClOrdIDs begin with the cell's name, 'FG', and it takes digits only: rename it",
        ),
    ],
)
def test_a_cell_whose_ids_a_counterparty_does_not_take_is_refused(tmp_path: Path, limits: str, why: str) -> None:
    venue = file_with(tmp_path, f"[limits]\n{limits}\n")
    text = Path("environments/dev.toml").read_text().replace("counterparties/simbroker.toml", str(venue))
    environment = tmp_path / "environment.toml"
    environment.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load(environment)
    assert str(refused.value) == f"{environment}: counterparty SIMBROKER: {why}"
