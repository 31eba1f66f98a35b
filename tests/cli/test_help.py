"""The help of every command: what it is for, its exit codes, and examples that can be typed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from contractkit.cli.diff_options import parsed
from contractkit.cli.program import COMMANDS, program

APP = program()
GROUP: Any = typer.main.get_command(APP)


def paths(command: Any = GROUP, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, (*path, name))


ALL = [*paths()]
LEAVES = [path for path in ALL if path and not any(other[: len(path)] == path != other for other in ALL)]


def help_of(path: tuple[str, ...]) -> str:
    done = CliRunner().invoke(APP, [*path, "--help"], prog_name="contractkit", env={"COLUMNS": "100"})
    assert done.exit_code == 0, done.output
    return done.output


def examples_in(text: str) -> list[str]:
    """The command lines of a help text: what follows `Examples:`, up to its end."""
    _, mark, rest = text.partition("Examples:\n")
    return [line.strip() for line in rest.splitlines() if line.strip()] if mark else []


def parses(example: str) -> None:
    """Read a command line as the program would, without running it."""
    name, *words = shlex.split(example, comments=True)
    assert name == "contractkit"
    words = words[: words.index(">")] if ">" in words else words
    if words[0] == "diff":
        parsed(words[1:])
        return
    command = GROUP
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    inner = getattr(command, "commands", {})
    assert not inner or not words or words[0].startswith("-"), f"no such command: {words[0]}"
    command.make_context("contractkit", words)


def test_all_commands_are_looked_at() -> None:
    assert {path[0] for path in ALL if path} == set(COMMANDS)
    assert len(LEAVES) >= 23


@pytest.mark.parametrize("path", ALL, ids=lambda path: " ".join(path) or "contractkit")
def test_every_help_ends_with_examples_that_parse(path: tuple[str, ...]) -> None:
    text = help_of(path)
    examples = examples_in(text)
    own = " ".join(["contractkit", *path])
    assert [one for one in examples if one.startswith(own)] != []
    assert [one for one in examples if not one.startswith("contractkit ")] == []
    for example in examples:
        parses(example)


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_help_tells_the_exit_codes(path: tuple[str, ...]) -> None:
    assert "Exit code 0: " in " ".join(help_of(path).split())


@pytest.mark.parametrize(
    "example", ["contractkit rules show", "contractkit fuzz --nonsense", "contractkit baseline lst"]
)
def test_what_does_not_parse_is_seen(example: str) -> None:
    with pytest.raises(Exception, match=r"(?i)missing|no such|unexpected"):
        parses(example)
