"""Recorded behaviour beside the stored contract: `baselines/<api>/<version>/recorded/<name>/<cassette>.json`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from contractkit.model.errors import InputError
from contractkit.store.baselines import BaselineStore
from contractkit.store.files import encode, locked, sync_folder, write_atomically
from contractkit.store.names import check_name

FOLDER = "recorded"
_TEMPORARY = ".recording-"


class CassetteStore:
    """The recordings of one stored contract.

    Args:
        store: the stored contracts.
        api: the API's name.
        version: the version; None for the latest.

    Raises:
        InputError: there is no such contract.
    """

    def __init__(self, store: BaselineStore, api: str, version: str | None = None) -> None:
        self.baseline = store.get(api, version)
        self.folder = store.path(self.baseline).parent / FOLDER

    def names(self) -> list[str]:
        """Return the names of the recordings, sorted."""
        if not self.folder.is_dir():
            return []
        return sorted(one.name for one in self.folder.iterdir() if one.is_dir() and not one.name.startswith("."))

    def save(self, name: str, texts: Mapping[str, str]) -> Path:
        """Write a recording, in place of what it held before, and return its folder: all of it or nothing.

        Args:
            name: what it is called.
            texts: the text of each cassette by its name.

        Raises:
            InputError: the name cannot be used, or the folder cannot be written to.
        """
        folder = self.folder / check_name(name)
        try:
            self.folder.mkdir(exist_ok=True)
            with locked(self.folder, exclusive=True):
                for left in self.folder.glob(f"{_TEMPORARY}*"):  # of a process that was killed; we hold the lock
                    shutil.rmtree(left, ignore_errors=True)
                temporary = Path(tempfile.mkdtemp(dir=self.folder, prefix=_TEMPORARY))
                try:
                    new = temporary / "new"
                    new.mkdir()
                    for cassette, text in texts.items():
                        write_atomically(new / f"{check_name(cassette)}.json", encode(text))
                    if folder.is_dir():
                        folder.rename(temporary / "old")
                    new.rename(folder)
                finally:
                    if not folder.is_dir() and (temporary / "old").is_dir():
                        (temporary / "old").rename(folder)
                    shutil.rmtree(temporary, ignore_errors=True)
                sync_folder(self.folder)
        except OSError as error:
            raise InputError(str(folder), f"cannot be written ({error.strerror})", "check its permissions") from None
        return folder

    def texts(self, name: str) -> dict[Path, str]:
        """Return the texts of the cassettes of a recording, sorted by their files.

        Raises:
            InputError: there is no such recording, or a file cannot be read.
        """
        folder = self.folder / check_name(name)
        found: dict[Path, str] = {}
        try:
            for file in sorted(folder.glob("*.json")):
                found[file] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(str(folder), f"cannot be read ({error})", "restore it from git") from None
        if not found:
            what = f"@{self.baseline.name}:{self.baseline.version}"
            others = self.names()
            mend = f"there is {', '.join(others)}" if others else "record it with `contractkit record`"
            raise InputError(what, f"has no recording `{name}`", mend)
        return found
