"""What a client observes of the faults in one answer."""

import time
from typing import Any

from httpx import AsyncClient

from sample_app.demo import PASSWORD
from tests.sample_app.observing.shop import KEY, REGISTRATION, Observation, Shop, good, items_of, order, upload


async def empty_report(shop: Shop) -> Any:
    queries = [{"below": 50}, {"below": 1}, {"below": 50, "offset": 2}]
    return [(await shop.alice.get("/v2/reports/stock", params=query)).status_code for query in queries]


async def blank_name(shop: Shop) -> Any:
    return (await shop.anonymous.post("/v2/users", json={**REGISTRATION, "display_name": " "})).status_code


async def filter_with_offset(shop: Shop) -> Any:
    queries: list[dict[str, Any]] = [{"status": "failed"}, {"offset": 1}, {"status": "failed", "offset": 1}]
    return [(await shop.bob.get("/v2/orders", params=query)).status_code for query in queries]


async def download_with_conditions(shop: Shop) -> Any:
    path = await upload(shop.bob)
    tag = (await shop.bob.head(path)).headers["etag"]
    conditions = [{"Range": "bytes=0-1"}, {"If-Range": tag}, {"Range": "bytes=0-1", "If-Range": tag}]
    return [(await shop.bob.get(path, headers=headers)).status_code for headers in conditions]


async def register_twice(shop: Shop) -> Any:
    return [(await shop.anonymous.post("/v2/users", json=REGISTRATION)).status_code for _ in range(2)]


async def session_of(client: AsyncClient, *, current: bool) -> str:
    """The path of the session that asks, or of another one."""
    sessions = good(await client.get("/auth/sessions"))
    return f"/auth/sessions/{next(found['session_id'] for found in sessions if found['current'] is current)}"


async def end_session_twice(shop: Shop) -> Any:
    await shop.tokens_of("bob")
    path = await session_of(shop.bob, current=False)
    return [(await shop.bob.delete(path)).status_code for _ in range(2)]


async def pieces_of_orders(shop: Shop) -> Any:
    await order(shop.bob, quantity=3)
    failed = await order(shop.bob, sku="LAST-010", quantity=11)
    listed = await items_of(shop.bob, "/v2/orders")
    return [found["quantity"] for found in (good(await shop.bob.get(failed)), *listed)]


async def scopes_of_sessions(shop: Shop) -> Any:
    form = {"username": "bob", "password": PASSWORD}
    assert (await shop.anonymous.post("/account/session", data=form)).status_code == 303
    sessions = good(await shop.bob.get("/auth/sessions"))
    return [session["scope"] for session in sessions if session["kind"] == "browser"]


async def statistics_of_nothing(shop: Shop) -> Any:
    return good(await shop.bob.get("/v2/statistics/orders"))["spread"]


async def products_that_lack_a_field(shop: Shop) -> Any:
    one = good(await shop.bob.get("/v2/products/COF-001"))
    products = [one, *await items_of(shop.bob, "/v2/products")]
    return [product["sku"] for product in products if "description" not in product]


async def wrong_scope(shop: Shop) -> Any:
    answer = await shop.alice.post("/v2/api-keys", json={**KEY, "scopes": ["reports:all"]})
    return [answer.status_code, [part["location"] for part in answer.json()["errors"]]]


async def range_that_is_not_there(shop: Shop) -> Any:
    answer = await shop.bob.get(await upload(shop.bob), headers={"Range": "bytes=1000-"})
    return [answer.status_code, answer.json()["status"]]


async def end_own_session(shop: Shop) -> Any:
    return (await shop.bob.delete(await session_of(shop.bob, current=True))).status_code


async def files_past_the_end(shop: Shop) -> Any:
    return [(await shop.bob.get("/v2/files", params={"offset": offset})).status_code for offset in (0, 1)]


async def scope_twice(shop: Shop) -> Any:
    scopes = ["reports:stock", "reports:stock"]
    return (await shop.alice.post("/v2/api-keys", json={**KEY, "scopes": scopes})).status_code


async def order_of_101(shop: Shop) -> Any:
    orders = [{"sku": "TEA-001", "qty": pieces} for pieces in (0, 100, 101)]
    return [(await shop.bob.post("/v1/orders", json=order)).status_code for order in orders]


async def most_resamples(shop: Shop) -> Any:
    answers = [await shop.bob.get("/v2/statistics/orders", params={"resamples": count}) for count in (1999, 2000, 2001)]
    return [answer.status_code for answer in answers]


async def name_beyond_ascii(shop: Shop) -> Any:
    return (await shop.anonymous.post("/v2/users", json={**REGISTRATION, "display_name": "Zoë"})).status_code


async def hash_in_accounts(shop: Shop) -> Any:
    new = good(await shop.anonymous.post("/v2/users", json=REGISTRATION))
    return ["password_hash" in user for user in (new, good(await shop.bob.get("/v2/users/me")))]


