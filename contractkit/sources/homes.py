"""Where a document's neighbours are read from: its folder on disk, its folder in a git commit, or the web."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from contractkit.sources.fetch import Fetched
    from contractkit.sources.git import Repository

MAX_FILE_BYTES = 512 * 2**20
"""The largest file that is read."""


class NotFollowedError(Exception):
    """A reference that is not followed; its text says why."""


class Home(Protocol):
    """The folder of a document."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file below the folder.

        Args:
            path: relative to the folder, with slashes, without `.` and `..`.

        Raises:
            NotFollowedError: there is no such file, or it lies outside.
        """

    def subject(self, path: str) -> str:
        """Return what to call the file in errors."""


class DiskHome:
    """A folder on disk. Symbolic links that lead out of it are not followed.

    Args:
        folder: where it is.
        shown: how it is named in messages.
    """

    def __init__(self, folder: Path, shown: Path) -> None:
        self._folder = folder
        self._shown = shown
        self._real = Path(os.path.realpath(folder))

    def read(self, path: str) -> bytes:
        """See `Home`."""
        try:
            real = Path(os.path.realpath(self._folder / path))
            if not real.is_relative_to(self._real):
                raise NotFollowedError("a symbolic link leads out of the document's folder")
            if not stat.S_ISREG(real.stat().st_mode):
                raise NotFollowedError("it is no file")
            return read_file(real, self.subject(path))
        except (FileNotFoundError, NotADirectoryError):
            raise NotFollowedError("there is no such file") from None
        except ValueError:  # in the words of this Python
            raise NotFollowedError("it cannot be read (embedded null byte)") from None
        except OSError as error:
            raise NotFollowedError(f"it cannot be read ({error})") from None

    def subject(self, path: str) -> str:
        """See `Home`."""
        return str(self._shown / path)


class GitHome:
    """A folder in a git commit. Symbolic links are not followed."""

    def __init__(self, repository: Repository, ref: str, commit: str, folder: PurePosixPath) -> None:
        self._repository = repository
        self._ref = ref
        self._commit = commit
        self._folder = folder

    def read(self, path: str) -> bytes:
        """See `Home`."""
        data = self._repository.read(self._commit, str(self._folder / path))
        if data is None:
            raise NotFollowedError("there is no such regular file at that revision")
        return data

    def subject(self, path: str) -> str:
        """See `Home`."""
        return f"git:{self._ref}:{self._folder / path}"


class Web:
    """Remote files, with one time limit for each."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout

    def read(self, url: str) -> Fetched:
        """Return the answer; errors are those of `fetch`."""
        from contractkit.sources.fetch import fetch

        return fetch(url, self._timeout)


def read_file(path: Path, subject: str) -> bytes:
    """Return the bytes of a file or pipe.

    Raises:
        InputError: it is larger than 512 MiB.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise InputError(subject, f"is larger than {MAX_FILE_BYTES // 2**20} MiB", "no OpenAPI document is that large")
    return data
