"""The files of this repository, and the Python in them, as the house rules look at them."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("gateway", "oms", "ops", "risk")
GENERATED = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py")


@cache
def files() -> tuple[str, ...]:
    """Every file that is tracked or about to be, as a path from the root. What git ignores does not count."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return tuple(sorted(name for name in set(listed) if (ROOT / name).is_file()))


@cache
def modules() -> tuple[str, ...]:
    """Every Python file that a person wrote."""
    return tuple(name for name in files() if name.endswith(".py") and not name.endswith(GENERATED))


def product() -> tuple[str, ...]:
    """The Python files that are shipped."""
    return tuple(name for name in modules() if name.startswith(tuple(f"{package}/" for package in PACKAGES)))


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(text(name), name)


def nodes(*kinds: type[ast.AST], of: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Every node of these kinds with the file it is in."""
    for name in of:
        for node in ast.walk(tree(name)):
            if isinstance(node, kinds):
                yield name, node


def at(name: str, node: ast.expr | ast.stmt | ast.arg | ast.ExceptHandler) -> str:
    """Where it is, in the form that editors open."""
    return f"{name}:{node.lineno}"


@cache
def project() -> dict[str, Any]:
    return tomllib.loads(text("pyproject.toml"))
