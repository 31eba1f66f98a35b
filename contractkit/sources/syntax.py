r"""The ways to name a source, and the rules that tell them apart.

Read from the top, the first rule that fits decides:

1. `-` is standard input.
2. `http://...` and `https://...` are URLs; any other `scheme://` is refused.
3. `@NAME` and `@NAME:VERSION` are stored baselines. (A file whose name starts with `@` is written `./@name`.)
4. `git:REF:PATH` is a file at a revision. REF ends at the first colon, which no git reference may hold.
5. The name of a file that exists is that file, whatever else it looks like (`C:\api.json`, `main:app`, `a!b.json`).
6. `REF!package.module:attr` is an app at a revision, split at the last `!`.
7. `package.module:attr`, dotted identifiers on both sides of one colon, is an app. `attr` may be dotted
   (`container.app`); a trailing `()` is allowed, since factories are called anyway.
8. Anything else is the name of a file that is missing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

from contractkit.model.errors import InputError
from contractkit.model.records import NamedTuple


class StdinSource(NamedTuple):
    """Standard input."""


class FileSource(NamedTuple):
    """A file, as the user named it."""

    name: str


class UrlSource(NamedTuple):
    """A document behind http or https."""

    url: str


class BaselineSource(NamedTuple):
    """A stored baseline; without a version, the latest."""

    name: str
    version: str | None


class GitFileSource(NamedTuple):
    """A file at a git revision; `path` is meant from the top of the repository, `./path` from here."""

    ref: str
    path: str


class AppSource(NamedTuple):
    """An app or factory to import, at a git revision if `ref` is set."""

    module: str
    attribute: str
    ref: str | None = None


Source: TypeAlias = StdinSource | FileSource | UrlSource | BaselineSource | GitFileSource | AppSource

# Texts and no compiled patterns: the names of files need none of them.
_SCHEME = r"([A-Za-z][A-Za-z0-9+.-]+)://"
_NAMES = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_APP = rf"({_NAMES}):({_NAMES})(?:\(\))?"
_APP_BY_FILE = rf"(?:\./)?((?:[^\W\d]\w*/)*[^\W\d]\w*)\.py:({_NAMES})"
_DOCUMENT_ENDINGS = (".json", ".yaml", ".yml")


def parse_source(source: str, root: Path) -> Source:
    """Return what kind of source `source` is, by the rules of this module.

    Args:
        source: the source as the user wrote it.
        root: the folder that relative file names are meant from.

    Raises:
        InputError: it is none of them; the mend names the nearest right spelling.
    """
    if not source or "\0" in source:
        raise InputError("source", "is empty or holds a null character", "name a file, a URL or `package.module:attr`")
    if source == "-":
        return StdinSource()
    if "://" in source and (scheme := re.match(_SCHEME, source)):
        if scheme[1].lower() in ("http", "https"):
            return UrlSource(source)
        mend = "give the path alone" if scheme[1].lower() == "file" else "download the document and name the file"
        raise InputError(source, f"`{scheme[1]}` URLs are not read, only http and https", mend)
    if source.startswith("@"):
        name, _, version = source[1:].partition(":")
        if not name or source.endswith(":"):
            raise InputError(source, "a baseline's name or version is missing", "write @NAME or @NAME:VERSION")
        return BaselineSource(name, version or None)
    if source.startswith("git:"):
        ref, _, path = source[4:].partition(":")
        if not ref or not path:
            raise InputError(source, "the revision or the path is missing", "write git:REF:PATH")
        return GitFileSource(ref, path)
    if (root / source).exists():
        return FileSource(source)
    if by_file := re.fullmatch(_APP_BY_FILE, source):
        module = by_file[1].replace("/", ".")
        raise InputError(source, "an app is named by its module, not by its file", f"write {module}:{by_file[2]}")
    return _app(source) or FileSource(source)


def _app(source: str) -> AppSource | None:
    ref, mark, target = source.rpartition("!")
    match = re.fullmatch(_APP, target)
    if match and mark:
        if not ref:
            raise InputError(source, "the revision is missing", "write REF!package.module:attr")
        return AppSource(match[1], match[2], ref)
    if mark and ref and not source.endswith(_DOCUMENT_ENDINGS):
        raise InputError(source, "no app stands after the `!`", "write REF!package.module:attr")
    return AppSource(match[1], match[2]) if match else None
