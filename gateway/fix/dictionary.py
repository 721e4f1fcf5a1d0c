"""Where the FIX data dictionaries are: installed beside the environment by `make setup`, never committed."""

import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

_ADMIN = "./messages/message[@msgcat='admin']"
_DATA, _TEXT = "DATA", "STRING"


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


def write_lenient(name: str, file: Path) -> None:
    """Write dictionary `name` without its opinion of business messages: no field of theirs is required, no value is wrong.

    QuickFIX answers what its dictionary refuses by itself, and counts it: a fill with an odd field would never be heard of.
    What remains is what it needs to take a message apart into groups, and its own session messages.

    No field is of type DATA any more either: QuickFIX believes such a field's length and reads beyond the message, which ends the
    process. A value with a delimiter inside makes a message garbled instead, and such messages do not count (FIX volume 2).
    """
    tree = ElementTree.parse(path(name))  # noqa: S314  Our own installed file.
    fix = tree.getroot()
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
