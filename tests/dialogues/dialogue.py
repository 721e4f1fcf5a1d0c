"""Runs a written FIX conversation against a broker.

# A comment. Each dialogue is a file.
! quote 1.38500 1.38510       something happens at the broker; the test says what the words mean
> 35=D|11=A1|55=EURUSD|54=1   the client sends; TransactTime(60) is added where it is needed
< 35=8|11=A1|37=$ORDER|41!    the client hears exactly this next: listed tags are equal, `tag!` is absent, `tag=*` is
                              present, and `$NAME` stands for the same value wherever it comes
"""

import queue
from collections.abc import Callable
from pathlib import Path

from tests.dialogues.peer import NOW, Peer

Happen = Callable[[list[str]], None]


def run(file: Path, peer: Peer, happen: Happen) -> None:
    """Play `file`; an AssertionError names the line."""
    known: dict[str, str] = {}
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        where = f"{file.name}:{number}: {line}"
        match line[:1]:
            case "" | "#":
                continue
            case "!":
                happen(line[1:].split())
            case ">":
                _send(peer, _fields(line, known))
            case "<":
                _hear(peer, line, known, where)
            case _:
                raise AssertionError(f"{where}: not a line of a dialogue")
    assert peer.hears_nothing(0.05), f"{file.name}: the broker said more"


def _send(peer: Peer, wanted: list[tuple[int, str]]) -> None:
    body = [one for one in wanted if one[0] != 35]
    if dict(wanted)[35] in {"D", "F", "G", "q"} and 60 not in dict(body):
        body.append((60, NOW))
    peer.send(dict(wanted)[35], *body)


def _hear(peer: Peer, line: str, known: dict[str, str], where: str) -> None:
    try:
        heard = dict(peer.receive())
    except queue.Empty:
        raise AssertionError(f"{where}\nnothing came") from None
    for part in line[1:].strip().split("|"):
        tag, equals, value = part.partition("=")
        if not equals:
            assert tag.endswith("!"), where
            assert int(tag[:-1]) not in heard, f"{where}\n{heard}"
            continue
        actual = heard.get(int(tag))
        assert actual is not None, f"{where}\n{tag} is absent in {heard}"
        wanted = known.setdefault(value, actual) if value.startswith("$") else value
        assert value == "*" or actual == wanted, f"{where}\n{tag} is {actual!r} in {heard}"


def _fields(line: str, known: dict[str, str]) -> list[tuple[int, str]]:
    pairs = [part.partition("=") for part in line[1:].strip().split("|")]
    return [(int(tag), known.get(value, value)) for tag, _, value in pairs]
