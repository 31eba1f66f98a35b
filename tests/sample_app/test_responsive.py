"""The event loop stays free: a real server answers others while it exports, and while it computes."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.sample_app.serving import served, signed_in, stop

ORDERS = 20_000


def add_orders(database: Path) -> None:
    """Many confirmed orders of bob, past the app: placing them one by one would take minutes."""
    with sqlite3.connect(database) as connection:
        tenant, user = connection.execute("SELECT tenant_id, id FROM users WHERE username = 'bob'").fetchone()
        (product,) = connection.execute(
            "SELECT id FROM products WHERE sku = 'TEA-001' AND tenant_id = ?", (tenant,)
        ).fetchone()
        start = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        rows = [
            {
                "id": f"TEA-001-{uuid4()}",
                "tenant_id": tenant,
                "user_id": user,
                "product_id": product,
                "sku": "TEA-001",
                "quantity": 1 + number % 7,
                "unit_price_amount": 495,
                "price_currency": "EUR",
                "status": "confirmed",
                "created_at": (start + timedelta(seconds=number)).isoformat(" ", "microseconds"),
            }
            for number in range(ORDERS)
        ]
        columns = list(rows[0])
        connection.executemany(
            f"INSERT INTO orders ({', '.join(columns)}) VALUES ({', '.join(f':{column}' for column in columns)})", rows
        )


@pytest.fixture(scope="module")
def bob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    data = tmp_path_factory.mktemp("data")
    with served(tmp_path_factory.mktemp("tmp"), SAMPLE_APP_DATA_DIR=str(data)) as (server, client):
        signed_in(client, "bob")
        add_orders(data / "sample_app.sqlite3")
        # The first calculation waits for its process to start, which is not what is measured here.
        assert client.get("/v2/statistics/orders", params={"resamples": 20}).status_code == 200
        yield client
        assert "Traceback" not in stop(server)


@pytest.mark.parametrize("path", ["/v2/exports/orders.csv", "/v2/statistics/orders?resamples=2000"])
def test_others_are_answered_while_a_long_request_runs(bob: httpx.Client, path: str) -> None:
    """Counted and not timed, so a slow machine says the same as a fast one.

    Were the loop held up, one request might be answered before the long one begins, and the next only after it.
    """
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(bob.get(path)))
    answered = 0
    with httpx.Client(base_url=bob.base_url, trust_env=False, timeout=30) as other:
        other.get("/healthz")  # connects
        thread.start()
        while True:
            assert other.get("/healthz").status_code == 200
            if not thread.is_alive():
                break
            answered += 1
    thread.join()
    assert answers[0].status_code == 200
    assert answered > 2


def test_the_export_is_whole(bob: httpx.Client) -> None:
    lines = bob.get("/v2/exports/orders.csv").text.splitlines()
    assert len({line.split(",")[0] for line in lines[1:]}) == len(lines) - 1 == ORDERS
