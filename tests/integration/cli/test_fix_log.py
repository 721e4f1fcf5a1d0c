"""`fixgate fix log` on a whole installation: what was said is found, from both sides, in FIX's own words, and without secrets."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ops.cli import main
from ops.commands.exits import Exit
from tests.dialogues.peer import broker_comp_id
from tests.sessions.peer import Fields, Peer, now, put_together
from tests.support.installation import Installation
from tests.support.polling import eventually

OURS, THEIRS = "correct-horse-battery", "hunter2-hunter2"
"""Our password towards the venue, and a client's towards us."""
START_S = 60.0
NAME = "EXAMPLE"


class Conversation:
    """What a client said, once, to a whole installation."""

    def __init__(self, running: Installation) -> None:
        self.running = running
        self.number = 0
        self.filled = ""
        """ClOrdID(11) of an order that was filled."""

    def message(self, msg_type: str, *body: tuple[int, str], number: int = 0) -> bytes:
        if not number:
            self.number += 1
        header = [(8, "FIX.4.4"), (9, "$LEN"), (35, msg_type), (34, str(number or self.number))]
        header += [(49, "FIXGATE"), (56, broker_comp_id(self.running.client_port)), (52, now())]
        return put_together([*header, *body, (10, "$SUM")])

    async def hold(self) -> None:
        """Log on, have an order filled, send garbage and a repetition, and log out."""
        peer = await self._connected()
        await peer.write(self.message("A", (98, "0"), (108, "30"), (553, "me"), (554, THEIRS)))
        assert dict(await peer.hear())[35] == "A"
        for attempt in range(1, 600):
            self.filled = f"c-{attempt}"
            if await self._is_filled(peer):
                break
            await asyncio.sleep(0.1)  # The venue, or its prices, are not there yet.
        garbled = self.message("D", (11, "garbled-1"), (554, THEIRS), number=self.number + 1)
        await peer.write(garbled.replace(b"\x0111=garbled-1", b"\x0111=\x1b[2Jgarbled-1"))
        await peer.write(self.message("D", (43, "Y"), (122, now()), *_order(self.filled), number=self.number))
        await peer.write(self.message("1", (112, "after")))
        await self._until(peer, "0")
        await peer.write(self.message("5"))
        await self._until(peer, "5")
        await peer.hang_up()

    async def _connected(self) -> Peer:
        async with asyncio.timeout(START_S):
            while True:
                try:
                    return await Peer.connect(self.running.client_port)
                except OSError:
                    await asyncio.sleep(0.1)

    async def _is_filled(self, peer: Peer) -> bool:
        await peer.write(self.message("D", *_order(self.filled)))
        while (told := await self._until(peer, "8"))[39] not in {"2", "8"}:
            pass
        return told[39] == "2"

    @staticmethod
    async def _until(peer: Peer, msg_type: str) -> dict[int, str]:
        while (told := dict(await peer.hear()))[35] != msg_type:
            pass
        return told


def _order(cl_ord_id: str) -> Fields:
    body = {11: cl_ord_id, 21: "1", 55: "EURUSD", 54: "1", 38: "100", 40: "1", 60: "20260102-03:04:05.678"}
    return list(body.items())


@pytest.fixture(scope="module")
def held() -> Iterator[Conversation]:
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))
    try:
        running = Installation(folder, has_client=True)
        secret = folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(OURS)
        venue = folder / "simbroker.toml"
        venue.write_text(venue.read_text() + f'\n[logon]\npassword = "file:{secret}"\n')
        with running:
            conversation = Conversation(running)
            asyncio.run(conversation.hold())
            yield conversation
    finally:
        shutil.rmtree(folder)


def fix_log(held: Conversation, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["fix", "log", "--config", str(held.running.file), *arguments])


def found(held: Conversation, *arguments: str) -> list[dict[str, Any]]:
    result = fix_log(held, *arguments, "--json")
    assert result.exit_code == Exit.OK, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def words(messages: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["session"], one["direction"], one["name"]) for one in messages if one["source"] == "journal"]


WHOLE_LIFE = {
    (NAME, "in", "NewOrderSingle"),
    ("SIMBROKER", "out", "NewOrderSingle"),
    ("SIMBROKER", "in", "ExecutionReport"),
    (NAME, "out", "ExecutionReport"),
}


