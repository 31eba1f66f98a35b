"""The template of the path of a request, such as `/v2/products/{sku}`."""

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Scope

NONE = "none"
"""Stands for all paths that the app does not have."""


class RouteTemplates:
    """Those of the routers that the app serves, which it has noted, and of its own routes."""

    def __init__(self) -> None:
        self._templates: dict[object, str] | None = None

    def of(self, scope: Scope) -> str:
        """The template; the router has noted in the scope which function it took."""
        if self._templates is None:
            app: Starlette = scope["app"]
            own: dict[object, str] = {route.endpoint: route.path for route in app.routes if isinstance(route, Route)}
            self._templates = {**own, **app.state.templates}
        return self._templates.get(scope.get("endpoint"), NONE)
