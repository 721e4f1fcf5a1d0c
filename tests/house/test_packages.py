"""Everything that is written is shipped, documented, and called for what it is."""

import ast
import importlib
from fnmatch import fnmatch
from pathlib import PurePath

from setuptools import find_packages

from tests.house.tree import PACKAGES, ROOT, files, modules, product, project, text, tree

BANNED = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
NOT_SHIPPED = (".md",)


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name in modules() if not ast.get_docstring(tree(name))] == []


def test_a_package_file_is_one_docstring() -> None:
    packages = [name for name in modules() if name.endswith("__init__.py")]
    assert [name for name in packages if len(tree(name).body) != 1] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = {name: set(PurePath(name).with_suffix("").parts) for name in files()}
    assert {name: sorted(parts & BANNED) for name, parts in named.items() if parts & BANNED} == {}


def test_every_folder_of_python_is_a_package_that_is_shipped() -> None:
    find = project()["tool"]["setuptools"]["packages"]["find"]
    shipped = set(find_packages(str(ROOT), include=find["include"]))
    shelves = [name for name in files() if name.endswith(".py") and name.split("/")[0] in PACKAGES]
    written = {".".join(PurePath(name).parent.parts) for name in shelves}
    assert written - shipped == set()


def test_every_other_file_of_a_package_is_shipped_too() -> None:
    patterns = project()["tool"]["setuptools"]["package-data"]["*"]
    others = [name for name in files() if name.split("/")[0] in PACKAGES and not name.endswith((".py", ".pyi", *NOT_SHIPPED))]
    assert [name for name in others if not any(fnmatch(PurePath(name).name, pattern) for pattern in patterns)] == []


def test_the_console_script_exists() -> None:
    for target in project()["project"]["scripts"].values():
        module, _, function = target.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_nothing_shipped_imports_the_tests() -> None:
    assert [name for name in product() if "import tests" in text(name) or "from tests" in text(name)] == []
