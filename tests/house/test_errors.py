"""No failure is swallowed, nobody waits blindly."""

import ast

from tests.house.tree import at, modules, nodes, product

CATCHES_ALL = {"Exception", "BaseException"}


def names(node: ast.expr | None) -> set[str]:
    """The last word of each exception class in an except clause or a call."""
    match node:
        case None:
            return set()
        case ast.Tuple(elts=elements):
            return set().union(*(names(element) for element in elements))
        case ast.Attribute(attr=word) | ast.Name(id=word):
            return {word}
        case _:
            return set()


def does_nothing(body: list[ast.stmt]) -> bool:
    """Whether a handler forgets: docstrings, `pass`, `...` and `continue` are not an answer."""
    return all(isinstance(statement, ast.Pass | ast.Continue) or _is_constant(statement) for statement in body)


def _is_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def test_no_exception_is_swallowed() -> None:
    handlers = nodes(ast.ExceptHandler, of=modules())
    swallowing = [at(name, node) for name, node in handlers if names(node.type) & CATCHES_ALL and does_nothing(node.body)]
    assert swallowing == []


def test_no_except_clause_is_bare() -> None:
    assert [at(name, node) for name, node in nodes(ast.ExceptHandler, of=modules()) if node.type is None] == []


def test_suppress_names_what_it_suppresses() -> None:
    calls = [(name, node) for name, node in nodes(ast.Call, of=modules()) if names(node.func) == {"suppress"}]
    assert [at(name, node) for name, node in calls if any(names(argument) & CATCHES_ALL for argument in node.args)] == []


def test_nothing_that_carries_orders_sleeps() -> None:
    carrying = tuple(name for name in product() if not name.startswith("ops/"))
    calls = nodes(ast.Call, of=carrying)
    assert [at(name, node) for name, node in calls if ast.unparse(node.func) in {"time.sleep", "sleep"}] == []


def test_tests_wait_for_events_and_poll_in_one_place() -> None:
    tests = tuple(name for name in modules() if name.startswith("tests/") and name != "tests/support/polling.py")
    calls = nodes(ast.Call, of=tests)
    assert [at(name, node) for name, node in calls if ast.unparse(node.func) == "time.sleep"] == []
