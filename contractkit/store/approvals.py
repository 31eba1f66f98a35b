"""Signed decisions: `baselines/<api>/approvals/<finding id>.toml`, a file for each, so that branches merge.

An approval for one operation alone stands in a file of its own, named after the finding and the operation.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from contractkit.model.approval import Approval, Kind
from contractkit.model.errors import InputError
from contractkit.model.finding import Severity
from contractkit.store.files import encode, locked, write_atomically
from contractkit.store.names import check_name, slug
from contractkit.store.record import toml_text

FOLDER = "approvals"
_ID = re.compile(r"ck1-[0-9a-f]{16}")
_TEXTS = ("finding", "kind", "rule", "severity", "message", "by", "reason", "at")
_LISTS = ("operations", "baselines")
_MEND = "restore it from git, or remove it and approve again"


class ApprovalStore:
    """The approvals of one API.

    Args:
        folder: the folder of stored contracts, usually `baselines`.
        api: the API's name.
    """

    def __init__(self, folder: Path, api: str) -> None:
        self.folder = folder / check_name(api) / FOLDER

    def all(self) -> tuple[Approval, ...]:
        """Return all approvals, sorted by finding and operations.

        Raises:
            InputError: a file cannot be read, or is no approval.
        """
        return tuple(approval for _, approval in self._files())

    def add(self, approval: Approval, *, alone: bool = False) -> Path:
        """Write an approval and return its file.

        One that is there already for the same finding (and, with `alone`, the same operation) is replaced for the
        baselines that this one names; for others it stays as it was signed.

        Args:
            approval: the approval.
            alone: whether it is for one operation of a finding that reaches more.

        Raises:
            InputError: it cannot be written.
        """
        if not _ID.fullmatch(approval.finding):
            raise InputError(approval.finding[:40], "is no id of a finding", "take it from a report")
        name = f"{approval.finding}.{_short(approval.operations[0])}" if alone else approval.finding
        path = self.folder / f"{name}.toml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder, exclusive=True):
                for other in [path, *self.folder.glob(f"{name}.{'[0-9a-f]' * 8}.toml")]:
                    if other.is_file():
                        _take_over(other, approval)
                if path.is_file():  # for other baselines, which this one says nothing about
                    path = self.folder / f"{name}.{approval.baselines[0].rpartition(':')[2][:8]}.toml"
                write_atomically(path, encode(_to_toml(approval)))
        except OSError as error:
            raise InputError(str(path), f"cannot be written ({error.strerror})", "check its permissions") from None
        return path

    def remove(self, approvals: Iterable[Approval]) -> list[Path]:
        """Remove approvals and return their files; the folder goes with the last one.

        Raises:
            InputError: a file cannot be read or removed.
        """
        doomed, removed = set(approvals), []
        if not doomed:
            return []
        try:
            with locked(self.folder, exclusive=True):
                for path, approval in self._files():
                    if approval in doomed:
                        path.unlink()
                        removed.append(path)
                if removed and not any(self.folder.iterdir()):
                    self.folder.rmdir()
        except OSError as error:
            raise InputError(
                str(self.folder), f"cannot be changed ({error.strerror})", "check its permissions"
            ) from None
        return removed

    def _files(self) -> list[tuple[Path, Approval]]:
        return [(path, _read(path)) for path in sorted(self.folder.glob("*.toml")) if not path.name.startswith(".")]


def _take_over(path: Path, approval: Approval) -> None:
    """Let a file no longer speak for the baselines of a new approval; one that has none left goes."""
    before = _read(path)
    left = tuple(one for one in before.baselines if one not in approval.baselines)
    if not left or before.kind is not approval.kind:
        path.unlink()
    elif left != before.baselines:
        write_atomically(path, encode(_to_toml(replace(before, baselines=left))))


def _short(operation: str) -> str:
    """Return a part of a file's name: the operation in letters and hyphens, and what tells it from its like."""
    return f"{slug(operation)[:60]}-{hashlib.sha256(operation.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def _to_toml(approval: Approval) -> str:
    lines = [f"{name} = {toml_text(str(getattr(approval, name)))}" for name in _TEXTS]
    for name in _LISTS:
        lines += [f"{name} = [", *(f"  {toml_text(row)}," for row in getattr(approval, name)), "]"]
    if approval.until is not None:
        lines.append(f"until = {approval.until.isoformat()}")
    return "".join(f"{line}\n" for line in lines)


def _read(path: Path) -> Approval:
    subject = str(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(subject, f"cannot be read ({error})", _MEND) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(subject, f"not TOML: {error}", _MEND) from None
    texts = {name: _of(table, name, str, "a text", subject) for name in _TEXTS}
    lists = {name: _of(table, name, list, "a list of texts", subject) for name in _LISTS}
    for name, rows in lists.items():
        if not all(isinstance(row, str) for row in rows):
            raise InputError(subject, f"`{name}` is no list of texts", _MEND)
    until = table.get("until")
    if until is not None and type(until) is not date:
        raise InputError(subject, "`until` is no date", "write until = 2030-12-31")
    if not _ID.fullmatch(texts["finding"]) or not path.name.startswith(texts["finding"]):
        raise InputError(subject, f"is for `{json.dumps(texts['finding'])}`, which is not its name", _MEND)
    try:
        return Approval(
            finding=texts["finding"],
            kind=Kind(texts["kind"]),
            rule=texts["rule"],
            severity=Severity(texts["severity"]),
            message=texts["message"],
            operations=tuple(lists["operations"]),
            baselines=tuple(lists["baselines"]),
            by=texts["by"],
            reason=texts["reason"],
            at=texts["at"],
            until=until,
        )
    except ValueError as error:
        raise InputError(subject, str(error), _MEND) from None


def _of(table: dict[str, Any], name: str, kind: type, words: str, subject: str) -> Any:
    value = table.get(name)
    if not isinstance(value, kind):
        raise InputError(subject, f"`{name}` is missing or not {words}", _MEND)
    return value
