"""Stored contracts: `baselines/<api>/<version>/openapi.json`, `asyncapi.json` where there are sockets, `baseline.toml`.

Documents that replace others are written beside them, then the record, and only then they take the others' places:
until they do, the record's digest says which of them count. So whoever is killed in between leaves the old or the new.

A folder without baseline.toml is half-written or not ours, and is passed over. Saving a version again with the same
document changes nothing (so that git sees nothing); with another document it is refused unless the caller insists: a
version's name stands for what clients were promised, and overwriting it by accident would hide the very breaks that the
baseline is there to show.
"""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.model.jsontext import canonical_json, digest
from contractkit.store.documents import (
    DOCUMENT,
    SOCKETS,
    bring_into_place,
    files_of,
    finish,
    is_stored,
    put_beside,
    stored,
)
from contractkit.store.files import encode, locked, sync_folder, write_atomically
from contractkit.store.names import check_name, version_folder, version_key
from contractkit.store.record import Baseline, from_toml, to_toml

RECORD = "baseline.toml"
_TEMPORARY = ".saving-"


class Saved(StrEnum):
    """What a save did."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"


class BaselineStore:
    """The folder of stored contracts.

    Args:
        folder: usually `baselines`; need not exist until something is saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Return the names of the APIs that have a stored contract, sorted."""
        return sorted({record.parent.parent.name for record in self._record_files()})

    def records(self, name: str | None = None) -> list[Baseline]:
        """Return the records, of one API or of all, sorted by name and then from the oldest version to the latest.

        Raises:
            InputError: there is no baseline of this name, or a record cannot be read.
        """
        found: list[Baseline] = []
        with self._reading():
            found.extend(_read_record(record) for record in self._record_files(name))
        if name is not None and not found:
            raise self._unknown(name)
        return sorted(found, key=lambda baseline: (baseline.name, version_key(baseline.version, baseline.captured_at)))

    def get(self, name: str, version: str | None = None) -> Baseline:
        """Return one record; without a version, the latest (see `contractkit.store.names.version_key`).

        Raises:
            InputError: there is none; the mend names the nearest.
        """
        baselines = self.records(name)
        if version is None:
            return baselines[-1]
        for baseline in baselines:
            if baseline.version == version:
                return baseline
        versions = [baseline.version for baseline in baselines]
        near = difflib.get_close_matches(version, versions, n=3)
        mend = f"did you mean {', '.join(near)}?" if near else f"the latest is {versions[-1]}"
        raise InputError(f"@{name}:{version}", f"`{name}` has no version {version}", mend)

    def path(self, baseline: Baseline) -> Path:
        """Return the file of a stored document: the OpenAPI document, or one of sockets where that stands alone."""
        folder = self.folder / baseline.name / version_folder(baseline.version)
        alone = (folder / SOCKETS).is_file() and not (folder / DOCUMENT).is_file()
        return folder / (SOCKETS if alone else DOCUMENT)

    def contract(self, name: str, version: str | None = None, *, source: str = "") -> Contract:
        """Return a stored contract, its digest checked.

        Args:
            name: the API's name.
            version: its version; the latest if left out.
            source: what the contract calls its source; `@NAME:VERSION` if left out.

        Raises:
            InputError: there is none, the document is no JSON, or it is not the one whose digest was stored.
        """
        with self._reading():
            baseline = self.get(name, version)
            path = self.path(baseline)
            contract = stored(path.parent, source or f"@{name}:{baseline.version}", baseline.digest)
        if contract is None:
            raise InputError(
                str(path),
                f"is not the document that was stored as {baseline.version} (its digest differs)",
                "restore it from git, or accept it as it is with `contractkit baseline save --force`",
            )
        return contract

    def save(
        self, contract: Contract, name: str, version: str, *, commit: str = "", force: bool = False
    ) -> tuple[Baseline, Saved]:
        """Store a contract and return its record and what was done.

        Args:
            contract: what to store.
            name: the API's name.
            version: the version to store it under.
            commit: the commit it was taken from, if known.
            force: replace another document stored under this version.

        Raises:
            InputError: the name or version cannot be used, another document is stored under it, or the folder cannot
                be written to.
        """
        folder = self.folder / check_name(name) / version_folder(version)
        captured_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        baseline = Baseline(name, version, contract.digest, captured_at, commit, contract.source)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.folder, exclusive=True):
                return self._save(folder, baseline, contract, force)
        except OSError as error:
            raise InputError(str(folder), f"cannot be written ({error.strerror})", "check its permissions") from None

    def remove(self, name: str, version: str) -> Path:
        """Remove one stored contract and return its folder; approvals of the API stay.

        Raises:
            InputError: there is none, or it cannot be removed.
        """
        baseline = self.get(name, version)
        folder = self.path(baseline).parent
        try:
            with locked(self.folder, exclusive=True):
                # Under its temporary name it is no baseline any more, however far the removal gets.
                doomed = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_TEMPORARY))
                folder.rename(doomed / folder.name)
                shutil.rmtree(doomed)
                if not any(folder.parent.iterdir()):
                    folder.parent.rmdir()
        except OSError as error:
            raise InputError(str(folder), f"cannot be removed ({error.strerror})", "check its permissions") from None
        return folder

    def verify(self, name: str | None = None) -> list[tuple[Path, InputError | None]]:
        """Check the stored contracts of one API or of all: record readable, document the one that was stored.

        Returns:
            The folder of each, sorted, with the error that loading it gives, or None.

        Raises:
            InputError: there is no baseline of this name.
        """
        files = self._record_files(name)
        if name is not None and not files:
            raise self._unknown(name)
        checked: list[tuple[Path, InputError | None]] = []
        for record in files:
            problem = None
            try:
                baseline = _read_record(record)
                self.contract(baseline.name, baseline.version)
            except InputError as error:
                problem = error
            checked.append((record.parent, problem))
        return checked

    def _save(self, folder: Path, baseline: Baseline, contract: Contract, force: bool) -> tuple[Baseline, Saved]:
        for left in folder.parent.glob(f"{_TEMPORARY}*"):  # of a process that was killed; we hold the lock
            shutil.rmtree(left, ignore_errors=True)
        texts = {file: encode(canonical_json(document)) for file, document in files_of(contract).items()}
        record = encode(to_toml(baseline))
        if (folder / RECORD).is_file():
            known = _read_record(folder / RECORD)
            if not force and not _adds_sockets(folder, known, contract):
                if known.digest == baseline.digest and is_stored(folder, baseline.digest):
                    return known, Saved.UNCHANGED
                raise InputError(
                    f"@{baseline.name}:{baseline.version}",
                    "is stored already, with another document",
                    "raise info.version (or give --version), or replace it with --force",
                )
            finish(folder, known.digest)
            put_beside(folder, texts)
            write_atomically(folder / RECORD, record)
            bring_into_place(folder, texts)
            for left in folder.glob(".*"):  # of writers that were killed; we hold the lock
                left.unlink()
            sync_folder(folder)
            return baseline, Saved.REPLACED
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_TEMPORARY))
        try:
            temporary.chmod(folder.parent.stat().st_mode & 0o777)
            for file, text in texts.items():
                write_atomically(temporary / file, text)
            write_atomically(temporary / RECORD, record)
            if folder.is_dir():  # without a record: half-written
                shutil.rmtree(folder)
            temporary.rename(folder)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        sync_folder(folder.parent)
        return baseline, Saved.NEW

    def _record_files(self, name: str | None = None) -> list[Path]:
        found = self.folder.glob(f"{check_name(name) if name else '*'}/*/{RECORD}")
        return sorted(record for record in found if not record.parent.name.startswith("."))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if not self.folder.is_dir():
            yield
            return
        with locked(self.folder, exclusive=False):
            yield

    def _unknown(self, name: str) -> InputError:
        names = self.names()
        near = difflib.get_close_matches(name, names, n=3) or names[:3]
        if near:
            mend = f"did you mean {', '.join(f'@{item}' for item in near)}?"
        else:
            mend = f"nothing is stored in {self.folder}; begin with `contractkit baseline save`"
        return InputError(f"@{name}", "no such baseline", mend)


def _read_record(path: Path) -> Baseline:
    try:
        baseline = from_toml(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"cannot be read ({error})", "restore it from git") from None
    if (baseline.name, version_folder(baseline.version)) != (path.parent.parent.name, path.parent.name):
        problem = f"says {baseline.name} {baseline.version}, which is not the folder it lies in"
        raise InputError(str(path), problem, "give the folder its name back")
    return baseline


def _adds_sockets(folder: Path, known: Baseline, contract: Contract) -> bool:
    """Return whether a contract is the stored one with its sockets, of which nothing was stored: no promise changes."""
    return contract.has_sockets and not (folder / SOCKETS).exists() and known.digest == digest(contract.document)
