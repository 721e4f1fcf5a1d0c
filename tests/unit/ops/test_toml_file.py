"""A TOML file: everything that is wrong with it is told at once, with file, line, key and reason."""

from pathlib import Path

import msgspec
import pytest

from ops.toml_file import Complaint, ConfigError, TomlFile


class Leg(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    symbol: str
    ratio: int = 1


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: int
    legs: tuple[Leg, ...] = ()


class Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    words: tuple[str, ...] = ()
    part: Part | None = None
    folder: Path = Path()


TRICKY = """\
# name = "not this one"
name = "a # b = ["      # = [

words = [
    "x = 1",            # ]
    '''
[part]
size = 3
''',
]
part.size = 4
"folder" = "a/b"
"""
NESTED = """\
name = \"\"\"
[part]
size = 9\"\"\"
[part]
size = 1

[[part.legs]]
symbol = "A"
ratio = 2

[[part.legs]]
symbol = "B"
ratio = "one"
"""


def refused(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    """Line, key and reason of each complaint."""
    file = tmp_path / "file.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refusal:
        TomlFile(file).read(Whole)
    complaints = [c for c in refusal.value.complaints if isinstance(c, Complaint)]
    assert str(refusal.value) == "\n".join(map(str, complaints))
    assert {c.file for c in complaints} == {file}
    return [(c.line, c.key, c.reason) for c in complaints]


def test_what_is_right_is_read(tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_text(TRICKY)
    words = ("x = 1", "[part]\nsize = 3\n")
    assert TomlFile(file).read(Whole) == Whole("a # b = [", words, Part(4), Path("a/b"))


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ('name = "a', 'nam = "a', (2, "nam", "unknown key; did you mean name?")),
        ("words = [", "xyz = 1\nwords = [1,", (5, "words[0]", "Expected `str`, got `int`")),
        ("part.size = 4", "part.size = true", (11, "part.size", "Expected `int`, got `bool`")),
        ('"folder" =', "'other' =", (12, "other", "unknown key; there are name, words, part, folder")),
    ],
)
def test_a_complaint_names_the_line_whatever_stands_in_strings_and_comments(
    tmp_path: Path, was: str, becomes: str, complaint: tuple[int, str, str]
) -> None:
    assert complaint in refused(tmp_path, TRICKY.replace(was, becomes, 1))


def test_a_table_of_a_list_is_named_by_its_place(tmp_path: Path) -> None:
    assert refused(tmp_path, NESTED) == [(13, "part.legs[1].ratio", "Expected `int`, got `str`")]


def test_every_complaint_is_made_at_once(tmp_path: Path) -> None:
    text = NESTED.replace('symbol = "B"', "sumbol = 1").replace("size = 1", "")
    assert refused(tmp_path, text) == [
        (4, "part", "key size is missing"),
        (12, "part.legs[1].sumbol", "unknown key; did you mean symbol?"),
        (11, "part.legs[1]", "key symbol is missing"),
        (13, "part.legs[1].ratio", "Expected `int`, got `str`"),
    ]


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert refused(tmp_path, 'name = "a"\nwords = [\n"b"\n')[0][0] == 0  # At the end of the file.
    assert refused(tmp_path, 'name = "a"\nname = "b"\n')[0][0] == 2


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(b'name = "\xff"')
    with pytest.raises(ConfigError, match="not UTF-8"):
        TomlFile(file)
