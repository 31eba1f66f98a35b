"""What a client observes of the faults that change the contract."""

from typing import Any

from tests.sample_app.observing.shop import KEY, REGISTRATION, TEXT, Observation, Shop, good, order, upload


async def fields_of_products(shop: Shop) -> Any:
    one = good(await shop.bob.get("/v2/products/TEA-001"))
    listed = good(await shop.bob.get("/v2/products", params={"category": "coffee"}))["items"]
    old = good(await shop.bob.get("/v1/products/TEA-001"))
    return ["stock" in product for product in (one, *listed)], old["in_stock"]


async def current_session(shop: Shop) -> Any:
    return [session.get("current") for session in good(await shop.bob.get("/auth/sessions"))]


async def size_of_file(shop: Shop) -> Any:
    path = await upload(shop.bob)
    listed = good(await shop.bob.get("/v2/files"))["items"]
    return [file["size"] for file in (good(await shop.bob.get(f"{path}/meta")), *listed)]


async def large_orders(shop: Shop) -> Any:
    orders = [{"sku": "TEA-001", "quantity": quantity} for quantity in (10, 11)]
    answers = [await shop.bob.post("/v2/orders", json=order) for order in orders]
    old = await shop.bob.post("/v1/orders", json={"sku": "TEA-001", "qty": 11})
    return [answer.status_code for answer in (*answers, old)]


async def names_of_keys(shop: Shop) -> Any:
    names = ["k" * length for length in (20, 21)]
    return [(await shop.alice.post("/v2/api-keys", json={**KEY, "name": name})).status_code for name in names]


async def statistics_by_currency(shop: Shop) -> Any:
    answers = [await shop.bob.get("/v2/statistics/orders", params={"currency": code}) for code in ("EUR", "USD")]
    return [answer.status_code for answer in answers]


async def reason_of_failure(shop: Shop) -> Any:
    path = await order(shop.bob, sku="LAST-010", quantity=11)
    listed = good(await shop.bob.get("/v2/orders"))["items"]
    return [failed["failure_reason"] for failed in (good(await shop.bob.get(path)), *listed)]


async def order_by_country(shop: Shop) -> Any:
    plain = {"sku": "TEA-001", "quantity": 1}
    orders = [plain, {**plain, "delivery_country": "DE"}]
    return [(await shop.bob.post("/v2/orders", json=order)).status_code for order in orders]


async def list_by_category(shop: Shop) -> Any:
    queries: list[dict[str, str]] = [{}, {"category": "tea"}]
    return [(await shop.bob.get("/v2/products", params=query)).status_code for query in queries]


async def deletion_of_key(shop: Shop) -> Any:
    path = f"/v2/api-keys/{good(await shop.alice.post('/v2/api-keys', json=KEY))['key_id']}"
    return [(await shop.alice.delete(path, params=query)).status_code for query in ({}, {"confirm": "true"})]


async def registration(shop: Shop) -> Any:
    return (await shop.anonymous.post("/v2/users", json=REGISTRATION)).status_code


async def type_of_export(shop: Shop) -> Any:
    return (await shop.bob.get("/v2/exports/orders.csv")).headers["content-type"]


async def location_of_order(shop: Shop) -> Any:
    answer = await shop.bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    return [answer.status_code, "location" in answer.headers]


async def reports_by_key(shop: Shop) -> Any:
    program = await shop.with_key(scopes=["reports:sales", "reports:stock"])
    asked = [(client, name) for client in (program, shop.alice) for name in ("sales", "stock")]
    answers = [await client.get(f"/v2/reports/{name}") for client, name in asked]
    return [answer.status_code for answer in answers]


async def upload_by_scope(shop: Shop) -> Any:
    clients = [await shop.with_scope("bob", scope) for scope in ("products:read", "files:write")]
    answers = [await client.post("/v2/files", files={"file": ("note.txt", TEXT)}) for client in clients]
    return [answer.status_code for answer in answers]


CONTRACT = (
    Observation("product-stock-dropped", fields_of_products, right=[[True, True], True], wrong=[[False, False], True]),
    Observation("session-current-renamed", current_session, right=[True], wrong=[None]),
    Observation("file-size-as-text", size_of_file, right=[len(TEXT)] * 2, wrong=[str(len(TEXT))] * 2),
    Observation("order-quantity-limit-lowered", large_orders, right=[202, 202, 201], wrong=[202, 422, 201]),
    Observation("key-name-shortened", names_of_keys, right=[201, 201], wrong=[201, 422]),
    Observation("currency-usd-dropped", statistics_by_currency, right=[200, 200], wrong=[200, 422]),
    Observation("order-failure-reason-renamed", reason_of_failure, right=["out_of_stock"] * 2, wrong=["sold_out"] * 2),
    Observation("order-country-required", order_by_country, right=[202, 202], wrong=[422, 202]),
    Observation("product-category-required", list_by_category, right=[200, 200], wrong=[422, 200]),
    Observation("key-deletion-to-be-confirmed", deletion_of_key, right=[204, 404], wrong=[422, 204]),
    Observation("registration-answers-200", registration, right=201, wrong=200),
    Observation(
        "orders-export-as-plain-text",
        type_of_export,
        right="text/csv; charset=utf-8",
        wrong="text/plain; charset=utf-8",
    ),
    Observation("order-location-dropped", location_of_order, right=[202, True], wrong=[202, False]),
    Observation("reports-without-keys", reports_by_key, right=[200] * 4, wrong=[401, 401, 200, 200]),
    Observation("upload-for-every-token", upload_by_scope, right=[403, 201], wrong=[201, 201]),
)
