"""Makes pages of the commands: what `--help` says of each, and the exit codes that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer
from typer.testing import CliRunner

from contractkit.cli.program import COMMANDS, program

_WIDTH = "100"
_WORDS_OF_A_COMMAND = 2

_INTRO = """\
What `--help` prints, for every command. `contractkit --version` prints the version."""

_EXIT = """\
`contractkit` ends with one of these codes. Reports go to stdout; warnings and errors go to stderr. An error is one line
that names the thing and the mend.

| Code | Meaning |
|---|---|
| 0 | nothing that the command looks for was found |
| 1 | something was found: what it is depends on the command, see below |
| 2 | it could not be decided: bad input, an app that cannot be loaded, a server that cannot be reached |
| 130 | it was ended by Ctrl-C |
| 143 | it was ended by SIGTERM |

What the help of each command says:"""


def pages() -> dict[str, str]:
    """Return the pages by their names below docs/reference."""
    texts = dict(help_texts())
    parts = ["# Commands", _INTRO]
    for path, text in texts.items():
        mark = "##" if len(path.split()) <= _WORDS_OF_A_COMMAND else "###"
        parts.append(f"{mark} {path}\n\n```text\n{text}\n```")
    return {"commands.md": "\n\n".join(parts) + "\n", "exit-codes.md": _exit_codes(texts)}


def help_texts() -> Iterator[tuple[str, str]]:
    """Yield what `--help` prints of the program and of every command, by the words that call it."""
    yield "contractkit", _help(program(), [])
    for name in COMMANDS:
        app = program((name,))  # all of them take a second to make, which typer does for each call
        for path in _paths(typer.main.get_command(app), []):
            if path:
                yield " ".join(["contractkit", *path]), _help(app, path)


def _help(app: typer.Typer, path: list[str]) -> str:
    done = CliRunner().invoke(app, [*path, "--help"], prog_name="contractkit", env={"COLUMNS": _WIDTH})
    return done.output.strip("\n")


def _paths(command: Any, path: list[str]) -> Iterator[list[str]]:
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from _paths(inner, [*path, name])


def _exit_codes(texts: dict[str, str]) -> str:
    rows = ["| Command | 0 | 1 | 2 |", "|---|---|---|---|"]
    for path, text in texts.items():
        if told := exit_codes(text):
            cells = " | ".join(told.get(code, "").replace("|", "\\|") for code in "012")
            rows.append(f"| `{path}` | {cells} |")
    return "\n\n".join(["# Exit codes", _EXIT, "\n".join(rows)]) + "\n"


def exit_codes(text: str) -> dict[str, str]:
    """Return what a help text says of each exit code: `Exit code 0: ...; 1: ...; 2: ....`."""
    found = re.search(r"Exit code (0: .+?)\.(?=\n\n|\Z)", text, re.DOTALL)
    if found is None:
        return {}
    line = " ".join(found[1].split())
    return {one[0]: one[3:] for one in re.split(r"; (?=\d: )", line)}
