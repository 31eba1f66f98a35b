"""Over HTTP the users of a run stay signed in: to sign in is dear where passwords are hashed as they should be."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from contractkit.fuzz.options import UrlTarget
from contractkit.fuzz.unit import Workbench
from tests.fuzz.conftest import USERS, app_of, options_for

APP = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
REFUSED = {401: {"description": "Sign in first"}}
tokens: dict[str, str] = {}
app.state.tokens, app.state.logins = tokens, []


@app.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    app.state.logins.append(form.username)
    token = f"token-{len(app.state.logins)}"
    tokens[token] = form.username
    return {"access_token": token, "token_type": "bearer"}


def user(token: Annotated[str | None, Depends(bearer)]) -> str:
    if token not in tokens:
        raise HTTPException(401)
    return tokens[token]


@app.get("/me", responses=REFUSED)
def read_me(name: Annotated[str, Depends(user)]) -> str:
    return name


@app.get("/share", responses=REFUSED)
def share(people: int, name: Annotated[str, Depends(user)]) -> int:
    return 100 // people
"""


REDEEM = """
class Voucher(BaseModel):
    code: str


@app.post("/redeem", responses=REFUSED)
def redeem(voucher: Voucher) -> str:
    if len(voucher.code) % 2:
        raise HTTPException(401, "no such voucher")
    return "tea"
"""


@pytest.fixture
def app() -> Any:
    return app_of(APP + REDEEM)


@pytest.fixture
def bench(app: Any, tmp_path: Path) -> Iterator[Workbench]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
        thread = threading.Thread(target=server.run, args=([listener],))
        listener.listen()
        thread.start()
        target = UrlTarget(f"http://127.0.0.1:{listener.getsockname()[1]}")
        options = options_for(app, tmp_path, users=USERS, checks=frozenset({"server-error"}))
        yield Workbench(replace(options, target=target), None)
        server.should_exit = True
        thread.join()


def test_users_sign_in_once_for_all_operations_and_all_that_is_tried_again(bench: Workbench, app: Any) -> None:
    found = [bench.run([key]) for key in ("GET /share", "GET /me")]
    assert [[claim.operation for claim in one.confirmed] for one in found] == [["GET /share"], []]
    assert app.state.logins == ["alice", "bob"]


def test_who_is_no_longer_signed_in_signs_in_again(bench: Workbench, app: Any) -> None:
    bench.run(["GET /me"])
    app.state.tokens.clear()
    (again,) = bench.run(["GET /me"]).tested
    assert (set(again.statuses), again.reason) == ({200}, "")
    assert app.state.logins == ["alice", "bob", "alice"]


def test_a_refusal_of_what_the_request_says_is_no_reason_to_sign_in_each_time(bench: Workbench, app: Any) -> None:
    (tested,) = bench.run(["POST /redeem"]).tested
    assert set(tested.statuses) == {200, 401, 422}
    assert tested.statuses[401] > 3
    assert app.state.logins == ["alice", "bob", "alice"]  # it may have been over: once that is tried
