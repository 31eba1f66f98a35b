"""The folder `.contractkit`: what runs leave behind. It ignores itself in git."""

from __future__ import annotations

from pathlib import Path

from contractkit.store.files import write_atomically

NAME = ".contractkit"


def leavings(project: Path, part: str) -> Path:
    """Make the folder for one kind of leavings, and return it.

    Args:
        project: the folder of the configuration.
        part: `failures`, `last`, ...

    Raises:
        OSError: it cannot be made.
        InputError: it cannot be written to.
    """
    folder = project / NAME / part
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder.parent / ".gitignore"
        if not ignore.exists():
            write_atomically(ignore, b"# Created by contractkit.\n*\n")
    return folder
