"""Writes what a command has to say: reports to stdout or a file, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from contractkit.model.errors import InputError
from contractkit.report.terminal import Terminal, visible

_NARROWEST = 40


def terminal_of(stream: TextIO) -> Terminal:
    """Return the width and colour for a stream: those of its terminal, or neither.

    NO_COLOR switches colour off (no-color.org), FORCE_COLOR switches it on where there is no terminal.
    """
    is_terminal = stream.isatty()
    wanted = is_terminal or bool(os.environ.get("FORCE_COLOR"))
    colour = wanted and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Terminal(width=width_of(stream) if is_terminal else None, colour=colour)


def width_of(stream: TextIO) -> int:
    """Return the columns of a terminal, COLUMNS first, as `shutil` does (whose import takes longer than this)."""
    given = os.environ.get("COLUMNS", "")
    try:
        columns = int(given) if given.isdecimal() else os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 80
    return max(columns, _NARROWEST)


def write_stdout(text: str) -> None:
    """Write text to stdout; a reader that has gone away (`| head`) is no error.

    Raises:
        InputError: it cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        raise InputError("standard output", f"cannot be written ({error.strerror})", "is the disk full?") from error


def silence_stdout() -> None:
    """Let what is still in the buffer go nowhere, so that Python does not complain about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(file: str, text: str) -> None:
    """Write a report into a file, whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    from contractkit.store.files import encode, write_atomically

    write_atomically(Path(file), encode(text))


def tell(lines: Iterable[str]) -> None:
    """Write lines to stderr, each behind the program's name."""
    for line in lines:
        print(f"contractkit: {visible(line)}", file=sys.stderr)
