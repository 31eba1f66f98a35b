"""The stored contract of the app, and what `contractkit diff` says to each fault."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contractkit.sources.config import load_config
from contractkit.store.baselines import BaselineStore
from sample_app import faults
from sample_app.main import create_app

ROOT = Path(__file__).parents[2]
KEYS = ("severity", "proof", "rule", "direction", "location", "component", "operations")

FOUND: dict[str, list[tuple[Any, ...]]] = {
    "product-stock-dropped": [
        (
            "breaking",
            "witness",
            "response-required-property-removed",
            "response",
            "200.body.items[].stock",
            "ProductRead",
            ["GET /v2/products", "GET /v2/products/{}"],
        )
    ],
    "order-quantity-limit-lowered": [
        (
            "breaking",
            "witness",
            "request-maximum-decreased",
            "request",
            "body.quantity",
            "OrderCreate",
            ["POST /v2/orders"],
        )
    ],
    "order-country-required": [
        (
            "breaking",
            "witness",
            "request-required-property-added",
            "request",
            "body.delivery_country",
            "OrderCreate",
            ["POST /v2/orders"],
        )
    ],
    "registration-answers-200": [
        ("risky", "definition", "success-status-added", "response", "200", None, ["POST /v2/users"]),
        ("breaking", "definition", "success-status-removed", "response", "201", None, ["POST /v2/users"]),
    ],
    "product-category-required": [
        (
            "breaking",
            "definition",
            "parameter-became-required",
            "request",
            "query.category",
            None,
            ["GET /v2/products"],
        )
    ],
}


@cache
def diff(fault: str | None) -> tuple[int, str, dict[str, Any]]:
    """`contractkit diff`, as in a user's project: the exit code, stderr and the report."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMPLE_APP_")}
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", "diff", "--format", "json"],
        cwd=ROOT,
        env={**kept, **({"SAMPLE_APP_FAULT": fault} if fault else {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr, json.loads(done.stdout)


def test_the_stored_contract_is_that_of_the_app() -> None:
    store = BaselineStore(load_config(ROOT).baselines)
    assert store.contract("sample-app").document == create_app().openapi()


def test_every_stored_contract_is_whole() -> None:
    checked = BaselineStore(load_config(ROOT).baselines).verify()
    assert [(folder.parent.name, folder.name, problem) for folder, problem in checked] == [
        ("sample-app", "2.0.0", None)
    ]


def test_the_clean_app_is_identical() -> None:
    code, errors, report = diff(None)
    assert (code, errors, report["outcome"], report["findings"]) == (0, "", "identical", [])


@pytest.mark.parametrize("fault", faults.REGISTRY)
def test_a_fault_is_found_and_nothing_else(fault: str) -> None:
    code, errors, report = diff(fault)
    assert (code, errors, report["outcome"], report["required_bump"]) == (1, "", "breaking", "major")
    assert [tuple(finding[key] for key in KEYS) for finding in report["findings"]] == FOUND[fault]


@pytest.mark.parametrize("fault", faults.REGISTRY)
def test_a_fault_is_found_where_the_registry_says(fault: str) -> None:
    _, _, report = diff(fault)
    reached = {operation for finding in report["findings"] for operation in finding["operations"]}
    assert reached == {operation.replace("{sku}", "{}") for operation in faults.REGISTRY[fault].where}
