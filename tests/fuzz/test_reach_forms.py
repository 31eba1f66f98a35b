"""Sessions of browsers, forms that hide a token, things that begin with a PUT, and actions on members."""

from tests.fuzz.conftest import USERS, Fuzz

BROWSER = """
import html
import secrets
from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.security import APIKeyCookie

app = FastAPI()
cookie = APIKeyCookie(name="sid", auto_error=False)
sessions: dict[str, str] = {}
tokens: dict[str, str] = {}
notes: list[str] = []
REFUSED = {
    400: {"description": "The form cannot be read"},
    401: {"description": "Sign in first"},
    403: {"description": "Send the form of the page"},
}
BACK = {"status_code": 303, "response_class": RedirectResponse}


def who(sid: Annotated[str | None, Depends(cookie)]) -> str:
    if sid not in sessions:
        raise HTTPException(401, "sign in first")
    return sid


Session = Annotated[str, Depends(who)]


@app.post("/login", responses=REFUSED, **BACK)
def log_in(username: Annotated[str, Form()], password: Annotated[str, Form()]) -> RedirectResponse:
    if username not in ("alice", "bob") or password != "wonderland":
        raise HTTPException(401, "wrong credentials")
    answer = RedirectResponse("/notes", status_code=303)
    sid = f"session-of-{username}-{len(sessions)}"
    sessions[sid] = username
    answer.set_cookie("sid", sid)
    return answer


@app.get("/notes", response_class=HTMLResponse, responses=REFUSED)
def show_notes(session: Session) -> str:
    NEW
    hidden = f'<input type="hidden" name="csrf" value="{tokens[session]}">'
    rows = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return f'<form method="post" action="/notes">{hidden}<input name="text"></form><ul>{rows}</ul>'


@app.post("/notes", responses=REFUSED, **BACK)
def write_note(
    text: Annotated[str, Form(max_length=40)], csrf: Annotated[str, Form()], session: Session
) -> RedirectResponse:
    if csrf != tokens.get(session):
        raise HTTPException(403, "send the form of the page")
    SPENT
    if len(text) == 40:
        raise ValueError(text)
    notes.append(text)
    return RedirectResponse("/notes", status_code=303)
"""
LASTING = BROWSER.replace("NEW", 'tokens.setdefault(session, f"token-of-{session}")').replace("    SPENT\n", "")
ONE_TIME = BROWSER.replace("NEW", "tokens[session] = secrets.token_hex()").replace("SPENT", "del tokens[session]")


def test_a_form_brings_back_the_token_of_its_page(fuzz: Fuzz) -> None:
    for source in (LASTING, ONE_TIME):
        result = fuzz(source, users=USERS, max_examples=30)
        assert {one.key: one.reason for one in result.tested} == {
            "POST /login": "",
            "POST /notes": "",
            "GET /notes": "",
        }
        (found,) = result.confirmed
        assert (found.check, found.operation) == ("server-error", "POST /notes")
        assert [(step.request.method, step.response.status) for step in found.steps] == [("GET", 200), ("POST", 500)]


ADDRESS = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
kept: list[str] = []


class Address(BaseModel):
    city: str


@app.get("/me/address", responses={404: {"description": "There is none yet"}})
def read_address() -> Address:
    if not kept:
        raise HTTPException(404, "there is none yet")
    return Address(city=kept[-1])


@app.put("/me/address", responses={400: {"description": "The body cannot be read"}})
def put_address(address: Address) -> Address:
    kept.append(address.city)
    return address
"""


def test_what_begins_with_a_put_is_put_first(fuzz: Fuzz) -> None:
    result = fuzz(ADDRESS)
    assert {one.key: one.reason for one in result.tested} == {"GET /me/address": "", "PUT /me/address": ""}
    assert result.confirmed == []


ACTION = """
from fastapi import FastAPI, HTTPException

app = FastAPI()
orders: list[str] = []
REFUSED = {404: {"description": "There is no such order"}, 409: {"description": "It was sent already"}}


@app.post("/orders", status_code=201)
def create_order() -> dict[str, int]:
    orders.append("open")
    return {"order_id": len(orders) + 4000}


@app.post("/orders/{order_id}/send", responses=REFUSED)
def send_order(order_id: int) -> dict[str, str]:
    if not 0 < order_id - 4000 <= len(orders):
        raise HTTPException(404, "no such order")
    if orders[order_id - 4001] == "sent":
        raise HTTPException(409, "sent already")
    orders[order_id - 4001] = "sent"
    return {"status": 1}
"""


def test_an_action_is_tried_on_members_that_were_just_made(fuzz: Fuzz) -> None:
    result = fuzz(ACTION)
    assert {one.key: one.reason for one in result.tested} == {"POST /orders": "", "POST /orders/{}/send": ""}
    assert {(one.check, one.operation) for one in result.confirmed} == {("server-error", "POST /orders/{}/send")}


LEAVING = (
    LASTING.replace("    if len(text) == 40:\n        raise ValueError(text)\n", "").replace(
        "</form><ul>", '</form><form method="post" action="/log-out">{hidden}</form><ul>'
    )
    + """

@app.post("/log-out", responses=REFUSED, **BACK)
def log_out(csrf: Annotated[str, Form()], session: Session) -> RedirectResponse:
    if csrf != tokens.get(session):
        raise HTTPException(403, "send the form of the page")
    ENDED
    answer = RedirectResponse("/notes", status_code=303)
    answer.delete_cookie("sid")
    return answer
"""
)


def test_the_cookie_of_a_session_that_was_left(fuzz: Fuzz) -> None:
    result = fuzz(LEAVING.replace("ENDED", "pass"), users=USERS)
    assert [(one.check, one.operation, one.cause) for one in result.confirmed] == [
        ("ended-session", "POST /log-out", "cookie still good")
    ]
    result = fuzz(LEAVING.replace("ENDED", "del sessions[session]"), users=USERS)
    assert ({one.key: one.reason for one in result.tested}, result.confirmed) == (
        {"POST /login": "", "POST /log-out": "", "POST /notes": "", "GET /notes": ""},
        [],
    )


def test_a_page_that_a_made_up_cookie_opens(fuzz: Fuzz) -> None:
    source = LASTING.replace("    if len(text) == 40:\n        raise ValueError(text)\n", "")
    result = fuzz(source.replace("if sid not in sessions", "if sid is None"), users=USERS)
    assert [(one.check, one.operation, one.cause) for one in result.confirmed] == [
        ("authentication-ignored", "GET /notes", "made-up credentials")
    ]
