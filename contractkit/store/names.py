"""Names of APIs and versions: as folder names, and in order."""

from __future__ import annotations

import re
import unicodedata
from typing import TypeAlias
from urllib.parse import quote

from contractkit.model.errors import InputError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MAX_VERSION = 150
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)[-._]?([0-9A-Za-z.-]*)(?:\+.*)?", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")

VersionKey: TypeAlias = tuple[int, tuple[int, ...], int, tuple[tuple[int, int, str], ...], str]


def slug(title: str) -> str:
    """Return a name made of a document's title: `Ålesund Shop API (v2)` gives `alesund-shop-api-v2`."""
    ascii_text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:100].rstrip("-") or "api"


def check_name(name: str) -> str:
    """Return the name of an API if it can be a folder's name.

    Raises:
        InputError: it holds something else than letters, digits, `.`, `_` and `-`, or begins with no letter or digit.
    """
    if not _NAME.fullmatch(name):
        problem = "is no name for an API: letters, digits, `.`, `_` and `-`, up to 100"
        raise InputError(name[:120] or "--api", problem, f"`{slug(name)}` would do")
    return name


def version_folder(version: str) -> str:
    """Return the folder name of a version: the version itself, percent-encoded where that is needed (RFC 3986).

    Raises:
        InputError: it is empty or longer than 150 characters.
    """
    if not version.strip():
        raise InputError("version", "is empty", "set info.version in the document, or give --version")
    if len(version) > _MAX_VERSION:
        raise InputError(version[:40] + "...", f"is longer than {_MAX_VERSION} characters", "give --version")
    safe = quote(version.encode("utf-8", "surrogatepass"), safe="+!~")
    if safe.startswith(".") or safe == "approvals":  # hidden folders, `..`, and the folder of the approvals
        return f"%{ord(safe[0]):02X}{safe[1:]}"
    return safe


def version_key(version: str, captured_at: str) -> VersionKey:
    """Return what to sort versions by.

    Versions of numbers with dots, and dates, come in their order, pre-releases before their release as in semantic
    versioning (2.0.0, item 11; but `rc10` comes after `rc9`). All other versions come before them. Equal ones, and
    those others, come in the order of their capture.

    Args:
        version: the version's name.
        captured_at: when it was stored, in ISO 8601 with UTC.
    """
    if date := _DATE.fullmatch(version):
        return (1, tuple(int(part or 0) for part in date.groups()), 1, (), captured_at)
    # A longer one is no version that could be stored, and the expression takes square time.
    match = _RELEASE.fullmatch(version) if len(version) <= _MAX_VERSION else None
    if not match:
        return (0, (), 0, (), captured_at)
    numbers = [int(part) for part in match[1].split(".")]
    while numbers and numbers[-1] == 0:  # 1.0 and 1.0.0 are the same
        numbers.pop()
    parts = re.findall(r"\d+|[A-Za-z]+", match[2])
    pre = tuple((0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in parts)
    return (1, tuple(numbers), 0 if pre else 1, pre, captured_at)
