"""No file tells where it was written, or where packages are fetched from."""

import re

from tests.house.tree import ROOT, files

# A folder that exists on one machine only. After a word, a dot or a slash it is part of a longer path or of an address.
MACHINE_PATH = re.compile(r"(?<![\w./~$}-])/(?:home|root|Users|work|tmp|mnt|opt)/[\w.]")
INDEX = re.compile(r"pypi\.(?:python\.)?org|pythonhosted\.org|npmjs\.(?:org|com)|(?<!-emit)-index-ur[l]|\w/simpl[e]/")


def traces(pattern: re.Pattern[str]) -> list[str]:
    """Every line of every text file that shows one."""
    found = []
    for name in files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            lines = enumerate(content.decode().splitlines(), 1)
            found += [f"{name}:{number}: {line.strip()}" for number, line in lines if pattern.search(line)]
    return found


def test_no_file_shows_a_path_of_somebodys_machine() -> None:
    assert traces(MACHINE_PATH) == []


def test_no_file_shows_the_address_of_a_package_index() -> None:
    assert traces(INDEX) == []
