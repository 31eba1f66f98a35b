"""The shop with the inventory in a second process: it works, and what happens while that is gone, slow or wrong."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select

from sample_app.core.circuit import CircuitState
from sample_app.core.settings import Settings
from sample_app.main import create_app
from sample_app.products.models import Product
from sample_app.products.repository import ProductRepository
from sample_app.stock.errors import InventoryError
from tests.sample_app.buyers import LIMIT, Shop
from tests.sample_app.inventory_server import InventoryServer, answering, running_inventory
from tests.sample_app.serving import free_port, working

pytestmark = pytest.mark.anyio

GONE = "The inventory does not answer."
WRONG = "The inventory gives answers that do not match its contract."


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[InventoryServer]:
    (folder := tmp_path / "inventory").mkdir()
    with running_inventory(folder) as server:
        yield server


@pytest.fixture
def changes() -> dict[str, Any]:
    """Settings of the test's own."""
    return {}


@pytest.fixture
def shop_at(
    settings: Settings, changes: dict[str, Any], tokens: dict[str, str], client_for: Callable[..., AsyncClient]
) -> Callable[[str], AbstractAsyncContextManager[Shop]]:
    """Runs the shop with the inventory at an address."""

    @asynccontextmanager
    async def run(url: str) -> AsyncIterator[Shop]:
        # A slow machine may need its time for a good answer; only the tests of slow ones wait for less.
        seconds = {"inventory_url": url, "inventory_timeout_seconds": 30.0, "worker_seconds": 0.1, **changes}
        app = create_app(settings.model_copy(update=seconds))
        async with app.router.lifespan_context(app):
            yield Shop(app, client_for, tokens)

    return run


@pytest.fixture
async def shop(inventory: InventoryServer, shop_at: Any) -> AsyncIterator[Shop]:
    async with shop_at(inventory.url) as shop:
        yield shop


def refused(answer: Response, detail: str = GONE) -> bool:
    """Whether the client is told to come back later, in the one format of problems."""
    return (
        answer.status_code == 503
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["retry-after"] in {"1", "2"}
        and answer.json()["type"] == "https://sample-app.example/problems/not-ready"
        and answer.json()["detail"] == detail
    )


async def test_orders_take_their_stock_from_the_service(shop: Shop, inventory: InventoryServer) -> None:
    good, bad = await shop.place("LAST-010", 4), await shop.place("LAST-010", 7)
    product_id = await shop.product_id("LAST-010")
    assert [await shop.decided(good), await shop.decided(bad)] == [("confirmed", None), ("failed", "out_of_stock")]
    assert (inventory.kept(product_id, good), inventory.kept(product_id, bad)) == (4, 0)
    assert inventory.left(product_id) == await shop.copy("LAST-010") == 6
    assert (await shop.bob.get("/availability/LAST-010")).json()["level"] == "few"
    assert (await shop.bob.get("/readyz")).json() == {"status": "ready"}


async def test_a_hundred_buyers_of_ten_pieces(shop: Shop, inventory: InventoryServer) -> None:
    buyers = [shop.bob, shop.dave] * 50
    answers = await asyncio.gather(
        *(buyer.post("/v2/orders", json={"sku": "LAST-010", "quantity": 1}) for buyer in buyers)
    )
    async with asyncio.timeout(LIMIT):
        while (await shop.alice.get("/v2/orders", params={"status": "pending"})).json()["total"]:
            await asyncio.sleep(0.1)
    orders = (await shop.alice.get("/v2/orders", params={"limit": 100})).json()["items"]
    assert {order["order_id"] for order in orders} == {answer.json()["order_id"] for answer in answers}
    assert Counter(order["status"] for order in orders) == {"confirmed": 10, "failed": 90}
    product_id = await shop.product_id("LAST-010")
    assert sum(inventory.kept(product_id, order["order_id"]) for order in orders) == 10
    assert inventory.left(product_id) == await shop.copy("LAST-010") == 0


