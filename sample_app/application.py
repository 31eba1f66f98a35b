"""What the shop and the inventory service have in common as FastAPI apps."""

from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema
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
