"""Files written whole or not at all, and one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from contractkit.model.errors import InputError


def encode(text: str) -> bytes:
    r"""Return JSON or TOML text as UTF-8; lone surrogates, which UTF-8 cannot hold, as JSON's escapes (`\ud800`)."""
    return text.encode("utf-8", "backslashreplace")


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content: temporary file beside it, fsync, rename. Readers see the old or the new, never half.

    A symbolic link is followed; what is no regular file (`/dev/stdout`, a pipe) is written to directly.

    Raises:
        InputError: the folder does not exist or cannot be written to.
    """
    given, path = path, Path(os.path.realpath(path))
    try:
        if given.exists() and not given.is_file():
            given.write_bytes(data)
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        # A name of its own; `tempfile` would make one too, but takes longer to import than a report to write.
        beside = path.with_name(f".{path.name[:60]}.{os.urandom(6).hex()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            os.replace(beside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(str(given), f"cannot be written ({error.strerror})", "does its folder exist?") from None


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(folder: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold a lock on a folder; readers share it, a writer has it alone.

    The lock is on the folder itself (flock), so nothing is left behind for git to see, and a reader needs no right to
    write. It ends with the process.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
