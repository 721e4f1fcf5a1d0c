"""What a person may type is listed where a person looks for it."""

import re
import subprocess

import click

from ops.cli import main
from tests.house.tree import ROOT, text


def test_make_help_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", text("Makefile"), re.MULTILINE)
    assert phony is not None
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.findall(r"^make ([a-z-]+) +\S", shown, re.MULTILINE) == phony[1].split()


def test_the_readme_shows_every_verb() -> None:
    assert isinstance(main, click.Group)
    verbs = [name for name, command in main.commands.items() if not command.hidden]
    assert [verb for verb in verbs if f"fixgate {verb}" not in text("README.md")] == []


def test_the_checks_are_what_continuous_integration_runs() -> None:
    commands = re.findall(r"^make (\w+)$", text(".ci/run"), re.MULTILINE)
    assert commands == ["check", "test"]
