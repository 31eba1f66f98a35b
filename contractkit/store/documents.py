"""The documents in the folder of a stored contract, and which of them count while others are about to replace them.

A document that is to replace another waits beside it until the record names the digest of the new ones.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.store.files import sync_folder, write_atomically

DOCUMENT = "openapi.json"
SOCKETS = "asyncapi.json"


def files_of(contract: Contract) -> dict[str, Mapping[str, Any]]:
    """Return what a contract is stored as: its documents by the names of their files."""
    if contract.is_asyncapi:
        return {SOCKETS: contract.document}
    beside = contract.sockets if contract.has_sockets else None
    return {DOCUMENT: contract.document} if beside is None else {DOCUMENT: contract.document, SOCKETS: beside}


def stored(folder: Path, source: str, digest: str) -> Contract | None:
    """Return the contract whose digest was stored; None where the documents are others.

    Args:
        folder: where they lie.
        source: what the contract calls its source.
        digest: the digest of the record.

    Raises:
        InputError: a document cannot be read, or is no JSON.
    """
    combinations = _combinations(folder) or [(folder / DOCUMENT, None)]
    return next((one for files in combinations if (one := _contract(source, files)).digest == digest), None)


def is_stored(folder: Path, digest: str) -> bool:
    """Return whether the documents that stand in their places have this digest."""
    document, sockets = (path if path.is_file() else None for path in (folder / DOCUMENT, folder / SOCKETS))
    return _matches((document, sockets), digest)


def put_beside(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Write documents beside those that they are to replace."""
    for name, text in texts.items():
        write_atomically(_coming(folder / name), text)


def bring_into_place(folder: Path, names: Iterable[str]) -> None:
    """Let the documents that wait take their places; what is not named goes."""
    for name in (DOCUMENT, SOCKETS):
        if name not in names:
            (folder / name).unlink(missing_ok=True)
        elif _coming(folder / name).exists():
            _coming(folder / name).replace(folder / name)


def finish(folder: Path, digest: str) -> None:
    """Bring documents to their places whose writer was killed before it could; the caller holds the lock."""
    if is_stored(folder, digest):
        return
    found = next((files for files in _combinations(folder) if _matches(files, digest)), None)
    if found is None:
        return
    for file, kept in zip((folder / DOCUMENT, folder / SOCKETS), found, strict=True):
        if kept is None:
            file.unlink(missing_ok=True)
        else:
            kept.replace(file)
    sync_folder(folder)


_Files = tuple[Path | None, Path | None]
"""The files of the OpenAPI document and of the sockets."""


def _combinations(folder: Path) -> list[_Files]:
    """Return the files that may be the documents, those that stand in their places first."""
    documents, sockets = ([*_there(path), *_there(_coming(path))] for path in (folder / DOCUMENT, folder / SOCKETS))
    both = [(one, other) for one in documents for other in (*sockets, None)]
    return [*both, *((None, other) for other in sockets)]


def _matches(files: _Files, digest: str) -> bool:
    try:
        return any(files) and _contract("", files).digest == digest
    except InputError:
        return False


def _there(path: Path) -> list[Path]:
    return [path] if path.is_file() else []


def _coming(path: Path) -> Path:
    """Return where a document waits that is about to take the place of another."""
    return path.with_name(f".{path.name}.new")


def _contract(source: str, files: _Files) -> Contract:
    """Return the contract that files hold; what is stored without sockets is known to have none."""
    path, beside = files
    sockets: dict[str, Any] = {} if beside is None else _read(beside)
    if path is None:
        assert beside is not None
        return Contract(source, sockets, file=str(beside.with_name(SOCKETS)))
    return Contract(source, _read(path), file=str(path.with_name(DOCUMENT)), sockets=sockets)


def _read(path: Path) -> dict[str, Any]:
    mend = "restore it from git, or save the baseline again with --force"
    collecting = gc.isenabled()
    gc.disable()  # a parse makes no cycles, and is 4 times faster so
    try:
        document = json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}:{error.colno}", f"not JSON: {error.msg}", mend) from None
    except RecursionError:
        raise InputError(str(path), "is nested too deeply to be read", mend) from None
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"cannot be read ({error})", mend) from None
    finally:
        if collecting:
            gc.enable()
    if not isinstance(document, dict):
        raise InputError(str(path), "is no OpenAPI document", mend)
    return document
