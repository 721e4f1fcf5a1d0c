"""QuickFIX is spoken to in tags and text: a field object costs twenty microseconds and loses digits."""

import ast

from tests.house.tree import at, modules, nodes


def calls(method: str, of: tuple[str, ...]) -> list[tuple[str, ast.Call]]:
    """Every `something.method(...)`."""
    found = nodes(ast.Call, of=of)
    return [(name, node) for name, node in found if isinstance(node.func, ast.Attribute) and node.func.attr == method]


def is_tag(argument: ast.expr) -> bool:
    """A number, or the name of one: TAG, tags.CL_ORD_ID. A call would be a field object."""
    match argument:
        case ast.Constant(value=int()):
            return True
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return word.isupper() or word == "tag"
        case _:
            return False


def test_only_the_fix_package_reads_fields_of_the_engine() -> None:
    outside = tuple(name for name in modules() if not name.startswith(("gateway/fix/", "tests/")))
    assert [at(name, node) for name, node in calls("getField", outside)] == []


def test_fields_are_read_by_tag_and_never_by_object() -> None:
    reads = calls("getField", modules())
    assert [at(name, node) for name, node in reads if len(node.args) != 1 or not is_tag(node.args[0])] == []


def test_fields_are_written_by_tag_and_text() -> None:
    writes = calls("setField", modules())
    assert [at(name, node) for name, node in writes if len(node.args) != 2 or not is_tag(node.args[0])] == []