def test_an_orders_whole_life_is_shown_from_both_sides_by_any_of_its_ids(held: Conversation) -> None:
    by_client = eventually(lambda: [m for m in [found(held, "--order", held.filled)] if len(m) >= 7])[0]
    assert set(words(by_client)) == WHOLE_LIFE
    assert words(by_client)[:2] == [(NAME, "in", "NewOrderSingle"), ("SIMBROKER", "out", "NewOrderSingle")]
    sent = next(one for one in by_client if one["session"] == "SIMBROKER" and one["direction"] == "out")
    report = next(one for one in by_client if one["session"] == "SIMBROKER" and one["direction"] == "in")
    ids = {field["tag"]: field["value"] for field in report["fields"]}
    assert report["answers_msg_seq_num"] == sent["msg_seq_num"]
    told = next(one for one in by_client if one["session"] == NAME and one["direction"] == "out")
    exec_id = next(field["value"] for field in told["fields"] if field["tag"] == 17)
    for any_id in (sent["root_id"], ids[11], ids[37], ids[17], exec_id):
        assert words(found(held, "--order", any_id)) == words(by_client), any_id


def test_what_was_sent_again_is_among_the_messages_of_its_order(held: Conversation) -> None:
    (again,) = [one for one in found(held, "--order", held.filled) if one["source"] == "file"]
    assert (again["why"], again["msg_type"], again["direction"]) == ("untold", "D", "in")
    assert {"tag": 43, "name": "PossDupFlag", "value": "Y", "meaning": "YES"} in again["fields"]


def test_the_reader_sees_names_and_meanings(held: Conversation) -> None:
    shown = fix_log(held, "--order", held.filled).stdout
    assert f"<- {NAME}" in shown
    assert "NewOrderSingle (35=D)" in shown
    assert "Side(54)=1  BUY" in shown
    assert "OrdStatus(39)=2  FILLED" in shown
    assert "answers 34=" in shown


def test_a_garbled_message_is_there_with_what_was_wrong_and_harms_no_terminal(held: Conversation) -> None:
    result = fix_log(held, "--grep", "garbled-1")
    assert "\x1b" not in result.stdout
    assert r"\x1b[2Jgarbled-1" in result.stdout
    assert "[file, untold]" in result.stdout
    assert "! " in result.stdout
    assert fix_log(held, "--grep", "garbled-1", "--raw").stdout.count("\n") == 1


def test_messages_are_selected_by_session_type_direction_number_and_field(held: Conversation) -> None:
    logons = found(held, "--session", NAME, "--msg-type", "A")
    assert [(one["direction"], one["msg_seq_num"]) for one in logons] == [("in", 1), ("out", 1)]
    assert [one["name"] for one in found(held, "--session", NAME, "--direction", "in", "--msg-seq-num", "1")] == ["Logon"]
    orders = found(held, "--grep", f"11={held.filled}", "--direction", "in", "--source", "journal")
    assert [(one["session"], one["msg_type"]) for one in orders] == [(NAME, "D")]
    seq = str(orders[0]["seq"])
    assert [one["seq"] for one in found(held, "--seq", seq)] == [int(seq)]
    assert found(held, "--since", "2020-01-01", "--until", "2020-01-02") == []


def test_the_session_of_prices_is_in_its_files_without_the_prices(held: Conversation) -> None:
    names = {(one["source"], one["name"]) for one in found(held, "--session", "SIMBROKER-MD")}
    assert {("file", "Logon"), ("file", "MarketDataRequest")} <= names
    assert "MarketDataSnapshotFullRefresh" not in {name for _, name in names}


def test_only_so_many_are_shown_and_it_says_so(held: Conversation) -> None:
    result = fix_log(held, "--limit", "2", "--json")
    assert len(result.stdout.splitlines()) == 2
    assert "there are older ones: the newest 2 are shown" in result.stderr


def test_an_id_that_nobody_used_is_unknown(held: Conversation) -> None:
    result = fix_log(held, "--order", "nobody's")
    assert (result.exit_code, result.stdout) == (Exit.UNKNOWN, "")


def test_a_damaged_line_is_told_of_and_skipped(held: Conversation) -> None:
    folder = held.running.settings.data / "archive" / "GONE"
    folder.mkdir(parents=True)
    (folder / "2026-01-02.log").write_bytes(b'{"at_ns":1}\n')
    result = fix_log(held, "--session", "GONE", "--source", "files")
    assert (result.exit_code, result.stdout) == (Exit.OK, "")
    assert "2026-01-02.log: line 1 is not what was written, and is skipped" in result.stderr


def test_no_password_is_anywhere(held: Conversation) -> None:
    """In no file of the installation (the journal's database among them), and in nothing that is shown."""
    files = [file for file in held.running.settings.data.rglob("*") if file.is_file()]
    holding = [file for file in files if any(secret.encode() in file.read_bytes() for secret in (OURS, THEIRS))]
    assert holding == []
    shown = fix_log(held, "--limit", "10000").stdout + fix_log(held, "--limit", "10000", "--raw").stdout
    assert "***" in shown
    assert OURS not in shown and THEIRS not in shown
