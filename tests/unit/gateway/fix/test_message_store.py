"""QuickFIX starts on whatever it left, whole, torn anywhere or missing, and never believes a number that was cut short."""

from pathlib import Path

import pytest

from gateway.fix.message_store import give_up_torn

NAME = "FIX.4.4-FIXGATE-BROKER"
FILES = {
    ".seqnums": "0000000012 : 0000000345",
    ".session": "20261124-03:19:24",
    ".header": "10,0,4 11,4,6 ",
    ".body": "0123456789",
}


def stored(folder: Path, **changed: str) -> list[str]:
    """What is left of a store in which some files hold something else."""
    for suffix, text in (FILES | {f".{name}": text for name, text in changed.items()}).items():
        (folder / f"{NAME}{suffix}").write_text(text)
    (folder / "quickfix.cfg").write_text("ours")
    give_up_torn(folder)
    return sorted(file.suffix for file in folder.iterdir())


def test_a_whole_store_is_left_alone(tmp_path: Path) -> None:
    assert stored(tmp_path) == sorted([*FILES, ".cfg"])


@pytest.mark.parametrize("suffix", [".seqnums", ".session", ".header", ".body"])
def test_a_store_with_a_file_cut_anywhere_is_given_up_whole(tmp_path: Path, suffix: str) -> None:
    text = FILES[suffix]
    for length in range(len(text)):
        is_still_whole = suffix == ".header" and (length == 0 or text[:length].endswith(" "))
        left = stored(tmp_path, **{suffix[1:]: text[:length]})
        assert left == (sorted([*FILES, ".cfg"]) if is_still_whole else [".cfg"]), f"{length} bytes of {suffix}"


def test_a_missing_file_is_no_torn_one(tmp_path: Path) -> None:
    stored(tmp_path)
    (tmp_path / f"{NAME}.seqnums").unlink()
    assert give_up_torn(tmp_path) == []
