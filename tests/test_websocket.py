"""The description of WebSocket endpoints."""

import subprocess
import sys
from enum import IntEnum

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient

import contractkit
from contractkit.websocket import messages


class Code(IntEnum):
    NOT_AUTHENTICATED = 4401
    BROKEN = 1011


def test_an_endpoint_stays_what_it_is() -> None:
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close(4000)

    described = contractkit.websocket.messages(receive=int, send=int, close={4000: "done"})(echo)
    assert described is echo
    app = FastAPI()
    app.websocket("/echo")(described)
    with TestClient(app).websocket_connect("/echo") as socket:
        socket.send_text("not a number")
        assert socket.receive_text() == "not a number"
        assert socket.receive() == {"type": "websocket.close", "code": 4000, "reason": ""}


@pytest.mark.parametrize("code", [999, 1004, 1005, 1006, 1015, 5000])
def test_a_code_that_cannot_be_sent_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match=rf"{code} is no code that an endpoint may close a WebSocket with \(RFC 6455"):
        messages(close={code: "why"})


@pytest.mark.parametrize(
    ("close", "kept"),
    [
        (Code, {1011: "broken", 4401: "not authenticated"}),
        ([4401, Code.BROKEN], {1011: "broken", 4401: ""}),
        ({4401: "the token has expired", 1011: "it failed"}, {1011: "it failed", 4401: "the token has expired"}),
        ((), {}),
    ],
)
def test_codes_are_kept_in_their_order(close: dict[int, str], kept: dict[int, str]) -> None:
    @messages(send=str, close=close)
    async def endpoint(websocket: WebSocket) -> None: ...

    described = vars(endpoint)["__contractkit_messages__"]
    assert described == {"receive": None, "send": str, "close": kept}
    assert list(described["close"]) == list(kept)


def test_importing_it_imports_nothing_heavy() -> None:
    code = "import contractkit.websocket, sys; print({'fastapi', 'pydantic', 'starlette', 'typer'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
