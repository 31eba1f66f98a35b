"""The methods that a path has."""

from fastapi import FastAPI
from starlette.routing import Match, Mount
from starlette.types import Scope

_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_OF_FILES = frozenset({"GET", "HEAD"})


def routed_methods(scope: Scope) -> set[str]:
    """The methods for which the app has a route at the path of this request; empty for an unknown path.

    Starlette asks the first route of a path only, and names its methods as if they were all.
    """
    app: FastAPI = scope["app"]
    # Once a request has reached what is mounted, its scope says where that is.
    root = scope.get("app_root_path", scope.get("root_path", ""))
    found: set[str] = set()
    for method in _METHODS:
        asked = {**scope, "root_path": root, "method": method}
        for route in app.routes:
            # What is mounted takes every path and method below it; here that is static files.
            offered = not isinstance(route, Mount) or method in _OF_FILES
            if offered and route.matches(asked)[0] is Match.FULL:
                found.add(method)
    return found


def allow(methods: set[str]) -> str:
    """The value of `Allow` (RFC 9110, section 10.2.1): the routed methods, and the ones that come with any route."""
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
