"""The OpenAPI document: what is in it, that it is always the same, and that asking for it does nothing else."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from httpx import AsyncClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from sample_app.application import PROBES
from sample_app.auth.errors import InsufficientScopeError
from sample_app.core.errors import (
    AppError,
    InvalidRequestError,
    MalformedRequestError,
    OverloadedError,
    RequestTooLargeError,
)
from sample_app.core.rate_limits import RateLimitedError
from sample_app.main import create_app
from tests.sample_app.raising import raised_by

ROOT = Path(__file__).parents[2]

DUMP = "import json; from sample_app.main import app; print(json.dumps(app.openapi()))"

PUBLIC = {
    "POST /auth/token",
    "POST /auth/refresh",
    "POST /auth/revoke",
    "POST /v2/users",
    "GET /account",
    "GET /shipping-rates",
    "GET /v2/preferences",
    "PUT /v2/preferences",
    "POST /account/session",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.fixture(scope="module")
def routes(document: dict[str, Any]) -> dict[str, RouteContext]:
    """The route behind each operation."""
    contexts = [context for context in iter_route_contexts(create_app().routes) if context.path in document["paths"]]
    return {f"{method} {context.path}": context for context in contexts for method in context.methods or ()}


def dependants(dependant: Any) -> Iterator[Any]:
    """What a route asks for, and what that asks for in turn."""
    yield dependant
    for dependency in dependant.dependencies:
        yield from dependants(dependency)


def takes_all_text(schema: dict[str, Any]) -> bool:
    """Whether a parameter cannot be wrong."""
    rules = {key: value for key, value in schema.items() if key not in ("title", "description", "examples")}
    return rules in ({"type": "string"}, {"anyOf": [{"type": "string"}, {"type": "null"}]})


def errors_of(route: RouteContext, parameters: list[dict[str, Any]]) -> set[type[AppError]]:
    """The errors that a route can give: what its code and that of its dependencies raises, and what FastAPI refuses."""
    parts = list(dependants(route.dependant))
    errors = {error for part in parts for error in raised_by(part.call)}
    if not any(part.own_oauth_scopes for part in parts):
        errors = {error for error in errors if not issubclass(error, InsufficientScopeError)}
    if any(part.body_params for part in parts):
        errors |= {MalformedRequestError, RequestTooLargeError, InvalidRequestError}
    if not all(takes_all_text(parameter["schema"]) for parameter in parameters):
        errors.add(InvalidRequestError)
    if route.path not in PROBES:
        errors |= {RateLimitedError, OverloadedError}
    return errors


def test_every_operation_has_a_route(operations: dict[str, dict[str, Any]], routes: dict[str, RouteContext]) -> None:
    assert sorted(routes) == sorted(operations)


def test_every_operation_declares_the_errors_that_it_can_give_and_no_others(
    operations: dict[str, dict[str, Any]], routes: dict[str, RouteContext]
) -> None:
    expected = {
        key: {str(error.status.value) for error in errors_of(routes[key], operation.get("parameters", []))}
        for key, operation in operations.items()
    }
    declared = {
        key: {status for status in operation["responses"] if status >= "400"} for key, operation in operations.items()
    }
    assert declared == expected


def test_every_error_is_named_where_it_is_declared(
    operations: dict[str, dict[str, Any]], routes: dict[str, RouteContext]
) -> None:
    unnamed = [
        (key, error.__name__)
        for key, operation in operations.items()
        for error in errors_of(routes[key], operation.get("parameters", []))
        # A kind of error may be declared by the more general one that it is a case of.
        if not any(
            kind.title in operation["responses"][str(error.status.value)]["description"]
            for kind in error.__mro__
            if issubclass(kind, AppError) and hasattr(kind, "title")
        )
    ]
    assert unnamed == []


def test_every_operation_has_an_id_of_its_own_words_for_people_and_a_tag(
    document: dict[str, Any], operations: dict[str, dict[str, Any]]
) -> None:
    ids = [operation["operationId"] for operation in operations.values()]
    assert sorted(ids) == sorted(set(ids))
    assert [name for name in ids if not re.fullmatch("[a-z][a-z0-9_]*", name)] == []
    without = {
        key
        for key, operation in operations.items()
        if not operation.get("summary") or not operation.get("description") or len(operation.get("tags", [])) != 1
    }
    assert without == set()
    used = {operation["tags"][0] for operation in operations.values()}
    assert used == {tag["name"] for tag in document["tags"] if tag["description"]}


def test_every_field_has_a_description_or_a_type_that_has_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, value in schema.get("properties", {}).items()
        if "description" not in value and "description" not in schemas.get(value.get("$ref", "").split("/")[-1], {})
    ]
    assert bare == []


def test_errors_are_declared_as_problems(operations: dict[str, dict[str, Any]]) -> None:
    media_types = {
        (key, status): list(response["content"])
        for key, operation in operations.items()
        for status, response in operation["responses"].items()
        if int(status) >= 400
    }
    assert set(map(tuple, media_types.values())) == {("application/problem+json",)}


def test_which_operations_need_a_token(operations: dict[str, dict[str, Any]]) -> None:
    assert {key for key, operation in operations.items() if {} in operation.get("security", [{}])} == PUBLIC
    schemes = {
        scheme for operation in operations.values() for choice in operation.get("security", []) for scheme in choice
    }
    assert schemes == {"OAuth2Password", "ApiKey", "SessionCookie"}


@pytest.mark.anyio
async def test_an_operation_asks_for_a_token_exactly_where_the_document_says_so(
    anonymous: AsyncClient, operations: dict[str, dict[str, Any]]
) -> None:
    asked = set()
    for key in operations:
        method, path = key.split()
        if (await anonymous.request(method, re.sub("{.*?}", "x", path))).status_code == 401:
            asked.add(key)
    assert asked == set(operations) - PUBLIC


def test_only_version_1_is_deprecated_with_its_sunset(operations: dict[str, dict[str, Any]]) -> None:
    marks = {key: (op.get("deprecated", False), op.get("x-sunset")) for key, op in operations.items()}
    assert marks == {key: (True, "2027-06-30") if " /v1/" in key else (False, None) for key in operations}
    headers = {"Deprecation", "Sunset"}
    assert {
        key
        for key, operation in operations.items()
        if all(headers <= set(response.get("headers", {})) for response in operation["responses"].values())
    } == {key for key in operations if " /v1/" in key}


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_asking_twice_and_making_two_apps_gives_the_same(document: dict[str, Any]) -> None:
    app: FastAPI = create_app()
    assert app.openapi() is app.openapi()
    assert app.openapi() == document


def test_the_bytes_are_the_same_whatever_the_hash_seed_and_nothing_is_written(tmp_path: Path) -> None:
    (folder := tmp_path / "cwd").mkdir()
    (temporary := tmp_path / "tmp").mkdir()
    outputs = set()
    for seed in ("0", "4711"):
        environment = {
            **{name: value for name, value in os.environ.items() if name != "SAMPLE_APP_FAULT"},
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": seed,
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(temporary),
            "SAMPLE_APP_DATA_DIR": str(tmp_path / "data"),
        }
        command = [sys.executable, "-c", DUMP]
        run = subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=True, timeout=60)
        outputs.add(run.stdout)
        assert run.stderr == b""
    assert len(outputs) == 1
    assert sorted(tmp_path.rglob("*")) == [folder, temporary]