async def test_an_order_that_comes_again_takes_its_stock_once(shop: Shop, inventory: InventoryServer) -> None:
    with shop.nobody_decides():
        order_id = await shop.place(quantity=3)
    # As if the process had been killed between the reservation and the order.
    product_id = await shop.product_id()
    inventory.client.put(f"/v1/stock/{product_id}", json={"stock": 1000})
    assert inventory.reserve(product_id, order_id, 3).status_code == 201
    assert await shop.status(order_id) == ("pending", None)
    await asyncio.gather(*(shop.decider.decide(order_id) for _ in range(5)))
    assert await shop.status(order_id) == ("confirmed", None)
    assert (inventory.kept(product_id, order_id), inventory.left(product_id), await shop.copy()) == (3, 997, 997)


@pytest.mark.parametrize("how", ["cancelled", "timed_out"])
async def test_what_is_kept_for_an_order_that_fails_is_given_back(
    shop: Shop, inventory: InventoryServer, how: str
) -> None:
    await shop.decided(await shop.place())  # the service knows the product
    with shop.nobody_decides():
        order_id = await shop.place(quantity=3)
        product_id = await shop.product_id()
        inventory.reserve(product_id, order_id, 3)
        assert inventory.left(product_id) == 996
        if how == "cancelled":
            assert (await shop.bob.post(f"/v2/orders/{order_id}/cancel")).status_code == 200
        else:
            await shop.grow_old(order_id, by=timedelta(hours=2))
            assert await shop.decider.decide(order_id)
    assert await shop.status(order_id) == ("failed", how)
    async with asyncio.timeout(LIMIT):
        while inventory.left(product_id) != 999:
            await asyncio.sleep(0.05)
    assert inventory.kept(product_id, order_id) == 0
    # A process that was held up before it asked comes too late.
    answer = inventory.reserve(product_id, order_id, 3)
    assert answer.json()["type"].endswith("/reservation-released")


async def test_stock_that_an_admin_tells_is_told_to_the_service(shop: Shop, inventory: InventoryServer) -> None:
    product_id = await shop.product_id("COF-001")
    for stock in (50, 0):
        change = await shop.alice.patch("/v2/products/COF-001", json={"stock": stock}, headers={"If-Match": "*"})
        assert (change.status_code, change.json()["stock"], inventory.left(product_id)) == (200, stock, stock)
    assert await shop.decided(await shop.place("COF-001")) == ("failed", "out_of_stock")
    assert (await shop.bob.get("/availability/COF-001")).json()["level"] == "none"
    created = await shop.alice.post(
        "/v2/products",
        json={
            "sku": "NEW-001",
            "name": "New",
            "category": "tea",
            "stock": 3,
            "price": {"amount": 1, "currency": "EUR"},
        },
    )
    assert (created.status_code, inventory.left(await shop.product_id("NEW-001"))) == (201, 3)
    # An old answer does not replace what is known since.
    async with shop.database.transaction(tenant_id="acme") as session:
        product = await session.scalar(select(Product).where(Product.sku == "NEW-001"))
        assert product is not None
        await ProductRepository(session).note_stock(product.id, stock=2, stock_version=product.stock_version)
    assert await shop.copy("NEW-001") == 3


