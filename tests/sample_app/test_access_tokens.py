"""Access tokens that are not good: forged, expired, or of a login that was ended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from httpx import AsyncClient, Response

from sample_app.core.settings import DEVELOPMENT_SECRET

pytestmark = pytest.mark.anyio

NOT_AUTHENTICATED = "https://sample-app.example/problems/not-authenticated"


def refused(answer: Response, challenge: str) -> bool:
    return (
        answer.status_code == 401
        and answer.headers["www-authenticate"] == challenge
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["type"] == NOT_AUTHENTICATED
    )


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def without(claim: str) -> Callable[[str], str]:
    return lambda token: signed({name: value for name, value in claims_of(token).items() if name != claim})


NOBODY = "00000000-0000-4000-8000-000000000000"

FORGERIES: dict[str, Callable[[str], str]] = {
    **{f"no {claim}": without(claim) for claim in ("exp", "iat", "iss", "jti", "scope", "sid", "sub", "tenant")},
    "expired": lambda token: signed({**claims_of(token), "exp": datetime.now(UTC) - timedelta(seconds=1)}),
    "issued in the future": lambda token: signed({**claims_of(token), "iat": datetime.now(UTC) + timedelta(hours=1)}),
    "another tenant": lambda token: signed({**claims_of(token), "tenant": "globex"}),
    "another issuer": lambda token: signed({**claims_of(token), "iss": "elsewhere"}),
    "subject is no id": lambda token: signed({**claims_of(token), "sub": "bob"}),
    "user is gone": lambda token: signed({**claims_of(token), "sub": NOBODY}),
    "unknown login": lambda token: signed({**claims_of(token), "sid": NOBODY}),
    "login is no id": lambda token: signed({**claims_of(token), "sid": "first"}),
    "login is no text": lambda token: signed({**claims_of(token), "sid": 1}),
    "another key": lambda token: jwt.encode(claims_of(token), "x" * 32, algorithm="HS256"),
    "another algorithm": lambda token: jwt.encode(claims_of(token), DEVELOPMENT_SECRET * 2, algorithm="HS512"),
    "right key, another algorithm": lambda token: jwt.encode(claims_of(token), DEVELOPMENT_SECRET, algorithm="HS384"),
    "no signature": lambda token: jwt.encode(claims_of(token), "", algorithm="none"),
    "tampered": lambda token: with_payload(token, {**claims_of(token), "sub": NOBODY}),
    "not a token": lambda _token: "abc",
}


def signed(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, DEVELOPMENT_SECRET, algorithm="HS256")


def with_payload(token: str, claims: dict[str, Any]) -> str:
    """Other claims under the signature of `token`."""
    header, payload, _ = signed(claims).split(".")
    return f"{header}.{payload}.{token.split('.')[2]}"


NONE_SENT = 'Bearer scope="users:read"'
REFUSED = 'Bearer error="invalid_token", scope="users:read"'


@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_access_token_is_refused(
    forgery: str, demo: Any, app: Any, client_for: Callable[..., AsyncClient]
) -> None:
    forged = FORGERIES[forgery](demo[1]["bob"])
    answer = await client_for(app, forged).get("/v2/users/me")
    assert refused(answer, REFUSED)


async def test_the_claims_signed_again_are_accepted(
    demo: Any, app: Any, client_for: Callable[..., AsyncClient]
) -> None:
    """The forgeries above are refused for what is wrong with them, not for how this file signs."""
    again = signed(claims_of(demo[1]["bob"]))
    assert (await client_for(app, again).get("/v2/users/me")).status_code == 200


async def test_no_token_is_refused(anonymous: AsyncClient) -> None:
    answers = [
        await anonymous.get("/v2/users/me", headers=headers)
        for headers in ({}, {"Authorization": "Basic Ym9iOkNvcnJlY3QtaG9yc2UtNw=="}, {"Authorization": "Bearer"})
    ]
    assert refused(answers[0], NONE_SENT)
    assert refused(answers[1], NONE_SENT)
    assert refused(answers[2], REFUSED)


async def test_a_refresh_token_is_no_access_token(
    anonymous: AsyncClient, sign_in: Callable[..., Any], app: Any, client_for: Callable[..., AsyncClient]
) -> None:
    tokens = await sign_in(anonymous, "bob")
    answer = await client_for(app, tokens["refresh_token"]).get("/v2/users/me")
    assert refused(answer, REFUSED)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_the_name_of_the_scheme_may_be_in_any_case(demo: Any, anonymous: AsyncClient, scheme: str) -> None:
    answer = await anonymous.get("/v2/users/me", headers={"Authorization": f"{scheme} {demo[1]['bob']}"})
    assert answer.json()["username"] == "bob"


async def test_the_access_token_of_a_login_that_was_revoked_is_refused_at_once(
    anonymous: AsyncClient, sign_in: Callable[..., Any], app: Any, client_for: Callable[..., AsyncClient]
) -> None:
    first, elsewhere = [await sign_in(anonymous, "bob") for _ in range(2)]
    second = (await anonymous.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    clients = [client_for(app, tokens["access_token"]) for tokens in (first, second, elsewhere)]

    async def statuses() -> list[int]:
        return [(await client.get("/v2/users/me")).status_code for client in clients]

    assert await statuses() == [200, 200, 200]
    await anonymous.post("/auth/revoke", json={"refresh_token": second["refresh_token"]})
    assert await statuses() == [401, 401, 200]
    assert refused(await clients[0].get("/v2/users/me"), REFUSED)


async def test_a_refresh_token_used_twice_ends_the_access_tokens_too(
    anonymous: AsyncClient, sign_in: Callable[..., Any], app: Any, client_for: Callable[..., AsyncClient]
) -> None:
    tokens = await sign_in(anonymous, "bob")
    client = client_for(app, tokens["access_token"])
    uses = [await anonymous.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}) for _ in range(2)]
    assert [answer.status_code for answer in uses] == [200, 401]
    assert refused(await client.get("/v2/users/me"), REFUSED)
