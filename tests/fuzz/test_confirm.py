"""Findings of `diff` tried on a running app: what a client would meet."""

from pathlib import Path

from contractkit.api.comparing import compare
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.trial import Trial, Tried
from contractkit.fuzz.unit import Workbench
from contractkit.model.contract import Contract
from contractkit.model.finding import Severity

from .conftest import app_of

REFUSED = "the app refuses it: 422"
WITHOUT = "the app refuses it without credentials: 401"
HEAD = """
from typing import Annotated

from fastapi import Body, Depends, FastAPI, File, Form, Header, HTTPException, Query, Response, UploadFile
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field

app = FastAPI()
"""
Rows = dict[tuple[str, str], tuple[str, str, str]]


def tried(base: str, revision: str, folder: Path) -> Rows:
    """Compare two apps, try the findings on the second, and return answer, note and request by rule and place."""
    app = app_of(HEAD + revision)
    old, new = Contract("base", app_of(HEAD + base).openapi()), Contract("revision", app.openapi())
    findings = [one for one in compare(old, new).findings if one.severity is not Severity.SAFE]
    bench = Workbench(Options(new, AppTarget("shop", "app", str(folder))), app)
    answer = bench.do(Trial(old, tuple(findings)))
    assert isinstance(answer, Tried)
    return {
        (finding.rule, f"{finding.change.operation} {finding.change.location}".strip()): (
            str(told.answer),
            told.note,
            "" if told.step is None else f"{told.step.method} {told.step.url}",
        )
        for finding, told in zip(findings, answer.confirmations, strict=True)
    }


ORDER = """
class Order(BaseModel):
    quantity: int = Field({limits})


@app.post("/orders", status_code=201)
def create_order(order: Order) -> dict[str, int]:
    return {{"quantity": order.quantity}}
"""


def test_a_narrower_limit_is_refused(tmp_path: Path) -> None:
    assert tried(ORDER.format(limits="le=100"), ORDER.format(limits="le=10"), tmp_path) == {
        ("request-maximum-decreased", "POST /orders body.quantity"): (
            "confirmed",
            REFUSED,
            "POST /orders",
        )
    }


def test_what_the_document_says_no_to_may_be_taken(tmp_path: Path) -> None:
    revision = ORDER.format(limits="json_schema_extra={'maximum': 10}")
    assert tried(ORDER.format(limits="le=100"), revision, tmp_path) == {
        ("request-maximum-decreased", "POST /orders body.quantity"): (
            "accepted",
            "the app takes it and answers 201: its document says no",
            "POST /orders",
        )
    }


def test_a_refusal_says_nothing_where_everything_is_refused(tmp_path: Path) -> None:
    revision = ORDER.format(limits="le=10").replace("    return", "    raise HTTPException(422, 'closed')\n    return")
    assert tried(ORDER.format(limits="le=100"), revision, tmp_path) == {
        ("request-maximum-decreased", "POST /orders body.quantity"): (
            "unclear",
            "422, but no other request of it is taken either",
            "POST /orders",
        )
    }


MEMBERS = """
NOTES = {{}}


class Note(BaseModel):
    text: str = Field({limits})


class StoredNote(Note):
    note_id: int


@app.post("/notes", status_code=201)
def create_note(note: Annotated[str, Body(embed=True)]) -> StoredNote:
    NOTES[len(NOTES) + 700] = note
    return StoredNote(note_id=max(NOTES), text="x")


@app.put("/notes/{{note_id}}")
def replace_note(note_id: int, note: Note) -> Note:
    if note_id not in NOTES:
        raise HTTPException(404)
    return note
"""


def test_a_member_that_exists_is_named(tmp_path: Path) -> None:
    rows = tried(MEMBERS.format(limits="max_length=50"), MEMBERS.format(limits="max_length=5"), tmp_path)
    assert rows == {
        ("request-max-length-decreased", "PUT /notes/{} body.text"): (
            "confirmed",
            REFUSED,
            "PUT /notes/700",
        )
    }


READ = """
class Tea(BaseModel):
    name: str
    {fields}


@app.get("/teas", {route})
def list_teas(response: Response) -> list[Tea]:
    {code}
    return [Tea(name="assam")]
"""