async def key_in_files(shop: Shop) -> Any:
    path = await upload(shop.bob)
    files = [good(await shop.bob.get(f"{path}/meta")), *await items_of(shop.bob, "/v2/files")]
    return ["object_key" in file for file in files]


async def detail_of_conflict(shop: Shop) -> Any:
    answer = await shop.anonymous.post("/v2/users", json={**REGISTRATION, "username": "bob"})
    return [answer.status_code, "INSERT INTO users" in answer.json()["detail"]]


async def headers_of_old_errors(shop: Shop) -> Any:
    answers = [await shop.bob.get(f"/v1/products/{sku}") for sku in ("TEA-001", "TEA-999")]
    return [["deprecation" in answer.headers, "sunset" in answer.headers] for answer in answers]


async def headers_of_not_modified(shop: Shop) -> Any:
    path = await upload(shop.bob)
    tag = (await shop.bob.head(path)).headers["etag"]
    answer = await shop.bob.get(path, headers={"If-None-Match": tag})
    return [answer.status_code, answer.headers.get("etag") == tag]


async def takes_longer(client: AsyncClient, path: str, *, slow: dict[str, str], fast: dict[str, str]) -> bool:
    """Whether one query takes a second longer than another, in the best of three: a machine may stop for a moment."""
    best = []
    for query in (fast, slow):
        seconds = []
        for _ in range(3):
            started = time.perf_counter()
            good(await client.get(path, params=query))
            seconds.append(time.perf_counter() - started)
        best.append(min(seconds))
    return best[1] > best[0] + 1


async def slow_dollars(shop: Shop) -> Any:
    return await takes_longer(shop.bob, "/v2/statistics/orders", slow={"currency": "USD"}, fast={"currency": "EUR"})


async def slow_failed_orders(shop: Shop) -> Any:
    return await takes_longer(shop.bob, "/v2/orders", slow={"status": "failed"}, fast={"status": "confirmed"})


ANSWERS = (
    Observation("empty-stock-report-fails", empty_report, right=[200, 200, 200], wrong=[200, 500, 500]),
    Observation("blank-display-name-fails", blank_name, right=201, wrong=500),
    Observation("orders-filter-and-offset-fail", filter_with_offset, right=[200, 200, 200], wrong=[200, 200, 500]),
    Observation(
        "download-part-if-unchanged-fails", download_with_conditions, right=[206, 200, 206], wrong=[206, 200, 500]
    ),
    Observation("registration-again-fails", register_twice, right=[201, 409], wrong=[201, 500]),
    Observation("session-ended-again-fails", end_session_twice, right=[204, 404], wrong=[204, 500]),
    Observation("failed-order-without-pieces", pieces_of_orders, right=[11, 11, 3], wrong=[0, 0, 3]),
    Observation("browser-session-without-scope", scopes_of_sessions, right=[""], wrong=[None]),
    Observation("statistics-of-nothing-malformed", statistics_of_nothing, right=None, wrong={}),
    Observation(
        "product-without-description-malformed", products_that_lack_a_field, right=[], wrong=["COF-001", "COF-001"]
    ),
    Observation("wrong-scope-not-named", wrong_scope, right=[422, [["body", "scopes", 0]]], wrong=[422, []]),
    Observation(
        "range-problem-malformed",
        range_that_is_not_there,
        right=[416, 416],
        wrong=[416, "416 The file has no such range"],
    ),
    Observation("own-session-not-endable", end_own_session, right=204, wrong=409),
    Observation("files-past-the-end-not-found", files_past_the_end, right=[200, 200], wrong=[200, 404]),
    Observation("key-scope-twice-accepted", scope_twice, right=422, wrong=201),
    Observation("v1-order-quantity-unlimited", order_of_101, right=[422, 201, 422], wrong=[422, 201, 201]),
    Observation("most-resamples-refused", most_resamples, right=[200, 200, 422], wrong=[200, 422, 422]),
    Observation("display-name-ascii-only", name_beyond_ascii, right=201, wrong=422),
    Observation("password-hash-shown", hash_in_accounts, right=[False, False], wrong=[True, True]),
    Observation("file-object-key-shown", key_in_files, right=[False, False], wrong=[True, True]),
    Observation("sql-shown-on-conflict", detail_of_conflict, right=[409, False], wrong=[409, True]),
    Observation(
        "v1-errors-without-deprecation",
        headers_of_old_errors,
        right=[[True, True], [True, True]],
        wrong=[[True, True], [False, False]],
    ),
    Observation("not-modified-without-etag", headers_of_not_modified, right=[304, True], wrong=[304, False]),
    Observation("statistics-in-dollars-slow", slow_dollars, right=False, wrong=True),
    Observation("failed-orders-slow", slow_failed_orders, right=False, wrong=True),
)
