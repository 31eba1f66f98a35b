"""The faults that break a promise: the document stays as it is, and a client sees the deviation all the same."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from sample_app import faults
from sample_app.core.settings import Settings
from sample_app.main import create_app
from tests.sample_app.faulty import observed_in_a_process
from tests.sample_app.observing import OBSERVATIONS
from tests.sample_app.observing.shop import Shop

pytestmark = pytest.mark.anyio

NAMES = [fault.name for fault in faults.REGISTRY.values() if fault.kind is faults.Kind.PROMISE]

# They stand in a model, which is made when the app is imported; all others are asked for at each request.
IN_MODELS = {
    "v1-order-quantity-unlimited",
    "most-resamples-refused",
    "display-name-ascii-only",
    "password-hash-shown",
    "file-object-key-shown",
}


@pytest.fixture
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Switches the fault of the test on."""
    name: str = request.param
    monkeypatch.setenv(faults.VARIABLE, name)
    faults.active.cache_clear()
    yield name
    faults.active.cache_clear()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


@pytest.mark.parametrize("name", OBSERVATIONS)
async def test_without_the_fault_the_app_is_right(name: str, app: FastAPI, demo: tuple[Path, dict[str, str]]) -> None:
    observed = await OBSERVATIONS[name].observe(Shop(app, demo[1]))
    assert json.loads(json.dumps(observed)) == OBSERVATIONS[name].right


@pytest.mark.parametrize("fault", sorted(set(NAMES) - IN_MODELS), indirect=True)
async def test_a_client_sees_the_fault_that_the_document_does_not_show(
    fault: str, document: dict[str, Any], settings: Settings, demo: tuple[Path, dict[str, str]]
) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        observed = await OBSERVATIONS[fault].observe(Shop(app, demo[1]))
    assert json.loads(json.dumps(observed)) == OBSERVATIONS[fault].wrong
    assert app.openapi() == document


@pytest.mark.parametrize("name", sorted(IN_MODELS))
async def test_a_client_sees_the_fault_in_a_model(
    name: str, document: dict[str, Any], data_dir: Path, demo: tuple[Path, dict[str, str]]
) -> None:
    result = observed_in_a_process(name, data_dir, demo[1])
    assert result == {"document": document, "observed": OBSERVATIONS[name].wrong}
