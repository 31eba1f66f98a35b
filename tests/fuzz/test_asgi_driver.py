"""Requests to an app in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from contractkit.fuzz import asgi
from contractkit.fuzz.driver import StartupError
from contractkit.fuzz.message import Request
from contractkit.fuzz.own import OwnCode

LIMIT = 0.5


async def app(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError("no lifespan")
    if scope["path"] == "/late":
        await asyncio.sleep(2 * LIMIT)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    await asyncio.sleep(LIMIT / 50)
    if scope["path"] == "/endless":
        while True:
            await send({"type": "http.response.body", "body": b"a", "more_body": True})
            await asyncio.sleep(LIMIT / 10)
    await send({"type": "http.response.body", "body": b"b"})


@pytest.mark.parametrize(("path", "cut"), [("/late", False), ("/endless", True)])
def test_only_a_body_without_an_end_is_cut(
    path: str, cut: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "MAX_STREAM_SECONDS", LIMIT)
    driver = asgi.AsgiDriver(app, OwnCode(tmp_path))
    try:
        assert driver.send(Request("GET", path)).cut is cut
    finally:
        driver.close()


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ValueError("no database\n(see the manual)"), "ValueError: no database"),
        (ExceptionGroup("two", [ValueError("one"), KeyError("other")]), "ExceptionGroup: two (2 sub-exceptions)"),
        (None, "the app's startup failed"),
    ],
)
def test_a_startup_that_fails_is_told_in_one_line(failure: Exception | None, words: str, tmp_path: Path) -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        if failure is None:
            await receive()
            await send({"type": "lifespan.startup.failed"})
        else:
            await Starlette(lifespan=lambda _: begun())(scope, receive, send)

    @asynccontextmanager
    async def begun() -> AsyncIterator[None]:
        assert failure is not None
        raise failure
        yield

    with pytest.raises(StartupError) as error:
        asgi.AsgiDriver(failing, OwnCode(tmp_path))
    assert str(error.value) == words
