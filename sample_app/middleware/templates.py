"""The template of the path of a request, such as `/v2/products/{sku}`."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import Scope

NONE = "none"
"""Stands for all paths that the app does not have."""


class RouteTemplates:
    """Found once, when the first request has found its route."""

    def __init__(self) -> None:
        self._templates: dict[object, str] | None = None

    def of(self, scope: Scope) -> str:
        """The template; the router has noted in the scope which function it took."""
        if self._templates is None:
            app: FastAPI = scope["app"]
            self._templates = {
                context.endpoint: context.path
                for context in iter_route_contexts(app.routes)
                if context.endpoint and context.path
            }
        return self._templates.get(scope.get("endpoint"), NONE)
