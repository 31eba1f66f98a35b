"""Requests to an app in this process."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from contractkit.fuzz import asgi
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
