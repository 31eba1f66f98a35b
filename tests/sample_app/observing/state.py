"""What a client observes of the faults that take several requests."""

from typing import Any

from tests.sample_app.observing.shop import (
    KEY,
    REGISTRATION,
    Observation,
    Shop,
    good,
    items_of,
    order,
    signed_in_browser,
    upload,
)


async def deleted_file(shop: Shop) -> Any:
    path = await upload(shop.bob)
    deleted = await shop.bob.delete(path)
    read = await shop.bob.get(f"{path}/meta")
    return [deleted.status_code, read.status_code, len(await items_of(shop.bob, "/v2/files"))]


async def deleted_key(shop: Shop) -> Any:
    path = f"/v2/api-keys/{good(await shop.alice.post('/v2/api-keys', json=KEY))['key_id']}"
    deleted = await shop.alice.delete(path)
    read = await shop.alice.get(path)
    return [deleted.status_code, read.status_code, len(await items_of(shop.alice, "/v2/api-keys"))]


async def deleted_product(shop: Shop) -> Any:
    deleted = await shop.alice.delete("/v2/products/TEA-001")
    return [deleted.status_code, (await shop.bob.get("/v2/products/TEA-001")).status_code]


async def changed_product(shop: Shop) -> Any:
    path, match = "/v2/products/TEA-001", {"If-Match": "*"}
    changed = good(await shop.alice.patch(path, json={"stock": 7}, headers=match))
    return [changed["stock"], good(await shop.bob.get(path))["stock"]]


async def changed_name(shop: Shop) -> Any:
    changed = good(await shop.bob.patch("/v2/users/me", json={"display_name": "Bobby"}))
    return [changed["display_name"], good(await shop.bob.get("/v2/users/me"))["display_name"]]


async def put_twice(shop: Shop) -> Any:
    mug = {"name": "Mug", "category": "gift", "price": {"amount": 1095, "currency": "EUR"}}
    return [(await shop.alice.put("/v2/products/MUG-001", json=mug)).status_code for _ in range(2)]


async def change_of_a_stale_product(shop: Shop) -> Any:
    tag = (await shop.bob.get("/v2/products/TEA-001")).headers["etag"]
    changes = [{"stock": 7}, {"stock": 8}]
    return [
        (await shop.alice.patch("/v2/products/TEA-001", json=change, headers={"If-Match": tag})).status_code
        for change in changes
    ]


async def created_key(shop: Shop) -> Any:
    created = await shop.alice.post("/v2/api-keys", json=KEY)
    read = await shop.alice.get(f"/v2/api-keys/{created.json()['key_id']}")
    return [created.status_code, read.status_code]


async def placed_order(shop: Shop) -> Any:
    placed = await shop.bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    return [placed.status_code, (await shop.bob.get(placed.headers["Location"])).status_code]


async def changed_product_read_again(shop: Shop) -> Any:
    path, match = "/v2/products/TEA-001", {"If-Match": "*"}
    before = good(await shop.bob.get(path))["stock"]
    await shop.alice.patch(path, json={"stock": 7}, headers=match)
    listed = [item["stock"] for item in await items_of(shop.bob, "/v2/products") if item["sku"] == "TEA-001"]
    return [before, good(await shop.bob.get(path))["stock"], *listed]


async def sign_in_after_registration(shop: Shop) -> Any:
    registered = await shop.anonymous.post("/v2/users", json={**REGISTRATION, "username": "Erin"})
    form = {"username": "Erin", "password": REGISTRATION["password"]}
    signed_in = await shop.anonymous.post("/auth/token", data=form)
    return [registered.status_code, registered.json()["username"], signed_in.status_code]


async def written_note(shop: Shop) -> Any:
    browser, form = await signed_in_browser(shop)
    written = await browser.post("/account/notes", data=form)
    return [written.status_code, form["text"] in (await browser.get("/account")).text]


async def end_of_refreshed_session(shop: Shop) -> Any:
    tokens = await shop.tokens_of("bob")
    client = shop.client(token=tokens["access_token"])
    ends = []
    for _ in range(2):
        ends += [session["expires_at"] for session in good(await client.get("/auth/sessions")) if session["current"]]
        tokens = good(await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}))
    return ends[0] < ends[1]


