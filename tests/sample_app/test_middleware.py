"""What every request passes through: its id, its time, the methods of its path, and the limit on its body."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from tests.sample_app.serving import served, stop

PROBLEM = "application/problem+json"
LIMIT = 1000


@pytest.fixture
def stranger(app: FastAPI) -> AsyncClient:
    """A client that sends no id."""
    return AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://shop.example")


def operations(app: FastAPI) -> dict[str, set[str]]:
    return {path: {method.upper() for method in methods} for path, methods in app.openapi()["paths"].items()}


@pytest.mark.anyio
@pytest.mark.parametrize("given", ["0b5f1c2e-3d4a-4b6c-8d7e-9f0a1b2c3d4e", "a", "A.b_c-9", "x" * 64])
async def test_a_sane_request_id_is_kept(stranger: AsyncClient, given: str) -> None:
    answer = await stranger.get("/nothing", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"], answer.json()["request_id"]) == (given, given)


@pytest.mark.anyio
@pytest.mark.parametrize("given", [None, "", "x" * 65, "a b", "<script>", 'a"b', "a,b", "\x1b[2J", "é", "a\tb"])
async def test_any_other_gets_a_new_one(stranger: AsyncClient, given: str | None) -> None:
    headers = {} if given is None else {b"X-Request-ID": given.encode("latin-1")}
    answers = [await stranger.get("/nothing", headers=headers) for _ in range(2)]
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert [answer.json()["request_id"] for answer in answers] == ids
    assert [name for name in ids if not re.fullmatch("[0-9a-f]{32}", name)] == []
    assert len(set(ids)) == 2


@pytest.mark.anyio
async def test_every_answer_has_an_id_and_all_but_a_bug_their_time(app: FastAPI, stranger: AsyncClient) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("a bug")

    answers = [
        await stranger.get("/healthz"),
        await stranger.post("/auth/token"),
        await stranger.get("/v2/products"),
        await stranger.options("/v2/products"),
        await stranger.delete("/v2/products"),
        await stranger.get("/static-docs/favicon.png"),
        await stranger.get("/bug"),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 401, 204, 405, 200, 500]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    timed = [bool(re.fullmatch(r"\d+\.\d{6}", answer.headers.get("x-process-time", ""))) for answer in answers]
    assert timed == [True] * 6 + [False]  # the answer to a bug is made around all middleware


@pytest.mark.anyio
async def test_the_time_is_that_of_the_request(app: FastAPI, stranger: AsyncClient) -> None:
    """One that calls another takes longer than that one."""
    inner: list[float] = []

    @app.get("/outer")
    async def outer() -> None:
        inner.append(float((await stranger.get("/healthz")).headers["x-process-time"]))

    assert float((await stranger.get("/outer")).headers["x-process-time"]) > inner[0] > 0


@pytest.mark.anyio
async def test_allow_names_all_methods_of_a_path(app: FastAPI, stranger: AsyncClient) -> None:
    found = {}
    for path in operations(app):
        url = re.sub("{.*?}", "x", path)
        options, refused = await stranger.options(url), await stranger.request("TRACE", url)
        assert (options.status_code, options.content) == (204, b"")
        assert (refused.status_code, refused.headers["content-type"]) == (405, PROBLEM)
        assert options.headers["allow"] == refused.headers["allow"]
        found[path] = options.headers["allow"]
    implied = {
        path: {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()) for path, methods in operations(app).items()
    }
    assert found == {path: ", ".join(sorted(methods | implied[path])) for path, methods in operations(app).items()}


@pytest.mark.anyio
async def test_what_is_mounted_can_be_read_only(stranger: AsyncClient) -> None:
    path = "/static-docs/favicon.png"
    options, refused = await stranger.options(path), await stranger.post(path)
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (await stranger.options("/nothing")).status_code == 404


@pytest.mark.anyio
async def test_head_is_get_without_the_body(app: FastAPI, stranger: AsyncClient, bob: AsyncClient) -> None:
    # What differs from one request to the next, whatever its method.
    of_the_request = {"x-process-time", "x-request-id", "ratelimit", "set-cookie"}

    def head_of(answer: httpx.Response) -> tuple[int, dict[str, str]]:
        return answer.status_code, {name: value for name, value in answer.headers.items() if name not in of_the_request}

    # The figures grow with every request.
    readable = [path for path, methods in operations(app).items() if "GET" in methods and path != "/metrics"]
    for client in (stranger, bob):
        for path in readable:
            url = re.sub("{.*?}", "00000000-0000-4000-8000-000000000000", path)
            get, head = await client.get(url), await client.head(url)
            assert (url, head_of(head)) == (url, head_of(get))
            assert head.content == b""
    assert (await bob.head("/v2/products")).headers["content-length"] == str(
        len((await bob.get("/v2/products")).content)
    )
    assert (await stranger.head("/nothing")).status_code == 404


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with served(tmp_path_factory.mktemp("tmp"), SAMPLE_APP_MAX_BODY_BYTES=str(LIMIT)) as (process, client):
        yield client
        assert "Traceback" not in stop(process)


def refusal(answer: httpx.Response) -> dict[str, Any]:
    return {"status": answer.status_code, "media type": answer.headers["content-type"], "type": answer.json()["type"]}


TOO_LARGE = {"status": 413, "media type": PROBLEM, "type": "https://sample-app.example/problems/request-too-large"}
INVALID = {"status": 422, "media type": PROBLEM, "type": "https://sample-app.example/problems/invalid-request"}


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/auth/refresh", "application/json"), ("/auth/token", "application/x-www-form-urlencoded")],
)
def test_a_body_may_be_as_long_as_the_limit_and_no_longer(
    server: httpx.Client, path: str, media_type: str, chunked: bool
) -> None:
    def send(length: int) -> httpx.Response:
        body = b'"' + b"x" * (length - 2) + b'"'
        return server.post(
            path, content=iter((body[:1], body[1:])) if chunked else body, headers={"Content-Type": media_type}
        )

    assert refusal(send(LIMIT)) == INVALID
    assert refusal(send(LIMIT + 1)) == TOO_LARGE
    assert send(LIMIT + 1).json()["request_id"]


def test_a_body_that_is_declared_too_long_is_refused_before_it_is_sent(server: httpx.Client) -> None:
    with socket.create_connection((server.base_url.host, server.base_url.port or 80), timeout=30) as connection:
        lines = (
            "POST /auth/refresh HTTP/1.1",
            "Host: shop",
            "Content-Type: application/json",
            "Content-Length: 10000000000",
        )
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_body_without_end_is_refused_while_it_is_sent(server: httpx.Client) -> None:
    with socket.create_connection((server.base_url.host, server.base_url.port or 80), timeout=30) as connection:
        lines = (
            "POST /auth/refresh HTTP/1.1",
            "Host: shop",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
        )
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        for _ in range(3):
            connection.sendall(b"190\r\n" + b" " * 400 + b"\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_every_operation_with_a_body_declares_the_limit(server: httpx.Client) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    without = {
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "requestBody" in operation and "413" not in operation["responses"]
    }
    assert without == set()
