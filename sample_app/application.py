"""What the shop and the inventory service have in common as FastAPI apps."""

from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic.json_schema import models_json_schema
from starlette.routing import Route
from starlette.types import ASGIApp

from sample_app.core.problems import PROBLEM_MODELS
from sample_app.middleware.request_id import RequestIdMiddleware
from sample_app.middleware.security_headers import SecurityHeadersMiddleware

# They must answer however busy an address is.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class SampleApp(FastAPI):
    """FastAPI, with the models of problem documents in the OpenAPI document.

    FastAPI would put a response model under the route's own media type; problems have theirs, so the routes refer to
    the models by name, and they are added here.
    """

    def serve(
        self,
        router: APIRouter,
        *,
        prefix: str = "",
        responses: dict[int | str, dict[str, Any]] | None = None,
        max_body_size: int | None = None,
    ) -> None:
        """Include a router, and note the templates of its paths for `RouteTemplates`.

        Each router is included once, straight into the app: FastAPI builds the routes again for each level of nesting,
        and when somebody asks it for the whole paths of routes.
        """
        self.include_router(router, prefix=prefix, responses=responses, max_body_size=max_body_size)
        for route in router.routes:
            if isinstance(route, Route):
                self.state.templates[route.endpoint] = prefix + route.path

    def build_middleware_stack(self) -> ASGIApp:
        # Around all middleware: the answer to an unexpected error is made outside of what `add_middleware` adds.
        return RequestIdMiddleware(SecurityHeadersMiddleware(super().build_middleware_stack()))

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            _, problems = models_json_schema(
                [(model, "serialization") for model in PROBLEM_MODELS], ref_template="#/components/schemas/{model}"
            )
            schemas = document["components"]["schemas"]
            schemas.update(problems["$defs"])
            document["components"]["schemas"] = dict(sorted(schemas.items()))
        return super().openapi()
