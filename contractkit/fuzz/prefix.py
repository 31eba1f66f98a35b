"""Where an API is, when nothing of it is where its document says: a prefix or mount that the document leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from contractkit.fuzz.message import Request
from contractkit.fuzz.operation import Api
from contractkit.fuzz.options import Target, UrlTarget
from contractkit.fuzz.session import NO_ANSWER, Session

_TRIED = 3
_NOWHERE = "/contractkit-no-such-path"
_ABSENT = frozenset({404, NO_ANSWER})


def candidates(api: Api, target: Target, app: Any) -> list[str]:
    """Return prefixes worth trying: the app's `root_path` and mounts, the folder of a document's URL, its servers."""
    found = [*api.base_paths, ""]
    if isinstance(target, UrlTarget):
        found.append(urlsplit(target.base_url).path.rpartition("/")[0])
    if app is not None:
        found.append(str(getattr(app, "root_path", "") or ""))
        found += _mounts(app, "")
    plain = dict.fromkeys("/" + one.strip("/") if one.strip("/") else "" for one in found)
    return [one for one in plain if one != api.base_path]


def found(session: Session, prefixes: Iterable[str]) -> str | None:
    """Return the first prefix below which an operation answers and not just anything does; None for none."""
    paths = [
        re.sub(r"\{[^{}]*\}", "1", one.endpoint.path) for one in session.api.operations.values() if one.method == "GET"
    ][:_TRIED]
    for prefix in prefixes:
        if _status(session, prefix + _NOWHERE) == 404 and any(
            _status(session, prefix + p) not in _ABSENT for p in paths
        ):
            return prefix
    return None


def _status(session: Session, target: str) -> int:
    return session.send(None, Request("GET", target, identity=session.identities.main)).response.status


def _mounts(app: Any, prefix: str) -> Iterator[str]:
    """Yield the paths that other apps are mounted at, as Starlette's `Mount` has them."""
    for route in getattr(app, "routes", None) or ():
        inner, path = getattr(route, "app", None), getattr(route, "path", "")
        if not hasattr(route, "methods") and isinstance(path, str) and path and "{" not in path:
            yield prefix + path
            yield from _mounts(inner, prefix + path)
