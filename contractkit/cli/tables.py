"""What the commands that list something share: rows for a person, JSON for a program."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, TypeAlias

import typer


class Format(StrEnum):
    """The ways to show what is stored."""

    TEXT = "text"
    JSON = "json"


Form: TypeAlias = Annotated[Format, typer.Option("--format", help="For a person, or for a program.")]


def json_text(value: object) -> str:
    """Return a value as indented JSON, with a newline at its end."""
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows below a head, in columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "".join(f"{line.rstrip()}\n" for line in lines)
