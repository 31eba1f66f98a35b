"""Signing in, refresh rotation, revocation, and tokens that are not good."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from httpx import AsyncClient, Response

from sample_app.core.settings import DEVELOPMENT_SECRET, Settings
from sample_app.main import create_app

pytestmark = pytest.mark.anyio

NOT_AUTHENTICATED = "https://sample-app.example/problems/not-authenticated"
INVALID_REFRESH = "https://sample-app.example/problems/invalid-refresh-token"


async def refresh(client: AsyncClient, token: object) -> Response:
    return await client.post("/auth/refresh", json={"refresh_token": token})


def refused(answer: Response, kind: str, *, challenge: str = "Bearer") -> bool:
    return (
        answer.status_code == 401
        and answer.headers["www-authenticate"] == challenge
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["type"] == kind
    )


async def test_login_gives_a_pair_of_tokens_that_nobody_may_store(anonymous: AsyncClient) -> None:
    answer = await anonymous.post("/auth/token", data={"username": "bob", "password": "Correct-horse-7"})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert answer.headers["cache-control"] == "no-store"


async def test_login_accepts_the_fields_of_the_oauth2_form(anonymous: AsyncClient) -> None:
    form = {
        "grant_type": "password",
        "username": "bob",
        "password": "Correct-horse-7",
        "scope": "",
        "client_id": "string",
        "client_secret": "string",
    }
    assert (await anonymous.post("/auth/token", data=form)).status_code == 200


async def test_login_does_not_tell_a_wrong_password_from_an_unknown_user(anonymous: AsyncClient) -> None:
    answers = [
        await anonymous.post("/auth/token", data={"username": username, "password": "Wrong-horse-7"})
        for username in ("bob", "nobody")
    ]
    assert all(refused(answer, "https://sample-app.example/problems/wrong-credentials") for answer in answers)
    assert answers[0].json() == answers[1].json()


async def test_login_of_another_flow_is_refused(anonymous: AsyncClient) -> None:
    form = {"grant_type": "client_credentials", "username": "bob", "password": "Correct-horse-7"}
    answer = await anonymous.post("/auth/token", data=form)
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == [["body", "grant_type"]]


async def test_a_refresh_gives_new_tokens_that_work(
    anonymous: AsyncClient, sign_in: Callable[..., Any], client_for: Callable[..., AsyncClient], app: Any
) -> None:
    first = await sign_in(anonymous, "carol")
    second = await refresh(anonymous, first["refresh_token"])
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert second.json()["access_token"] != first["access_token"]
    me = await client_for(app, second.json()["access_token"]).get("/v2/users/me")
    assert me.json()["username"] == "carol"
    assert (await refresh(anonymous, second.json()["refresh_token"])).status_code == 200


async def test_a_refresh_token_used_twice_revokes_its_whole_login_and_no_other(
    anonymous: AsyncClient, sign_in: Callable[..., Any]
) -> None:
    stolen = await sign_in(anonymous, "bob")
    elsewhere = await sign_in(anonymous, "bob")
    descendant = (await refresh(anonymous, stolen["refresh_token"])).json()["refresh_token"]
    assert refused(await refresh(anonymous, stolen["refresh_token"]), INVALID_REFRESH)
    assert refused(await refresh(anonymous, descendant), INVALID_REFRESH)
    assert (await refresh(anonymous, elsewhere["refresh_token"])).status_code == 200


async def test_of_many_refreshes_at_once_one_wins(anonymous: AsyncClient, sign_in: Callable[..., Any]) -> None:
    token = (await sign_in(anonymous, "bob"))["refresh_token"]
    answers = await asyncio.gather(*(refresh(anonymous, token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


async def test_revoking_ends_the_login(anonymous: AsyncClient, sign_in: Callable[..., Any]) -> None:
    token = (await sign_in(anonymous, "bob"))["refresh_token"]
    descendant = (await refresh(anonymous, token)).json()["refresh_token"]
    for _ in range(2):
        answer = await anonymous.post("/auth/revoke", json={"refresh_token": token})
        assert (answer.status_code, answer.content) == (204, b"")
    assert refused(await refresh(anonymous, descendant), INVALID_REFRESH)


async def test_revoking_an_unknown_token_is_as_good_as_done(anonymous: AsyncClient) -> None:
    assert (await anonymous.post("/auth/revoke", json={"refresh_token": "unknown"})).status_code == 204


async def test_an_unknown_refresh_token_is_refused(anonymous: AsyncClient) -> None:
    assert refused(await refresh(anonymous, "unknown"), INVALID_REFRESH)


async def test_an_expired_refresh_token_is_refused(
    settings: Settings,
    client_for: Callable[..., AsyncClient],
    sign_in: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_for(app) as client:
        token = (await sign_in(client, "bob"))["refresh_token"]
        later = datetime.now(UTC) + timedelta(days=14, seconds=1)
        monkeypatch.setattr("sample_app.auth.service.utc_now", lambda: later)
        assert refused(await refresh(client, token), INVALID_REFRESH)


async def test_settings_give_the_lifetime_of_access_tokens(
    settings: Settings, client_for: Callable[..., AsyncClient], sign_in: Callable[..., Any]
) -> None:
    app = create_app(settings.model_copy(update={"access_token_seconds": 60}))
    async with app.router.lifespan_context(app), client_for(app) as client:
        tokens = await sign_in(client, "bob")
    claims = jwt.decode(tokens["access_token"], DEVELOPMENT_SECRET, algorithms=["HS256"], issuer="sample-app")
    assert (tokens["expires_in"], claims["exp"] - claims["iat"]) == (60, 60)


async def test_a_user_sees_where_the_account_is_signed_in_and_ends_one_of_the_sessions(
    anonymous: AsyncClient, sign_in: Callable[..., Any], app: Any, client_for: Callable[..., AsyncClient], bob: Any
) -> None:
    phone = client_for(app, (await sign_in(anonymous, "bob"))["access_token"])
    listed = (await bob.get("/auth/sessions")).json()
    assert [(session["current"], set(session)) for session in listed] == [
        (current, {"session_id", "kind", "scope", "created_at", "expires_at", "current"}) for current in (False, True)
    ]
    ended = await bob.delete(f"/auth/sessions/{listed[0]['session_id']}")
    assert (ended.status_code, ended.content) == (204, b"")
    assert (await phone.get("/v2/users/me")).status_code == 401
    assert (await bob.get("/auth/sessions")).json() == listed[1:]
    again = await bob.delete(f"/auth/sessions/{listed[0]['session_id']}")
    assert (again.status_code, again.json()["type"]) == (404, "https://sample-app.example/problems/session-not-found")


async def test_the_sessions_of_another_user_are_not_there(bob: AsyncClient, dave: AsyncClient) -> None:
    (theirs,) = (await bob.get("/auth/sessions")).json()
    assert (await dave.delete(f"/auth/sessions/{theirs['session_id']}")).status_code == 404
    assert (await bob.get("/v2/users/me")).status_code == 200


async def test_an_expired_session_is_not_listed(bob: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(UTC) + timedelta(days=14, seconds=1)
    monkeypatch.setattr("sample_app.auth.service.utc_now", lambda: later)
    (own,) = jwt.decode(bob.headers["authorization"].split()[1], options={"verify_signature": False})["sid"].split()
    assert (await bob.get("/auth/sessions")).json() == []
    assert (await bob.delete(f"/auth/sessions/{own}")).status_code == 404