async def page_of_files(shop: Shop) -> Any:
    for _ in range(3):
        await upload(shop.bob)
    return [len(await items_of(shop.bob, "/v2/files", limit=limit)) for limit in (1, 3)]


async def page_of_keys(shop: Shop) -> Any:
    for _ in range(3):
        good(await shop.alice.post("/v2/api-keys", json=KEY))
    return [len(await items_of(shop.alice, "/v2/api-keys", limit=limit)) for limit in (1, 3)]


async def pages_of_stock(shop: Shop) -> Any:
    pages = [await items_of(shop.alice, "/v2/reports/stock", below=2000, limit=2, offset=offset) for offset in (0, 2)]
    return [[line["sku"] for line in page] for page in pages]


async def total_of_failed_orders(shop: Shop) -> Any:
    await order(shop.bob)
    await order(shop.bob, sku="LAST-010", quantity=11)
    queries: list[dict[str, str]] = [{}, {"status": "failed"}]
    return [good(await shop.bob.get("/v2/orders", params=query))["total"] for query in queries]


async def total_of_sales(shop: Shop) -> Any:
    for sku in ("TEA-001", "COF-001"):
        await order(shop.bob, sku=sku)
    return [good(await shop.alice.get("/v2/reports/sales", params={"limit": limit}))["total"] for limit in (1, 2)]


async def refresh_twice(shop: Shop) -> Any:
    body = {"refresh_token": (await shop.tokens_of("bob"))["refresh_token"]}
    return [(await shop.anonymous.post("/auth/refresh", json=body)).status_code for _ in range(2)]


async def location_of_order(shop: Shop) -> Any:
    placed = await shop.bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    return (await shop.bob.get(placed.headers["location"])).status_code


async def location_of_key(shop: Shop) -> Any:
    made = await shop.alice.post("/v2/api-keys", json=KEY)
    return (await shop.alice.get(made.headers["location"])).status_code


STATE = (
    Observation("deleted-file-still-listed", deleted_file, right=[204, 404, 0], wrong=[204, 200, 1]),
    Observation("deleted-key-still-readable", deleted_key, right=[204, 404, 0], wrong=[204, 200, 1]),
    Observation("deleted-product-still-readable", deleted_product, right=[204, 404], wrong=[204, 200]),
    Observation("key-not-kept", created_key, right=[201, 200], wrong=[201, 404]),
    Observation("order-lost", placed_order, right=[202, 200], wrong=[202, 404]),
    Observation("user-name-lowercased", sign_in_after_registration, right=[201, "Erin", 200], wrong=[201, "erin", 401]),
    Observation("note-not-kept", written_note, right=[303, True], wrong=[303, False]),
    Observation("product-read-stale", changed_product_read_again, right=[1000, 7, 7], wrong=[1000, 1000, 7]),
    Observation("refresh-extends-nothing", end_of_refreshed_session, right=True, wrong=False),
    Observation("product-changes-not-kept", changed_product, right=[7, 7], wrong=[7, 1000]),
    Observation("own-name-not-kept", changed_name, right=["Bobby", "Bobby"], wrong=["Bobby", "Bob"]),
    Observation("file-page-limit-ignored", page_of_files, right=[1, 3], wrong=[3, 3]),
    Observation("key-page-one-too-many", page_of_keys, right=[1, 3], wrong=[2, 3]),
    Observation(
        "stock-report-pages-overlap",
        pages_of_stock,
        right=[["LAST-010", "GIFT-001"], ["COF-001", "TEA-001"]],
        wrong=[["LAST-010", "GIFT-001"], ["GIFT-001", "COF-001"]],
    ),
    Observation("order-total-ignores-filter", total_of_failed_orders, right=[2, 1], wrong=[2, 2]),
    Observation("sales-total-of-page", total_of_sales, right=[2, 2], wrong=[1, 2]),
    Observation("refresh-token-good-twice", refresh_twice, right=[200, 401], wrong=[200, 200]),
    Observation("product-put-again-refused", put_twice, right=[201, 200], wrong=[201, 409]),
    Observation("stale-change-accepted", change_of_a_stale_product, right=[200, 412], wrong=[200, 200]),
    Observation("order-location-without-version", location_of_order, right=200, wrong=404),
    Observation("key-location-by-hint", location_of_key, right=200, wrong=422),
)
