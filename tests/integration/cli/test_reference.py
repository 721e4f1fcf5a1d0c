"""Reference data on a whole installation: set by files and over gRPC, judged by over gRPC and FIX, and there after a restart."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.api.v1 import fix_pb2, reference_pb2
from gateway.api.v1.order_service_pb2 import CancelRequest, SubmitRequest
from gateway.api.v1.reference_service_pb2 import SetReferenceRequest
from gateway.control import tls
from gateway.control.client import CallRefused, Client, Unanswered, Unreachable
from ops import settings as files
from ops.commands.exits import Exit
from tests.dialogues.peer import order
from tests.support.client import logged_on
from tests.support.installation import PROGRAM, REPOSITORY, Installation
from tests.support.polling import eventually

LIMITS = """
[[limit]]
scope = "firm"
control = "market_state"
value = "0"
age_ms_max = 3600000

[[limit]]
scope = "firm"
control = "restricted_list"
value = "1"
age_ms_max = 3600000

[[limit]]
scope = "firm"
control = "fx_rate_age_ms_max"
value = "3600000"

[[limit]]
scope = "firm"
control = "open_value_max"
value = "1000000000"
"""
FEED, RISK = ("--as", "feed/vendor"), ("--as", "risk/alice")


@pytest.fixture
def running() -> Iterator[Installation]:
    """Values are in pounds, so that every order needs a rate; the rates of one file are there from the start."""
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))
    try:
        made = Installation(folder, has_client=True)
        rates = written(folder, "rates", '[[fx_rate]]\ncurrency = "USD"\nbase = "GBP"\nrate = "0.79"\nhaircut_bps = "50"')
        text = made.file.read_text().replace('base_currency = ""', 'base_currency = "GBP"')
        made.file.write_text(text.replace("reference = []", f'reference = ["{rates}"]') + LIMITS)
        made.settings = files.load(made.file)
        with made:
            yield made
    finally:
        shutil.rmtree(folder)


def written(folder: Path, source: str, rows: str) -> Path:
    file = folder / f"{source}.toml"
    file.write_text(f'source = "{source}"\nas_of = {datetime.now(UTC).isoformat()}\n\n{rows}\n')
    return file


def fixgate(running: Installation, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [*PROGRAM, *arguments, "--config", str(running.file), "--json"]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)


def load(running: Installation, source: str, rows: str, identity: tuple[str, str]) -> tuple[int, dict[str, Any]]:
    said = fixgate(running, "reference", "load", str(written(running.folder, source, rows)), *identity)
    return said.returncode, json.loads(said.stdout)


def client(running: Installation, principal: str) -> Client:
    its = running.identity(principal)
    return Client(running.address, tls.Files(its.certificate, its.key, its.authority))


def submitted(trader: Client, client_order_id: str) -> str:
    """TAKEN, or why not."""
    wanted = SubmitRequest(
        client_order_id=client_order_id,
        account="DESK1",
        symbol="EURUSD",
        side=fix_pb2.SIDE_BUY,
        ord_type=fix_pb2.ORD_TYPE_LIMIT,
        order_qty="100",
        price="1.3500",
        time_in_force=fix_pb2.TIME_IN_FORCE_GOOD_TILL_CANCEL,
    )
    try:
        trader.submit(wanted)
    except CallRefused as refused:
        return refused.refusal
    except (Unreachable, Unanswered):
        return "NOBODY"
    return "TAKEN"


def settled(trader: Client, numbers: Iterator[int], expected: str) -> str:
    """The id of the first order that is answered so: sessions, prices and the engine may still be coming."""
    asked: list[str] = []

    def is_so() -> bool:
        asked.append(f"o-{next(numbers)}")
        return submitted(trader, asked[-1]) == expected

    eventually(is_so, seconds=60)
    return asked[-1]


def halted(client_order_id: str) -> SetReferenceRequest:
    market = reference_pb2.Market(symbol="EURUSD", state=reference_pb2.MARKET_STATE_HALTED)
    request = SetReferenceRequest(
        client_order_id=client_order_id, source="exchange", rows=[reference_pb2.ReferenceRow(market=market)]
    )
    request.as_of.FromNanoseconds(time.time_ns())
    return request


def opens_the_market(running: Installation, trader: Client) -> None:
    """By files: one that is wrong sets nothing, and a feed may set no lists."""
    code, wrong = load(
        running,
        "bad",
        '[[market]]\nsymbol = "EURUSD"\nstate = "CONTINUOUS"\n\n[[adv]]\nsymbol = "EURUSD"\nadv20 = "NaN"',
        FEED,
    )
    assert code == Exit.CONFIG
    (complaint,) = wrong["error"]["complaints"]
    assert (complaint["line"], complaint["key"]) == (8, "adv[0]")
    assert complaint["reason"] == "adv20 is NaN, and must be a number above zero"
    listed = '[[restricted_list]]\nname = "firm"\nentries = []'
    assert load(running, "lists", listed, FEED)[0] == Exit.NOT_PERMITTED
    assert load(running, "lists", listed, RISK)[0] == Exit.OK
    assert submitted(trader, "half") == "MISSING_REFERENCE_DATA"
    assert load(running, "market", '[[market]]\nsymbol = "EURUSD"\nstate = "CONTINUOUS"', FEED)[0] == Exit.OK


def test_orders_are_judged_by_reference_data_over_grpc_and_fix_and_after_a_restart(running: Installation, tmp_path: Path) -> None:
    numbers = iter(range(10_000))
    with client(running, "trader/desk1") as trader, client(running, "feed/vendor") as feed:
        settled(trader, numbers, "MISSING_REFERENCE_DATA")
        opens_the_market(running, trader)
        open_id = settled(trader, numbers, "TAKEN")

        request = halted("halt-1")
        answer = feed.set_reference(request)
        assert (answer.rows, answer.is_repetition) == (1, False)
        again = feed.set_reference(request)
        assert (again.seq, again.is_repetition) == (answer.seq, True)
        assert submitted(trader, f"o-{next(numbers)}") == "MARKET_NOT_OPEN"
        assert load(running, "market", '[[market]]\nsymbol = "EURUSD"\nstate = "CONTINUOUS"', FEED)[0] == Exit.OK
        settled(trader, numbers, "TAKEN")
        bad = halted("halt-2")
        bad.rows.add().adv.symbol = "EURUSD"
        with pytest.raises(CallRefused, match=r"INVALID_FIELD: rows\[1\]\.adv"):
            feed.set_reference(bad)

        entry = (
            '[[restricted_list]]\nname = "firm"\n[[restricted_list.entries]]\nscope = "symbol=EURUSD"\nrestriction = "NO_TRADE"'
        )
        peer = logged_on(running, tmp_path)
        try:
            assert load(running, "lists", entry, RISK)[0] == Exit.OK
            assert submitted(trader, f"o-{next(numbers)}") == "RESTRICTED"
            peer.send("D", *order("fix-1"))
            told = dict(peer.receive_until("8", 60))
            assert (told[39], told[11]) == ("8", "fix-1")
            assert told[58].startswith("RESTRICTED list=firm restriction=NO_TRADE entry=symbol=EURUSD")
        finally:
            peer.stop()

        before = fixgate(running, "reference", "show", *RISK).stdout
        running.kill("engine")
        settled(trader, numbers, "RESTRICTED")
        assert fixgate(running, "reference", "show", *RISK).stdout == before
        assert fixgate(running, "reference", "show", "--kind", "restricted_list", *FEED).returncode == Exit.NOT_PERMITTED
        assert '"restricted_list"' not in fixgate(running, "reference", "show").stdout
        assert [(row["source"], *row["row"]) for row in map(json.loads, before.splitlines())] == [
            ("market", "market"),
            ("rates", "fx_rate"),
            ("lists", "restricted_list"),
        ]
        trader.cancel(CancelRequest(client_order_id="x-1", orig_client_order_id=open_id))