def test_answers_are_held_against_the_base(tmp_path: Path) -> None:
    count = "responses={200: {'headers': {'X-Count': {'required': True, 'schema': {'type': 'integer'}}}}}"
    base = READ.format(fields="grams: int = 100", route=count, code="response.headers['X-Count'] = '1'")
    told = "what the app answers breaks clients of the base: "
    assert tried(base, READ.format(fields="grams: int | None = None", route="", code="pass"), tmp_path) == {
        ("response-header-removed", "GET /teas 200.header.X-Count"): (
            "confirmed",
            told + "its 200 lacks the header X-Count, which the contract declares as required",
            "GET /teas",
        ),
        ("response-null-added", "GET /teas 200.body[].grams"): (
            "confirmed",
            told + 'its 200 does not match the contract at /*/grams: null is not of type "integer"',
            "GET /teas",
        ),
    }
    undeclared = told + "it answers 203 (Non-Authoritative Information), which the contract does not declare"
    base = READ.format(fields="grams: int = 100", route="", code="pass")
    assert tried(base, base.replace('"/teas", ', '"/teas", status_code=203'), tmp_path) == {
        ("success-status-added", "GET /teas 203"): ("confirmed", undeclared, "GET /teas"),
        ("success-status-removed", "GET /teas 200"): ("confirmed", undeclared, "GET /teas"),
    }


def test_what_the_app_may_answer_and_did_not_is_unclear(tmp_path: Path) -> None:
    base = READ.format(fields="grams: int = 100", route="", code="pass")
    revision = READ.format(fields="grams: int | None = 100", route="", code="pass")
    assert tried(base, revision, tmp_path) == {
        ("response-null-added", "GET /teas 200.body[].grams"): (
            "unclear",
            "the app may answer so, but did not",
            "GET /teas",
        )
    }


OPEN = """
key = APIKeyHeader(name="X-Key", auto_error={strict})


@app.get("/teas"{guard})
def list_teas() -> list[str]:
    return []
"""


def test_credentials_that_are_asked_for_now(tmp_path: Path) -> None:
    base = OPEN.format(strict=True, guard="")
    asked = ", dependencies=[Depends(key)]"
    assert tried(base, OPEN.format(strict=True, guard=asked), tmp_path) == {
        ("security-added", "GET /teas security"): (
            "confirmed",
            "the app refuses it without credentials: 401",
            "GET /teas",
        )
    }
    assert tried(base, OPEN.format(strict=False, guard=asked), tmp_path) == {
        ("security-added", "GET /teas security"): ("accepted", "the app answers 200 without credentials", "GET /teas")
    }


GONE = """
@app.get("/teas"{hidden})
def list_teas() -> list[str]:
    return []


@app.get("/cups/{{cup_id}}"{hidden})
def read_cup(cup_id: int) -> int:
    return cup_id
"""


def test_operations_that_are_gone_and_such_that_are_only_hidden(tmp_path: Path) -> None:
    base, kept = GONE.format(hidden=""), GONE.format(hidden="").replace("/cups", "/pots").replace("/teas", "/pots")
    assert tried(base, kept, tmp_path) == {
        ("operation-removed", "GET /teas"): ("confirmed", "the app answers 404", "GET /teas"),
        ("operation-removed", "GET /cups/{}"): (
            "unclear",
            "404, as it also is for what does not exist",
            "GET /cups/0",
        ),
    }
    taken = "the app takes it and answers 200: its document says no"
    assert tried(base, kept + GONE.format(hidden=", include_in_schema=False"), tmp_path) == {
        ("operation-removed", "GET /teas"): ("accepted", taken, "GET /teas"),
        ("operation-removed", "GET /cups/{}"): ("accepted", taken, "GET /cups/0"),
    }


UPLOAD = """
@app.post("/files")
def upload(file: UploadFile, title: Annotated[str, Form({limits})]) -> int:
    return len(title)
"""


def test_forms_with_files_are_sent_as_such(tmp_path: Path) -> None:
    rows = tried(UPLOAD.format(limits="max_length=9"), UPLOAD.format(limits="max_length=3"), tmp_path)
    assert rows == {
        ("request-max-length-decreased", "POST /files body.title"): (
            "confirmed",
            REFUSED,
            "POST /files",
        )
    }
