"""Where the FIX data dictionaries are: installed beside the environment by `make setup`, never committed."""

import sys
from functools import cache
from pathlib import Path


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
