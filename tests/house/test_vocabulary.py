"""We speak FIX: its names, its codes, and its Reject is not our refusal."""

import ast
import re
from functools import cache
from xml.etree import ElementTree

from gateway.fix import dictionary
from tests.house.tree import at, modules, nodes, product, tree

VERSIONS = ("FIX42", "FIX44", "FIX50", "FIX50SP2")
EMPTY_WORDS = re.compile(r"manager|helper|util|misc|handler_?impl", re.IGNORECASE)
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def codes() -> dict[str, set[str]]:
    """FIX field name → the codes that any version gives it; no codes where the field is free."""
    known: dict[str, set[str]] = {}
    for version in VERSIONS:
        for field in ElementTree.parse(dictionary.path(version)).iterfind("./fields/field"):
            values = {str(value.get("enum")) for value in field.iterfind("value")}
            known.setdefault(str(field.get("name")), set()).update(values)
    return known


def snake(name: str) -> str:
    """The name of a FIX field as we write it: ClOrdID → cl_ord_id, AvgPx → avg_px."""
    return CAPITAL.sub("_", name).lower()


def enums() -> list[tuple[str, ast.ClassDef]]:
    classes = nodes(ast.ClassDef, of=product())
    return [(name, node) for name, node in classes if any("Enum" in ast.unparse(base) for base in node.bases)]


def members(node: ast.ClassDef) -> list[tuple[ast.Assign, str]]:
    """The members of an enum that are plain strings, with their values."""
    assigned = [statement for statement in node.body if isinstance(statement, ast.Assign)]
    return [(a, a.value.value) for a in assigned if isinstance(a.value, ast.Constant) and isinstance(a.value.value, str)]


def test_a_fix_code_set_is_valued_by_its_wire_codes() -> None:
    coded = [(name, node) for name, node in enums() if codes().get(node.name)]
    wrong = [at(name, member) for name, node in coded for member, value in members(node) if value not in codes()[node.name]]
    assert wrong == []


def identifiers() -> list[tuple[str, str]]:
    """Every name that the product gives to something: where, what."""
    found: list[tuple[str, str]] = []
    for name in product():
        for node in ast.walk(tree(name)):
            match node:
                case ast.FunctionDef(name=word) | ast.AsyncFunctionDef(name=word) | ast.ClassDef(name=word) | ast.arg(arg=word):
                    found.append((at(name, node), word))
                case ast.Name(id=word, ctx=ast.Store()):
                    found.append((at(name, node), word))
    return found


def test_a_fix_name_is_written_in_snake_case() -> None:
    run_together = {name.lower(): snake(name) for name in codes() if "_" in snake(name)}
    assert {f"{where} {word}": run_together[word] for where, word in identifiers() if word in run_together} == {}


def test_risk_refuses_and_rejects_nothing() -> None:
    assert [f"{where} {word}" for where, word in identifiers() if where.startswith("risk/") and "reject" in word.lower()] == []


def test_no_name_in_the_product_says_nothing() -> None:
    assert [f"{where} {word}" for where, word in identifiers() if EMPTY_WORDS.search(word)] == []


def test_a_duration_says_its_unit() -> None:
    loose = re.compile(r"(?:^|_)(?:timeout|interval|delay|latency|backoff)$", re.IGNORECASE)
    numbers = [(name, node) for name, node in nodes(ast.AnnAssign, ast.arg, of=modules()) if _is_number(node.annotation)]
    named = [(at(name, node), node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)) for name, node in numbers]
    assert [f"{where} {word}" for where, word in named if loose.search(word)] == []


def _is_number(annotation: ast.expr | None) -> bool:
    return annotation is not None and ast.unparse(annotation) in {"int", "float", "int | None", "float | None"}
