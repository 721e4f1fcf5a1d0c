"""QuickFIX's files of one session, looked at before QuickFIX is: it does not start on some that a disk has cut short, and reads
nonsense out of others. They are no evidence (the journal is), so what is torn is given up as if the disk had lost it.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

_SEQNUMS = re.compile(r"\d{10,20} : \d{10,20}", re.ASCII)
"""The next numbers to send and to expect, zeros in front: one that is cut short looks like a smaller one."""
_SESSION = re.compile(r"\d{8}-\d\d:\d\d:\d\d(\.\d+)?", re.ASCII)
"""When the session began, in UTC."""
_HEADER = re.compile(r"(\d+,\d+,\d+ )*", re.ASCII)
"""MsgSeqNum(34), offset in the body and size in bytes of each message that was kept."""
_SUFFIXES = (".seqnums", ".session", ".header", ".body")


def give_up_torn(folder: Path) -> list[Path]:
    """Remove the files of each session in `folder` of which one is torn. Returns what was removed."""
    removed: list[Path] = []
    for body in folder.glob("*.body"):
        if not _is_whole(body):
            removed += [file for suffix in _SUFFIXES if (file := body.with_suffix(suffix)).exists()]
    for file in removed:
        file.unlink()
    return removed


def begin_today(folder: Path) -> None:
    """Have every session in `folder` begin now. QuickFIX empties a store that began on another day of UTC when it starts, for all
    that it is told that sessions do not stop (NonStopSession): the numbers of yesterday would be gone."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S")
    for session in folder.glob("*.session"):
        whole = session.with_suffix(".session-new")
        whole.write_text(now)
        whole.replace(session)


def _is_whole(body: Path) -> bool:
    seqnums, session, header = (_text(body.with_suffix(suffix)) for suffix in _SUFFIXES[:3])
    is_one_length = seqnums is None or len(set(map(len, seqnums.split(" : ")))) == 1
    return (
        (seqnums is None or (_SEQNUMS.fullmatch(seqnums) is not None and is_one_length))
        and (session is None or _SESSION.fullmatch(session) is not None)
        and (header is None or (_HEADER.fullmatch(header) is not None and _is_within(header, body.stat().st_size)))
    )


def _is_within(header: str, size: int) -> bool:
    """Whether every message that the header names is in the body."""
    entries = (entry.split(",") for entry in header.split())
    return all(int(offset) + int(length) <= size for _, offset, length in entries)


def _text(file: Path) -> str | None:
    """None where there is no such file."""
    try:
        return file.read_text("latin-1")
    except FileNotFoundError:
        return None
