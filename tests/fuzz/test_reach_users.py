"""What takes several users, or names that may be taken only once."""

import pytest

from tests.fuzz.conftest import USERS, Fuzz

SIGN_IN = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
REFUSED = {401: {"description": "Sign in first"}, 404: {"description": "There is no such thing"}}
sessions: dict[str, str] = {}


@app.post("/token", responses={400: {"description": "Wrong credentials"}})
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if form.username not in ("alice", "bob") or form.password != "wonderland":
        raise HTTPException(400, "wrong credentials")
    token = f"{form.username}-{len(sessions)}"
    sessions[token] = form.username
    return {"access_token": token, "token_type": "bearer"}


def who(token: Annotated[str | None, Depends(bearer)]) -> str:
    if token not in sessions:
        raise HTTPException(401, "sign in first")
    return sessions[token]


User = Annotated[str, Depends(who)]


@app.get("/devices", responses=REFUSED)
def list_devices(user: User) -> list[dict[str, str]]:
    return [{"device_id": token} for token, owner in sessions.items() if owner == user]
"""

DEVICE = (
    SIGN_IN
    + """

@app.delete("/devices/{device_id}", status_code=204, responses=REFUSED)
def forget_device(device_id: str, user: User) -> None:
    if device_id not in sessions OR_NOT_OWN:
        raise HTTPException(404, "no such device")
    del sessions[device_id]
"""
)

BELOW = (
    SIGN_IN
    + """

@app.get("/devices/{device_id}/settings", responses=REFUSED)
def read_settings(device_id: str, user: User) -> dict[str, str]:
    if device_id not in sessions OR_NOT_OWN:
        raise HTTPException(404, "no such device")
    return {"colour": "green"}
"""
)


@pytest.mark.parametrize(
    ("source", "operation"),
    [(DEVICE, "DELETE /devices/{}"), (BELOW, "GET /devices/{}/settings")],
    ids=["listed, never created", "below a member"],
)
def test_a_stranger_tries_what_only_the_owners_list_shows(source: str, operation: str, fuzz: Fuzz) -> None:
    checks = frozenset({"stranger-access"})
    found = fuzz(source.replace(" OR_NOT_OWN", ""), users=USERS, checks=checks)
    assert [(one.check, one.operation) for one in found.confirmed] == [("stranger-access", operation)]
    own = fuzz(source.replace("OR_NOT_OWN", "or sessions[device_id] != user"), users=USERS, checks=checks)
    assert own.confirmed == []


def test_a_user_who_cannot_sign_in_is_no_finding(fuzz: Fuzz) -> None:
    source = DEVICE.replace("OR_NOT_OWN", "or sessions[device_id] != user").replace('("alice", "bob")', '("alice",)')
    assert fuzz(source, users=USERS).confirmed == []


@pytest.mark.parametrize("verb", ["revoke", "logout"])
def test_leaving_ends_the_token(verb: str, fuzz: Fuzz) -> None:
    source = (
        SIGN_IN
        + f"""

@app.post("/auth/{verb}", status_code=204, responses=REFUSED)
def leave(user: User, token: Annotated[str | None, Depends(bearer)]) -> None:
    ENDED
"""
    )
    checks = frozenset({"ended-session"})
    found = fuzz(source.replace("ENDED", "pass"), users=USERS, checks=checks)
    assert [(one.operation, str(one.severity)) for one in found.confirmed] == [(f"POST /auth/{verb}", "risky")]
    assert fuzz(source.replace("ENDED", "sessions.pop(token or '', None)"), users=USERS, checks=checks).confirmed == []


ACCOUNTS = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(responses={400: {"description": "The body cannot be read"}})
names: set[str] = set()
PROBLEMS = {404: {"description": "There is no such team"}, 409: {"description": "The name is taken"}}


class Account(BaseModel):
    name: str = Field(pattern="^[a-z]{3,12}$", examples=["erin"])
    team: str = Field(pattern="^[a-z]{3,12}$", examples=["tea"])
    motto: str = Field(min_length=1, max_length=40, examples=["Slowly"])


@app.post("/accounts", status_code=201, responses=PROBLEMS)
def create_account(account: Account) -> dict[str, str]:
    if account.team != "tea":
        raise HTTPException(404, "no such team")
    if account.name in names:
        raise HTTPException(409, "taken")
    names.add(account.name)
    return {"initial": account.motto.split()[0][0]}
"""


def test_edge_values_are_tried_where_each_name_may_be_taken_once_and_others_must_exist(fuzz: Fuzz) -> None:
    found = fuzz(ACCOUNTS, checks=frozenset({"server-error"}))
    assert [(one.operation, one.cause.split()[0]) for one in found.confirmed] == [("POST /accounts", "IndexError")]


TENANTS = (
    SIGN_IN
    + """

orders: dict[str, str] = {}


@app.post("/orders", status_code=201, responses=REFUSED)
def place_order(user: User) -> dict[str, str]:
    orders[f"order-{len(orders)}"] = user
    return {"order_id": f"order-{len(orders) - 1}"}


@app.get("/orders", responses=REFUSED)
def list_orders(user: User) -> list[dict[str, str]]:
    return [{"order_id": one} for one, owner in orders.items() if owner == user]


@app.get("/orders/{order_id}", responses=REFUSED)
def read_order(order_id: str, user: User) -> dict[str, str]:
    if orders.get(order_id) != user AND_NOT_ALICE:
        raise HTTPException(404, "no such order")
    return {"kind": "tea"}
"""
)


@pytest.mark.parametrize(("condition", "found"), [("or order_id not in orders", 0), ("and user != 'alice'", 1)])
def test_the_main_user_is_a_stranger_to_the_others_too(condition: str, found: int, fuzz: Fuzz) -> None:
    result = fuzz(TENANTS.replace("AND_NOT_ALICE", condition), users=USERS, checks=frozenset({"stranger-access"}))
    assert [one.operation for one in result.confirmed] == ["GET /orders/{}"] * found


REFUSING = """
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")
TRIES: list[int] = []


@app.post("/token", responses={401: {"description": "Nobody is let in"}})
def log_in() -> dict[str, str]:
    TRIES.append(1)
    if len(TRIES) > 200:
        raise RuntimeError("somebody tries again and again")
    raise HTTPException(401, "nobody is let in")


@app.get("/open")
def read_open() -> int:
    return 1


@app.get("/shut", responses={401: {"description": "Sign in first"}})
def read_shut(token: Annotated[str, Depends(bearer)]) -> str:
    return token
"""


def test_who_cannot_sign_in_tests_what_is_open(fuzz: Fuzz) -> None:
    result = fuzz(REFUSING, users=USERS)
    assert {one.key: one.reason for one in result.tested} == {
        "POST /token": "only 401 and 403 seen: the credentials given do not open it",
        "GET /open": "",
        "GET /shut": "only 401 and 403 seen: the credentials given do not open it",
    }
    assert [(one.check, one.operation, one.cause) for one in result.confirmed] == []
