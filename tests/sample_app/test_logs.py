"""The log: one JSON object a line in production, bound to its request, and without any secret."""

import asyncio
import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from httpx import AsyncClient

from sample_app.core.logs import configure_logging, hide_secrets
from sample_app.core.settings import Environment, LogLevel, Settings
from sample_app.demo import PASSWORD
from tests.sample_app.serving import served, stop

JWT_SECRET = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "SAMPLE_APP_ENVIRONMENT": "production",
    "SAMPLE_APP_JWT_SECRET": JWT_SECRET,
    "SAMPLE_APP_LOG_LEVEL": "debug",
}
FIELDS = {"event", "level", "logger", "timestamp"}


class Session:
    """Requests with ids of their own, and what must not be seen of them."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.sent: list[dict[str, Any]] = []
        self.secrets = [PASSWORD, JWT_SECRET]

    def send(self, method: str, url: str, **options: Any) -> httpx.Response:
        request_id = f"request-{len(self.sent)}"
        headers = {"X-Request-ID": request_id, **options.pop("headers", {})}
        answer = self.client.request(method, url, headers=headers, **options)
        path = url.split("?")[0]
        self.sent.append({"request_id": request_id, "method": method, "path": path, "status": answer.status_code})
        return answer

    def keep_secret(self, *values: str) -> None:
        self.secrets += values


def all_kinds_of_secrets(session: Session, database: Path) -> None:
    """Secrets by every way that they can come and go, in requests that work, are refused, and fail."""
    form = {"username": "alice", "password": PASSWORD}
    tokens = session.send("POST", "/auth/token", data=form).json()
    session.send("POST", "/auth/token", data={**form, "password": "Wrong-secret-1"})
    session.send("POST", "/auth/token", json={**form, "password": "Wrong-secret-2"})
    session.send("GET", "/v2/products?token=Wrong-secret-3")
    session.send("GET", "/v2/products", headers={"Authorization": "Bearer Wrong-secret-4"})
    refreshed = session.send("POST", "/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
    bearer = {"Authorization": f"Bearer {refreshed['access_token']}"}
    key = session.send(
        "POST", "/v2/api-keys", json={"name": "Display", "scopes": ["reports:stock"]}, headers=bearer
    ).json()["api_key"]
    session.send("GET", "/v2/reports/stock", headers={"X-API-Key": key})
    session.send("GET", "/v2/reports/stock", headers={"X-API-Key": "Wrong-secret-5"})
    signed_in = session.send("POST", "/account/session", data=form)
    cookie = re.findall("session=([^;]+)", signed_in.headers["set-cookie"])[0]
    page = session.send("GET", "/account", headers={"Cookie": f"session={cookie}"})
    csrf_token = re.findall('name="csrf_token" value="([^"]+)"', page.text)[0]
    note = {"text": "Private-note-1", "csrf_token": csrf_token}
    session.send("POST", "/account/notes", data=note, headers={"Cookie": f"session={cookie}"})
    session.send("POST", "/v2/users", json={"username": "x", "password": "Wrong-secret-6"})
    session.send(
        "POST",
        "/auth/refresh",
        content=b'{"refresh_token": "Wrong-secret-7"',
        headers={"Content-Type": "application/json"},
    )
    session.send("GET", "/v2/products/%1b%5b2J%0d%0aX", headers=bearer)
    session.secrets += [tokens["access_token"], tokens["refresh_token"], key, cookie, csrf_token, note["text"]]
    session.secrets += [refreshed["access_token"], refreshed["refresh_token"]]
    session.secrets += [f"Wrong-secret-{number}" for number in range(1, 8)]

    # Now some of them meet a bug, which is logged with its traceback.
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE notes")
        connection.execute("ALTER TABLE refresh_tokens RENAME COLUMN digest TO renamed")
    session.send("POST", "/account/notes", data=note, headers={"Cookie": f"session={cookie}"})
    session.send("POST", "/auth/token", data=form)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, list[str]]:
    """What was sent to an app in production, and the lines of its log."""
    folder = tmp_path_factory.mktemp("production")
    data = folder / "data"
    with served(folder, SAMPLE_APP_DATA_DIR=str(data)) as (server, client):  # for its demo data
        assert client.get("/readyz").status_code == 200
        stop(server)
    with served(folder, SAMPLE_APP_DATA_DIR=str(data), **PRODUCTION) as (server, client):
        client.headers["Connection"] = "close"  # as uvicorn does it after a bug, in the middle of the next request
        session = Session(client)
        all_kinds_of_secrets(session, data / "sample_app.sqlite3")
        client.get("/healthz")  # is left out
        log = stop(server)
    return session, log.splitlines()


def records(lines: list[str]) -> list[dict[str, Any]]:
    # uvicorn writes two lines before the app has its turn.
    assert [re.sub(r"\d+", "N", line) for line in lines[:2]] == [
        "INFO:     Started server process [N]",
        "INFO:     Waiting for application startup.",
    ]
    return [json.loads(line) for line in lines[2:]]


def test_the_scenario_went_as_it_should(scenario: tuple[Session, list[str]]) -> None:
    statuses = [sent["status"] for sent in scenario[0].sent]
    assert statuses == [200, 401, 422, 401, 401, 200, 201, 200, 401, 303, 200, 303, 422, 422, 422, 500, 500]
    assert [secret for secret in scenario[0].secrets if len(secret) < 12] == []


def test_every_line_is_an_object_that_says_when_what_and_how_important(scenario: tuple[Session, list[str]]) -> None:
    found = records(scenario[1])
    assert [record for record in found if not set(record) >= FIELDS] == []
    assert "Application shutdown complete." in [record["event"] for record in found]


def test_every_request_has_one_line_of_access(scenario: tuple[Session, list[str]]) -> None:
    lines = [record for record in records(scenario[1]) if record["logger"] == "sample_app.access"]
    fields = ("request_id", "method", "path", "status")
    sent = scenario[0].sent
    assert [{name: line[name] for name in fields} for line in lines] == [
        {**request, "path": request["path"].replace("%1b%5b2J%0d%0a", "%1B%5B2J%0D%0A")} for request in sent
    ]
    assert {frozenset(line) for line in lines} == {frozenset(FIELDS) | {*fields, "milliseconds", "client"}}
    assert {(line["event"], line["level"], line["client"]) for line in lines} == {("request", "info", "127.0.0.1")}


def test_a_bug_is_logged_once_with_its_traceback_under_the_id_that_the_client_was_told(
    scenario: tuple[Session, list[str]],
) -> None:
    errors = [record for record in records(scenario[1]) if record["level"] == "error"]
    failed = [request["request_id"] for request in scenario[0].sent if request["status"] == 500]
    assert [record["request_id"] for record in errors] == failed
    assert ["no such table: notes" in errors[0]["exception"], "digest" in errors[1]["exception"]] == [True, True]


def test_no_secret_is_in_any_line(scenario: tuple[Session, list[str]]) -> None:
    session, lines = scenario
    seen = [(secret, line) for secret in session.secrets for line in lines if secret in line]
    assert seen == []


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


@pytest.mark.usefixtures("_logging_as_before")
def test_development_writes_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings())
    structlog.contextvars.bind_contextvars(request_id="r-1")
    logging.getLogger("somewhere").warning("it is %s", "late")
    structlog.stdlib.get_logger("elsewhere").info("hello", password="Secret-1", name="bob")
    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\S+Z \[warning *\] it is late +\[somewhere\] request_id=r-1", first)
    assert re.fullmatch(r"\S+Z \[info *\] hello +\[elsewhere\] name=bob password=\*\*\* request_id=r-1", second)


@pytest.mark.usefixtures("_logging_as_before")
def test_what_is_less_important_than_the_setting_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_level=LogLevel.ERROR))
    logging.getLogger("somewhere").warning("late")
    logging.getLogger("somewhere").error("broken")
    assert [line.split("] ")[1].split()[0] for line in capsys.readouterr().err.splitlines()] == ["broken"]


@pytest.mark.usefixtures("_logging_as_before")
@pytest.mark.parametrize("environment", Environment)
def test_a_traceback_shows_no_local_variables(environment: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings().model_copy(update={"environment": environment}))

    def sign_in(password: str) -> None:
        raise RuntimeError("a bug")

    try:
        sign_in("Secret" + "-1")
    except RuntimeError:
        logging.getLogger("somewhere").exception("failed")
    written = capsys.readouterr().err
    assert "RuntimeError: a bug" in written
    assert "Secret-1" not in written


@pytest.mark.usefixtures("_logging_as_before")
def test_configuring_twice_writes_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # as a server in this process leaves it
    for _ in range(2):
        configure_logging(Settings())
    logging.getLogger("uvicorn.error").warning("once")
    logging.getLogger("uvicorn.access").info("never")  # the app writes a line of its own
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "name", ["password", "new_password", "Authorization", "api_key", "refresh_token", "set-cookie", "jwt_secret"]
)
def test_a_field_that_is_named_like_a_secret_is_hidden(name: str) -> None:
    assert hide_secrets(None, "info", {"event": "x", name: "Secret-1", "user": "bob"}) == {
        "event": "x",
        name: "***",
        "user": "bob",
    }


@pytest.mark.anyio
async def test_requests_at_once_keep_their_own_ids(app: FastAPI, client_for: Callable[..., AsyncClient]) -> None:
    """What a route logs is bound to its request, also while another one is under way."""
    ids: dict[str, str] = {}
    both = asyncio.Barrier(2)

    @app.get("/logging/{name}")
    async def log(name: str) -> None:
        await both.wait()
        ids[name] = structlog.contextvars.get_contextvars()["request_id"]

    async with client_for(app) as client:
        await asyncio.gather(*(client.get(f"/logging/{name}", headers={"X-Request-ID": name}) for name in ("a", "b")))
    assert ids == {"a": "a", "b": "b"}
