"""Where the FIX data dictionaries are: installed beside the environment by `make setup`, never committed."""

import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from gateway.fix.overlay import NOTHING, Overlay, lay

_ADMIN = "./messages/message[@msgcat='admin']"
_DATA, _TEXT = "DATA", "STRING"
_LOCAL_DATE, _DATE = "LOCALMKTDATE", "UTCDATE"
JUDGED = frozenset({"EncryptMethod", "HeartBtInt", "MsgSeqNum", "NextExpectedMsgSeqNum"})
"""Fields that `judge` looks at, or that QuickFIX itself hangs up on where they are wrong."""


class DictionaryMissing(Exception):
    """The named data dictionary is not installed."""


@cache
def path(name: str) -> str:
    """The file of dictionary `name` ("FIX44", say) under the environment's `share/quickfix`.

    Raises DictionaryMissing, which says how to install it.
    """
    file = Path(sys.prefix) / "share" / "quickfix" / f"{name}.xml"
    if not file.is_file():
        raise DictionaryMissing(f"data dictionary {name}.xml is not in {file.parent}: run `make setup`")
    return str(file)


def write_strict(name: str, file: Path, other: str = "", overlay: Overlay = NOTHING) -> None:
    """Write dictionary `name` as FIX has it, but for some things of which QuickFIX makes too much or too little.

    QuickFIX neither answers nor hangs up on a Logon(A) that its dictionary refuses: so that one needs nothing, and what it asks
    for is judged by us. On a message without MsgSeqNum(34) it hangs up, as it should, only where its dictionary does not ask for
    one. Dates are asked to be dates. No field is of type DATA (see `write_lenient`).

    `overlay`: what the peer's FIX has beyond it.

    Where session and business messages have a dictionary each, `other` is the other one: a field of the one is not unknown to the
    other, and a business message, too, needs its header.
    """
    tree = ElementTree.parse(path(name))  # noqa: S314  Our own installed file.
    fix = tree.getroot()
    if other:
        _join(fix, ElementTree.parse(path(other)).getroot())  # noqa: S314  The same.
    lay(overlay, fix)
    for field in fix.iterfind("./fields/field"):
        if field.get("type") == _DATA or field.get("name") in JUDGED:
            field.set("type", _TEXT)
        if field.get("type") == _LOCAL_DATE:
            field.set("type", _DATE)
        if field.get("name") in JUDGED:
            for value in field.findall("value"):
                field.remove(value)
    for one in [
        *fix.iterfind("./messages/message[@msgtype='A']//*[@required]"),
        *fix.iterfind("./header/field[@name='MsgSeqNum']"),
    ]:
        one.set("required", "N")
    tree.write(file, encoding="unicode")


def _join(fix: Element, other: Element) -> None:
    """Give `fix` the fields of `other`, and its header and trailer if it has none of its own.

    QuickFIX reads these only where the version is below 5; which one it is, it does not ask.
    """
    fields, names = fix.find("fields"), {field.get("name") for field in fix.iterfind("./fields/field")}
    assert fields is not None
    fields.extend(field for field in other.iterfind("./fields/field") if field.get("name") not in names)
    if other.find("./header/*") is not None:
        fix.set("major", "4")
        for part in ("header", "trailer"):
            own, its = fix.find(part), other.find(part)
            assert own is not None
            assert its is not None
            own.extend(its)


def write_lenient(name: str, file: Path, overlay: Overlay = NOTHING) -> None:
    """Write dictionary `name` without its opinion of business messages: no field of theirs is required, no value is wrong.

    QuickFIX answers what its dictionary refuses by itself, and counts it: a fill with an odd field would never be heard of.
    What remains is what it needs to take a message apart into groups, and its own session messages.

    No field is of type DATA any more either: QuickFIX believes such a field's length and reads beyond the message, which ends the
    process. A value with a delimiter inside makes a message garbled instead, and such messages do not count (FIX volume 2).
    """
    tree = ElementTree.parse(path(name))  # noqa: S314  Our own installed file.
    fix = tree.getroot()
    lay(overlay, fix)
    own = {
        str(one.get("name"))
        for part in [*fix.iterfind("./header"), *fix.iterfind("./trailer"), *fix.iterfind(_ADMIN)]
        for one in part.iter()
    }
    for field in fix.iterfind("./fields/field"):
        if field.get("name") not in own:
            for value in field.findall("value"):
                field.remove(value)
        if field.get("name") not in own or field.get("type") == _DATA:
            field.set("type", _TEXT)
    for part in [*fix.iterfind("./messages/message[@msgcat='app']"), *fix.iterfind("./components")]:
        for one in part.iter():
            if "required" in one.attrib:
                one.set("required", "N")
    tree.write(file, encoding="unicode")
