"""The OpenAPI document: what is in it, that it is always the same, and that asking for it does nothing else."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from sample_app.main import create_app

ROOT = Path(__file__).parents[2]

DUMP = "import json; from sample_app.main import app; print(json.dumps(app.openapi()))"

OPERATIONS = {
    "POST /auth/token": ("login", {"200", "400", "413", "401", "422", "429", "503"}),
    "POST /auth/refresh": ("refresh_tokens", {"200", "400", "413", "401", "422", "429", "503"}),
    "POST /auth/revoke": ("revoke_tokens", {"204", "400", "413", "422", "429", "503"}),
    "GET /auth/sessions": ("list_sessions", {"200", "401", "429", "503"}),
    "DELETE /auth/sessions/{session_id}": ("end_session", {"204", "401", "404", "422", "429", "503"}),
    "POST /v2/users": ("register_user", {"201", "400", "413", "404", "409", "422", "429", "503"}),
    "GET /v2/users/me": ("read_own_user", {"200", "401", "403", "429", "503"}),
    "GET /v2/products": ("list_products", {"200", "401", "403", "422", "429", "503"}),
    "GET /v2/products/{sku}": ("read_product", {"200", "401", "403", "404", "422", "429", "503"}),
    "POST /v2/orders": ("place_order", {"202", "400", "413", "401", "403", "404", "422", "429", "503"}),
    "GET /v2/orders": ("list_orders", {"200", "401", "403", "422", "429", "503"}),
    "GET /v2/orders/{order_id}": ("read_order", {"200", "401", "403", "404", "422", "429", "503"}),
    "POST /v2/files": ("upload_file", {"201", "400", "401", "403", "413", "415", "422", "429", "503"}),
    "GET /v2/files": ("list_files", {"200", "401", "403", "422", "429", "503"}),
    "GET /v2/files/{file_id}": (
        "download_file",
        {"200", "206", "304", "401", "403", "404", "416", "422", "429", "503"},
    ),
    "HEAD /v2/files/{file_id}": ("probe_file", {"200", "304", "401", "403", "404", "422", "429", "503"}),
    "GET /v2/files/{file_id}/meta": ("read_file_meta", {"200", "401", "403", "404", "422", "429", "503"}),
    "DELETE /v2/files/{file_id}": ("delete_file", {"204", "401", "403", "404", "422", "429", "503"}),
    "GET /v2/dashboard": ("read_dashboard", {"200", "401", "403", "429", "503"}),
    "GET /v2/exports/orders.csv": ("export_orders", {"200", "401", "403", "429", "503"}),
    "GET /v2/statistics/orders": ("read_order_statistics", {"200", "401", "403", "422", "429", "503"}),
    "GET /v2/reports/stock": ("report_stock", {"200", "401", "403", "422", "429", "503"}),
    "GET /v2/reports/sales": ("report_sales", {"200", "401", "403", "422", "429", "503"}),
    "POST /v2/api-keys": ("create_api_key", {"201", "400", "413", "401", "403", "422", "429", "503"}),
    "GET /v2/api-keys": ("list_api_keys", {"200", "401", "403", "422", "429", "503"}),
    "GET /v2/api-keys/{key_id}": ("read_api_key", {"200", "401", "403", "404", "422", "429", "503"}),
    "DELETE /v2/api-keys/{key_id}": ("delete_api_key", {"204", "401", "403", "404", "422", "429", "503"}),
    "GET /account": ("read_account", {"200", "422", "429", "503"}),
    "POST /account/session": ("sign_in_to_account", {"303", "400", "413", "401", "403", "422", "429", "503"}),
    "POST /account/notes": ("write_note", {"303", "400", "413", "401", "403", "422", "429", "503"}),
    "POST /account/sign-out": ("sign_out_of_account", {"303", "400", "413", "401", "403", "422", "429", "503"}),
    "GET /v1/users/me": ("read_own_user_v1", {"200", "401", "403", "429", "503"}),
    "GET /v1/products": ("list_products_v1", {"200", "401", "403", "429", "503"}),
    "GET /v1/products/{sku}": ("read_product_v1", {"200", "401", "403", "404", "422", "429", "503"}),
    "POST /v1/orders": ("place_order_v1", {"201", "400", "413", "401", "403", "404", "422", "429", "503"}),
    "GET /v1/orders/{order_id}": ("read_order_v1", {"200", "401", "403", "404", "422", "429", "503"}),
    "GET /healthz": ("read_liveness", {"200"}),
    "GET /readyz": ("read_readiness", {"200", "503"}),
}

PUBLIC = {
    "POST /auth/token",
    "POST /auth/refresh",
    "POST /auth/revoke",
    "POST /v2/users",
    "GET /account",
    "POST /account/session",
    "GET /healthz",
    "GET /readyz",
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


def test_the_operations_and_what_each_can_answer(operations: dict[str, dict[str, Any]]) -> None:
    found = {key: (operation["operationId"], set(operation["responses"])) for key, operation in operations.items()}
    assert found == OPERATIONS


def test_every_operation_has_words_for_people(operations: dict[str, dict[str, Any]]) -> None:
    assert [
        key for key, operation in operations.items() if not operation.get("summary") or not operation.get("description")
    ] == []


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