async def test_while_it_is_gone_orders_wait_and_reads_of_stock_are_refused(
    shop: Shop, inventory: InventoryServer, settings: Settings, tmp_path: Path
) -> None:
    before = await shop.place("LAST-010", 2)
    assert await shop.decided(before) == ("confirmed", None)
    inventory.kill()
    order_id = await shop.place("LAST-010", 3)
    assert await shop.status(order_id) == ("pending", None)
    assert refused(await shop.bob.get("/availability/LAST-010"))
    assert refused(await shop.alice.patch("/v2/products/LAST-010", json={"stock": 99}, headers={"If-Match": "*"}))
    assert (await shop.bob.get("/readyz")).json()["detail"] == "Not ready: inventory."
    assert await shop.copy("LAST-010") == 8  # the catalogue shows what it last heard, and the change was not written
    with pytest.raises(InventoryError):
        await shop.decider.decide(order_id)
    inventory.start()
    # A worker finds what was left pending.
    folder = tmp_path / "worker"
    folder.mkdir()
    assert settings.data_dir is not None
    environment = {
        "SAMPLE_APP_DATA_DIR": str(settings.data_dir),
        "SAMPLE_APP_INVENTORY_URL": inventory.url,
        "SAMPLE_APP_INVENTORY_TIMEOUT_SECONDS": "30",
        "SAMPLE_APP_WORKER_SECONDS": "0.2",
    }
    with working(folder, **environment):
        assert await shop.decided(order_id) == ("confirmed", None)
    product_id = await shop.product_id("LAST-010")
    assert (inventory.kept(product_id, before), inventory.kept(product_id, order_id)) == (2, 3)
    assert inventory.left(product_id) == await shop.copy("LAST-010") == 5
    async with asyncio.timeout(LIMIT):
        while (await shop.bob.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("changes", [{"order_seconds": 3.0}])
async def test_an_order_waits_for_it_no_longer_than_its_time(shop: Shop, inventory: InventoryServer) -> None:
    inventory.kill()
    assert await shop.decided(await shop.place()) == ("failed", "timed_out")


async def test_the_shop_starts_without_it(
    settings: Settings, inventory: InventoryServer, shop: Shop, tokens: dict[str, str], client_for: Any
) -> None:
    with shop.nobody_decides():
        order_id = await shop.place()
    inventory.kill()
    app = create_app(settings.model_copy(update={"inventory_url": inventory.url}))
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as bob:
        assert (await bob.get(f"/v2/orders/{order_id}")).json()["status"] == "pending"
        assert (await bob.get("/readyz")).json()["detail"] == "Not ready: inventory."


@pytest.mark.parametrize("changes", [{"inventory_timeout_seconds": 0.3}])
async def test_a_slow_one_opens_the_circuit_until_it_answers_again(shop: Shop, inventory: InventoryServer) -> None:
    async with asyncio.timeout(LIMIT):  # the first answer may take its time
        while (await shop.bob.get("/availability/TEA-001")).status_code != 200:
            await asyncio.sleep(0.1)
    inventory.freeze()
    assert await shop.circuit() is CircuitState.CLOSED
    answers = [await shop.bob.get("/availability/TEA-001") for _ in range(2)]  # three attempts each
    assert [refused(answer) for answer in answers] == [True, True]
    assert await shop.circuit() is CircuitState.OPEN
    assert refused(await shop.bob.get("/availability/TEA-001"))
    order_id = await shop.place()
    assert await shop.status(order_id) == ("pending", None)
    asking = asyncio.create_task(ask_for_ever(shop))
    async with asyncio.timeout(LIMIT):
        while await shop.circuit() is not CircuitState.TRYING:  # one of the calls
            await asyncio.sleep(0.01)
        inventory.thaw()
        while await shop.circuit() is not CircuitState.CLOSED:
            await asyncio.sleep(0.01)
    asking.cancel()
    async with asyncio.timeout(LIMIT):
        while not await decides(shop, order_id):
            await asyncio.sleep(0.1)
    assert await shop.status(order_id) == ("confirmed", None)
    # The requests that timed out were repeated, and the service may have got each of them: once is what counts.
    product_id = await shop.product_id()
    assert (inventory.kept(product_id, order_id), inventory.left(product_id)) == (1, 999)


async def ask_for_ever(shop: Shop) -> None:
    while True:
        await shop.bob.get("/availability/TEA-001")


async def decides(shop: Shop, order_id: str) -> bool:
    try:
        return await shop.decider.decide(order_id)
    except InventoryError:
        return False


def body_of(content: bytes, path: str, **changes: Any) -> bytes:
    """A good answer to the request for a reservation, but for some changes."""
    _, _, _, product_id, _, order_id = path.split("/")
    left = {"product_id": product_id, "stock": 10, "version": 2}
    made = {"order_id": order_id, "product_id": product_id, **json.loads(content), "left": left}
    return json.dumps({**made, **changes}).encode()


UNKNOWN = json.dumps({"type": "https://sample-app.example/problems/order-unknown"}).encode()
WRONG_ANSWERS: dict[str, Callable[[str, str, bytes], tuple[int, bytes]]] = {
    "no JSON": lambda method, path, body: (200, b"<html>Welcome</html>"),
    "a field missing": lambda method, path, body: (201, b"{}"),
    "a text for a number": lambda method, path, body: (201, body_of(body, path, quantity="1")),
    "a stock below zero": lambda method, path, body: (
        201,
        body_of(body, path, left={"product_id": path.split("/")[3], "stock": -1, "version": 2}),
    ),
    "another order": lambda method, path, body: (201, body_of(body, path, order_id="order-1")),
    "another quantity": lambda method, path, body: (201, body_of(body, path, quantity=5)),
    "a status that nobody promised": lambda method, path, body: (204, b""),
    "a refusal of another kind": lambda method, path, body: (409, UNKNOWN),
    "a 404 of something else": lambda method, path, body: (404, b"<html>Not found</html>"),
    "a redirect": lambda method, path, body: (307, b""),
    "a product that stays unknown": lambda method, path, body: (
        (404, b'{"type": "https://sample-app.example/problems/stock-unknown"}')
        if "reservations" in path
        else (412, b'{"type": "https://sample-app.example/problems/stock-known"}')
    ),
}


@pytest.mark.parametrize("what", WRONG_ANSWERS)
async def test_an_answer_that_breaks_the_contract_confirms_nothing(
    shop_at: Any, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    with answering(port := free_port(), WRONG_ANSWERS[what]) as asked:
        async with shop_at(f"http://127.0.0.1:{port}") as shop:
            order_id = await shop.place()
            assert await shop.status(order_id) == ("pending", None)
            with pytest.raises(InventoryError, match=f"^{WRONG}$"):
                await shop.decider.decide(order_id)
            assert await shop.status(order_id) == ("pending", None)
            assert await shop.copy() == 1000
            assert [record.exc_info for record in caplog.records if record.exc_info] == []
    assert len([request for request in asked if request.startswith("PUT ") and "/reservations/" in request]) >= 2
    told = [record for record in caplog.records if record.name == "sample_app.stock.remote"]
    assert {record.getMessage().partition(": ")[0] for record in told} == {"the inventory breaks its contract"}


async def test_after_wrong_answers_the_sound_service_is_asked_again_and_sells_once(
    shop: Shop, inventory: InventoryServer
) -> None:
    inventory.kill()
    with answering(inventory.port, WRONG_ANSWERS["another quantity"]):
        order_id = await shop.place()
        assert await shop.status(order_id) == ("pending", None)
    inventory.start()
    async with asyncio.timeout(LIMIT):
        while not await decides(shop, order_id):
            await asyncio.sleep(0.1)
    assert await shop.status(order_id) == ("confirmed", None)
    assert (inventory.left(await shop.product_id()), await shop.copy()) == (999, 999)


@pytest.mark.parametrize(("status", "detail"), [(200, WRONG), (404, WRONG), (500, GONE), (503, GONE)])
async def test_a_read_that_is_answered_wrongly_is_refused(shop_at: Any, status: int, detail: str) -> None:
    with answering(port := free_port(), lambda method, path, body: (status, b'{"stock": 3}')):
        async with shop_at(f"http://127.0.0.1:{port}") as shop:
            assert refused(await shop.bob.get("/availability/TEA-001"), detail)
            change = await shop.alice.patch("/v2/products/TEA-001", json={"stock": 3}, headers={"If-Match": "*"})
            assert refused(change, detail)
            assert await shop.copy() == 1000


@pytest.mark.parametrize(("failing", "level", "requests"), [(2, "few", 3), (3, None, 3)])
async def test_a_request_that_failed_is_repeated_twice(
    shop_at: Any, failing: int, level: str | None, requests: int
) -> None:
    failures = iter(range(failing))

    def answer(method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if next(failures, None) is not None:
            return 503, b""
        return 200, json.dumps({"product_id": path.split("/")[3], "stock": 3, "version": 2}).encode()

    with answering(port := free_port(), answer) as asked:
        async with shop_at(f"http://127.0.0.1:{port}") as shop:
            told = await shop.bob.get("/availability/TEA-001")
            assert told.json()["level"] == level if level else refused(told)
            assert asked == [f"GET /v1/stock/{await shop.product_id()}"] * requests


async def test_a_lost_database_of_the_service_is_filled_again(
    shop: Shop, inventory: InventoryServer, tmp_path: Path
) -> None:
    for _ in range(3):
        assert await shop.decided(await shop.place("LAST-010")) == ("confirmed", None)
    inventory.kill()
    for file in (tmp_path / "inventory").glob("inventory.sqlite3*"):
        file.unlink()
    inventory.start()
    assert await shop.decided(await shop.place("LAST-010")) == ("confirmed", None)
    assert inventory.left(await shop.product_id("LAST-010")) == await shop.copy("LAST-010") == 6
