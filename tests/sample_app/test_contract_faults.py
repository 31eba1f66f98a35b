"""The faults that change the contract: what a client sees, and what contractkit says: this, and nothing else."""

import json
import re
from pathlib import Path

import pytest

from contractkit.cli.main import run
from sample_app import faults
from tests.sample_app.faulty import ROOT, observed_in_a_process
from tests.sample_app.observing import OBSERVATIONS

pytestmark = pytest.mark.anyio

NAMES = [fault.name for fault in faults.REGISTRY.values() if fault.kind is faults.Kind.CONTRACT]

KEYS = ("severity", "rule", "location", "operations")
FOUND: dict[str, list[tuple[str, str, str, list[str]]]] = {
    "product-stock-dropped": [
        (
            "breaking",
            "response-required-property-removed",
            "200.body.items[].stock",
            [
                "GET /v2/products",
                "GET /v2/products/{}",
                "PATCH /v2/products/{}",
                "POST /v2/products",
                "PUT /v2/products/{}",
            ],
        ),
    ],
    "session-current-renamed": [
        ("breaking", "response-required-property-removed", "200.body[].current", ["GET /auth/sessions"]),
        ("safe", "response-property-added", "200.body[].is_current", ["GET /auth/sessions"]),
    ],
    "file-size-as-text": [
        ("breaking", "response-type-changed", "200.body.items[].size", ["GET /v2/files", "GET /v2/files/{}/meta"]),
    ],
    "order-quantity-limit-lowered": [
        ("breaking", "request-maximum-decreased", "body.quantity", ["POST /v2/orders"]),
    ],
    "key-name-shortened": [("breaking", "request-max-length-decreased", "body.name", ["POST /v2/api-keys"])],
    "currency-usd-dropped": [
        (
            "safe",
            "response-enum-value-removed",
            "200.body.rates[].price.currency",
            [
                "GET /shipping-rates",
                "GET /v2/orders",
                "GET /v2/orders/{}",
                "GET /v2/products",
                "GET /v2/products/{}",
                "GET /v2/reports/sales",
                "GET /v2/statistics/orders",
                "PATCH /v2/orders/{}",
                "PATCH /v2/products/{}",
                "POST /v2/orders/{}/cancel",
                "POST /v2/products",
                "POST /v2/quotes",
                "PUT /v2/products/{}",
            ],
        ),
        (
            "breaking",
            "request-enum-value-removed",
            "query.currency",
            ["GET /v2/statistics/orders", "PATCH /v2/products/{}", "POST /v2/products", "PUT /v2/products/{}"],
        ),
    ],
    "order-failure-reason-renamed": [
        (
            "breaking",
            "response-enum-value-added",
            "200.body.items[].failure_reason",
            ["GET /v2/orders", "GET /v2/orders/{}", "PATCH /v2/orders/{}", "POST /v2/orders/{}/cancel"],
        ),
    ],
    "order-country-required": [
        ("breaking", "request-required-property-added", "body.delivery_country", ["POST /v2/orders"]),
    ],
    "product-category-required": [("breaking", "parameter-became-required", "query.category", ["GET /v2/products"])],
    "key-deletion-to-be-confirmed": [
        ("breaking", "required-parameter-added", "query.confirm", ["DELETE /v2/api-keys/{}"]),
    ],
    "registration-answers-200": [
        ("risky", "success-status-added", "200", ["POST /v2/users"]),
        ("breaking", "success-status-removed", "201", ["POST /v2/users"]),
    ],
    "orders-export-as-plain-text": [
        ("safe", "response-media-type-added", "200.body", ["GET /v2/exports/orders.csv"]),
        ("breaking", "response-media-type-removed", "200.body", ["GET /v2/exports/orders.csv"]),
    ],
    "order-location-dropped": [("breaking", "response-header-removed", "202.header.Location", ["POST /v2/orders"])],
    "reports-without-keys": [
        ("safe", "security-scheme-removed", "scheme.ApiKey", []),
        ("breaking", "security-made-stricter", "security", ["GET /v2/reports/sales"]),
        ("breaking", "security-made-stricter", "security", ["GET /v2/reports/stock"]),
    ],
    # No client breaks by it; it is for the owner of the app to notice.
    "upload-for-every-token": [("safe", "security-loosened", "security", ["POST /v2/files"])],
}


@pytest.mark.parametrize("name", NAMES)
async def test_a_client_sees_the_fault_and_diff_finds_it_and_nothing_else(
    name: str, data_dir: Path, demo: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = observed_in_a_process(name, data_dir, demo[1])
    assert result["observed"] == OBSERVATIONS[name].wrong

    (changed := tmp_path / "openapi.json").write_text(json.dumps(result["document"]), encoding="utf-8")
    monkeypatch.chdir(ROOT)
    code = run(["diff", "@sample-app", str(changed), "--format", f"json:{tmp_path / 'report.json'}"])
    findings = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["findings"]
    assert [tuple(finding[key] for key in KEYS) for finding in findings] == FOUND[name]
    assert code == int(any(finding["severity"] == "breaking" for finding in findings))

    # A shared model can also become stricter where it is only answered, which breaks nobody.
    telling = [finding for finding in findings if finding["severity"] != "safe"] or findings
    reached = {operation for finding in telling for operation in finding["operations"]}
    assert reached == {re.sub("{.*?}", "{}", operation) for operation in faults.REGISTRY[name].where}
