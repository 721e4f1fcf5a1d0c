"""Functions and files stay small enough to be read at one sitting."""

import ast

from tests.house.tree import at, modules, nodes, text

FUNCTION_LINES_MAX = 50
FILE_LINES_MAX = 400


def test_no_function_is_longer_than_fifty_lines() -> None:
    functions = nodes(ast.FunctionDef, ast.AsyncFunctionDef, of=modules())
    sizes = {f"{at(name, node)} {node.name}": node.end_lineno - node.lineno + 1 for name, node in functions}
    assert {where: lines for where, lines in sizes.items() if lines > FUNCTION_LINES_MAX} == {}


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    sizes = {name: text(name).count("\n") for name in modules()}
    assert {name: lines for name, lines in sizes.items() if lines > FILE_LINES_MAX} == {}
