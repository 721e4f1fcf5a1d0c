"""The scripts of the session-level test cases, as data: every file of the folder `scripts`.

A file holds cases. A case begins with its number and name; its lines are played in order, on a session that was never used.

== 2c a number that is too low ends the session
# A comment.
! why it fails            a deviation that is known: it counts as failed all the same
~ logon 108=30            log on, and be answered; fields replace those of the Logon(A)
> 35=0|34=1               send a message; its header is made, and any field of it may be given, or left out by `34!`
>> 8=$BEGIN|35=0|9=$LEN…  send these fields in this order
< 35=5|58=*|371!          what is heard next: listed fields are equal, `58=*` is present, `371!` is absent
~ alive                   ask by TestRequest(1) and be answered by Heartbeat(0), with nothing in between
~ closed                  the peer hangs up, and says nothing more
~ closed or told          the same, but it may say Reject(3) and Logout(5) before
~ timed out               the same, but it may say Heartbeat(0) and TestRequest(1) before
~ logged out              the peer sends Logout(5), is answered, and hangs up
~ silent 1.5              nothing is said for so many seconds, and nobody hangs up
~ next 6                  the number of the next message that is sent
~ connect                 connect once more, after the peer hung up
~ hang up                 hang up
~ second                  what follows is done on a second connection; `~ first` goes back

The numbers of what is heard are checked without being asked: each is the last one plus one, unless its line gives tag 34.
A line that begins with `[FIX.4.2]`, or with `[FIX.4.4 FIXT.1.1]`, is for these versions only. Values:
$BEGIN the version · $LEN and $SUM the true length and checksum, `$LEN+3` a wrong one · `-121s`, `+5s` a time so far from now ·
$SECOND now, to the second · $SUM4 the checksum in four digits · $LONG a long text · $US and $THEM the CompIDs, `$THEM` the peer's
own. `$V` at the end of a Logon(A) stands for what the version adds to it, and `\\x01` for a delimiter inside a value.
"""

import re
from pathlib import Path

import msgspec

from gateway.codec.version import VERSIONS

HERE = Path(__file__).parent / "scripts"
SENDS = ">"
_LINE = re.compile(r"(?:\[(?P<versions>[^\]]+)\] )?(?P<kind>>>|>|<|~) (?P<text>.+)")
_LOGON_ADDS = "|1137=9"
_CASE = re.compile(r"== (?P<number>\S+) (?P<name>.+)")


class ScriptUnreadable(Exception):
    """A line is none of a script: says which."""


class Step(msgspec.Struct, frozen=True):
    """One line of a case."""

    where: str
    kind: str
    text: str
    versions: frozenset[str]

    @property
    def fields(self) -> list[tuple[int, str | None]]:
        """The fields that the line gives; None where the field must not be there."""
        found: list[tuple[int, str | None]] = []
        for part in self.text.replace("\\x01", "\x01").split("|"):
            tag, is_given, value = part.partition("=")
            if not is_given and not part.endswith("!"):
                raise ScriptUnreadable(f"{self.where}: {part!r} is no field")
            found.append((int(tag.removesuffix("!")), value if is_given else None))
        return found


class Case(msgspec.Struct, frozen=True):
    """One session-level test case. Its number is that of the list of test cases, where it is one of these."""

    number: str
    name: str
    file: str
    steps: tuple[Step, ...]
    deviation: str = ""
    """Why it fails, where that is known."""

    def of(self, version: str) -> tuple[Step, ...]:
        """What is played in that version; nothing where the case is not for it."""
        added = _LOGON_ADDS if VERSIONS[version].transport_data_dictionary else ""
        steps = [step for step in self.steps if version in step.versions]
        return tuple(msgspec.structs.replace(step, text=step.text.replace("$V", added)) for step in steps)


def cases() -> list[Case]:
    """All of them, in the order of their files. Raises ScriptUnreadable."""
    found = [case for file in sorted(HERE.glob("*.txt")) for case in _read(file)]
    names = [case.name for case in found]
    if len(set(names)) < len(names):
        raise ScriptUnreadable(f"two cases are called {next(name for name in names if names.count(name) > 1)!r}")
    return found


def _read(file: Path) -> list[Case]:
    found: list[Case] = []
    for count, line in enumerate(file.read_text().splitlines(), 1):
        where = f"{file.name}:{count}"
        if not line or line.startswith("#"):
            continue
        if case := _CASE.fullmatch(line):
            found.append(Case(case["number"], case["name"], file.stem, ()))
        else:
            last = found.pop()
            if line.startswith("! "):
                found.append(msgspec.structs.replace(last, deviation=line[2:]))
            else:
                found.append(msgspec.structs.replace(last, steps=(*last.steps, _step(where, line))))
    return found


def _step(where: str, line: str) -> Step:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ScriptUnreadable(f"{where}: {line!r} is no line of a script")
    versions = frozenset((found["versions"] or " ".join(VERSIONS)).split())
    if not versions <= VERSIONS.keys():
        raise ScriptUnreadable(f"{where}: {found['versions']} are not all of {', '.join(VERSIONS)}")
    return Step(where, found["kind"], found["text"], versions)
