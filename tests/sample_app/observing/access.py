"""What a client observes of the faults in who may do what."""

from typing import Any

import jwt

from sample_app.core.settings import DEVELOPMENT_SECRET
from tests.sample_app.observing.answers import session_of
from tests.sample_app.observing.shop import Observation, Shop, good, order, signed_in_browser, upload


async def report_without_token(shop: Shop) -> Any:
    return [(await shop.anonymous.get(f"/v2/reports/{name}")).status_code for name in ("stock", "sales")]


async def own_account(shop: Shop, *, secret: str, **changes: Any) -> int:
    """The answer to a token of bob with other claims, signed anew."""
    claims = jwt.decode(shop.tokens["bob"], options={"verify_signature": False})
    client = shop.client(token=jwt.encode({**claims, **changes}, secret, algorithm="HS256"))
    return (await client.get("/v2/users/me")).status_code


async def forged_token(shop: Shop) -> Any:
    return await own_account(shop, secret="a secret of somebody else, long enough")


async def expired_token(shop: Shop) -> Any:
    return [await own_account(shop, secret=DEVELOPMENT_SECRET, **changes) for changes in ({}, {"exp": 1_700_000_000})]


async def token_of_ended_session(shop: Shop) -> Any:
    client = shop.client(token=(await shop.tokens_of("bob"))["access_token"])
    good(await client.delete(await session_of(client, current=True)))
    return (await client.get("/v2/users/me")).status_code


async def order_without_scope(shop: Shop) -> Any:
    client = await shop.with_scope("bob", "products:read")
    old = await client.post("/v1/orders", json={"sku": "TEA-001"})
    new = await client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    others = await client.get("/v2/orders")
    return [answer.status_code for answer in (old, new, others)]


async def report_with_other_key(shop: Shop) -> Any:
    client = await shop.with_key(scopes=["reports:stock"])
    return [(await client.get(f"/v2/reports/{name}")).status_code for name in ("stock", "sales")]


async def browser_after_sign_out(shop: Shop) -> Any:
    browser, form = await signed_in_browser(shop)
    cookie = browser.cookies["session"]
    signed_out = await browser.post("/account/sign-out", data=form)
    after = await shop.anonymous.post("/account/notes", data=form, headers={"Cookie": f"session={cookie}"})
    return [signed_out.status_code, after.status_code]


async def order_of_bob_for_dave(shop: Shop) -> Any:
    path = await order(shop.bob)
    return [(await client.get(path)).status_code for client in (shop.bob, shop.dave, shop.carol)]


async def order_of_carol_for_alice(shop: Shop) -> Any:
    path = await order(shop.carol)
    return [(await client.get(path)).status_code for client in (shop.carol, shop.alice, shop.bob)]


async def file_of_bob_for_dave(shop: Shop) -> Any:
    path = await upload(shop.bob)
    answers = [await shop.dave.get(path), await shop.dave.head(path), await shop.dave.get(f"{path}/meta")]
    answers += [await shop.carol.delete(path), await shop.dave.delete(path)]
    return [answer.status_code for answer in answers]


async def session_of_dave_for_bob(shop: Shop) -> Any:
    path = await session_of(shop.dave, current=True)
    return [(await client.delete(path)).status_code for client in (shop.carol, shop.bob)]


async def export_of_bob(shop: Shop) -> Any:
    await order(shop.dave)
    await order(shop.carol)
    return len((await shop.bob.get("/v2/exports/orders.csv")).text.splitlines()) - 1


async def profile_of_carol_for_bob(shop: Shop) -> Any:
    return (await shop.bob.get("/v2/users/by-name/carol")).status_code


ACCESS = (
    Observation("stock-report-open", report_without_token, right=[401, 401], wrong=[200, 401]),
    Observation("token-signature-ignored", forged_token, right=401, wrong=200),
    Observation("ended-session-still-good", token_of_ended_session, right=401, wrong=200),
    Observation("order-scope-not-checked", order_without_scope, right=[403, 403, 403], wrong=[201, 202, 403]),
    Observation("key-scope-not-checked", report_with_other_key, right=[200, 403], wrong=[200, 200]),
    Observation("expired-token-accepted", expired_token, right=[200, 401], wrong=[200, 200]),
    Observation("signed-out-browser-still-in", browser_after_sign_out, right=[303, 401], wrong=[303, 303]),
    Observation("order-of-others-readable", order_of_bob_for_dave, right=[200, 404, 404], wrong=[200, 200, 404]),
    Observation(
        "order-of-other-tenants-readable", order_of_carol_for_alice, right=[200, 404, 404], wrong=[200, 200, 404]
    ),
    Observation("profiles-of-all-tenants", profile_of_carol_for_bob, right=404, wrong=200),
    Observation(
        "file-of-others-open",
        file_of_bob_for_dave,
        right=[404, 404, 404, 404, 404],
        wrong=[200, 200, 200, 404, 204],
    ),
    Observation("session-of-others-endable", session_of_dave_for_bob, right=[404, 404], wrong=[404, 204]),
    Observation("export-of-all-customers", export_of_bob, right=0, wrong=1),
)
