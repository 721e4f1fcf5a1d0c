"""What the journal does not hold is in a file: bounded, kept for so many days, and never trusted where it is damaged."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.fix.archive import RAW_BYTES_MAX, Damaged, Entry, Plan, Writer, files, read

NOON_NS = int(datetime(2026, 1, 2, 12, tzinfo=UTC).timestamp()) * 1_000_000_000
DAY_NS = 86_400_000_000_000
RAW = "8=FIX.4.4\x0135=8\x0158=\xe9\x00\n\x0110=000\x01"


def entry(at_ns: int = NOON_NS, raw: str = RAW, note: str = "") -> Entry:
    return Entry(at_ns, "in", "untold", raw, note)


class Archive:
    """A session's archive, and what its writer said aloud."""

    def __init__(self, folder: Path, days: int = 10_000, bytes_a_day_max: int = 1 << 20) -> None:
        self.plan = Plan(folder / "S", days, bytes_a_day_max)
        self.said: list[str] = []
        self.writer = Writer(self.plan, self.said.append)

    def found(self) -> list[Entry | Damaged]:
        return list(read(self.plan.folder))

    def names(self) -> list[str]:
        return [file.name for file in files(self.plan.folder)]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def test_what_is_written_is_read_back_byte_for_byte(archive: Archive) -> None:
    wanted = [entry(), entry(NOON_NS + 1, note="Expected CheckSum=1"), Entry(NOON_NS + 2, "out", "unjournalled", RAW)]
    for one in wanted:
        archive.writer.add(one)
    assert archive.found() == wanted


def test_only_its_owner_reads_it(archive: Archive) -> None:
    archive.writer.add(entry())
    (file,) = files(archive.plan.folder)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_each_day_has_its_file(archive: Archive) -> None:
    for at_ns in (NOON_NS, NOON_NS + DAY_NS, NOON_NS):  # The last one waited while midnight passed.
        archive.writer.add(entry(at_ns))
    assert archive.names() == ["2026-01-02.log", "2026-01-03.log"]
    assert list(read(archive.plan.folder, NOON_NS + DAY_NS)) == [entry(NOON_NS + DAY_NS)]
    assert list(read(archive.plan.folder, 0, NOON_NS + 1)) == [entry(), entry()]


def test_what_is_older_than_it_is_kept_is_deleted(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for day in range(4):
        archive.writer.add(entry(NOON_NS + day * DAY_NS))
    (archive.plan.folder / "notes.txt").write_text("a person's")
    two_days = Archive(tmp_path, days=2)  # As of today all four are old.
    assert (two_days.names(), len(two_days.said)) == ([], 4)
    for day in range(4):
        two_days.writer.add(entry(NOON_NS + day * DAY_NS))
    assert two_days.names() == ["2026-01-04.log", "2026-01-05.log"]
    assert (archive.plan.folder / "notes.txt").exists()


def test_a_day_that_is_full_takes_no_more_and_the_archive_says_how_much_it_lacks(tmp_path: Path) -> None:
    archive = Archive(tmp_path, bytes_a_day_max=1_000)
    for number in range(100):
        archive.writer.add(entry(NOON_NS + number))
    kept = len(archive.found())
    assert 0 < kept < 10
    assert files(archive.plan.folder)[0].stat().st_size <= 1_000
    assert len(archive.said) == 1 and "the day has its 1000 bytes" in archive.said[0]
    archive.writer.add(entry(NOON_NS + DAY_NS))
    lost, first = list(read(archive.plan.folder))[kept:]
    assert lost == Entry(NOON_NS + DAY_NS, "in", "lost", "", f"{100 - kept} messages were lost before this")
    assert first == entry(NOON_NS + DAY_NS)


def test_a_disk_that_takes_nothing_stops_nobody(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        archive.writer.add(entry())
        archive.writer.add(entry(NOON_NS + 1))
    archive.writer.add(entry(NOON_NS + 2))
    assert len(archive.said) == 1 and "No space left on device" in archive.said[0]
    assert archive.found() == [Entry(NOON_NS + 2, "in", "lost", "", "2 messages were lost before this"), entry(NOON_NS + 2)]


def test_half_a_line_is_told_of_and_costs_no_other(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    archive.writer.add(entry())
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, data: write(file, data[: len(data) // 2]))
        archive.writer.add(entry(NOON_NS + 1))
    archive.writer.add(entry(NOON_NS + 2))
    (file,) = files(archive.plan.folder)
    note = "1 messages were lost before this"
    assert archive.found() == [entry(), Damaged(file, 2), Entry(NOON_NS + 2, "in", "lost", "", note), entry(NOON_NS + 2)]


def test_a_line_that_a_dead_process_left_torn_costs_no_other(archive: Archive) -> None:
    archive.writer.add(entry())
    (file,) = files(archive.plan.folder)
    with file.open("ab") as torn:
        torn.write(b'{"at_ns":1,')
    again = Writer(archive.plan)
    again.add(entry(NOON_NS + 1))
    assert archive.found() == [entry(), Damaged(file, 2), entry(NOON_NS + 1)]


def test_a_line_that_somebody_changed_is_damaged(archive: Archive) -> None:
    for number in range(3):
        archive.writer.add(entry(NOON_NS + number))
    (file,) = files(archive.plan.folder)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + lines[1].replace(b"35=8", b"35=9") + lines[2])
    assert archive.found() == [entry(), Damaged(file, 2), entry(NOON_NS + 2)]


def test_a_message_longer_than_any_of_ours_is_cut_and_says_so(tmp_path: Path) -> None:
    archive, size = Archive(tmp_path, bytes_a_day_max=4 << 20), RAW_BYTES_MAX + 1
    archive.writer.add(entry(raw="x" * size, note="Invalid message"))
    assert archive.found() == [entry(raw="x" * RAW_BYTES_MAX, note=f"cut, of {size} bytes; Invalid message")]
