"""What a form says, read from the wire as servers read it: nothing is claimed of what they differ in."""

from __future__ import annotations

from typing import Any

import pytest

from contractkit.fuzz.message import FORM, Request
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.validity import multipart, validity
from contractkit.model.contract import Contract
from tests.fuzz.conftest import Fuzz

TEXT = {"type": "string", "maxLength": 5}
SCHEMA = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "purpose": TEXT,
        "tags": {"type": "array", "items": TEXT},
        "one": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    },
    "required": ["purpose"],
    "additionalProperties": {"type": "array"},
}
CLOSED = b"--b--\r\n"


def operation_with(schema: dict[str, Any]) -> Operation:
    content = {name: {"schema": schema} for name in ("multipart/form-data", FORM)}
    post = {"requestBody": {"required": True, "content": content}, "responses": {"204": {"description": "done"}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/files": {"post": post}}}
    return Api(Contract("t", document)).operations["POST /files"]


def part(name: str, content: bytes, head: bytes = b"") -> bytes:
    start = f'--b\r\nContent-Disposition: form-data; name="{name}"'.encode()
    return start + head + b"\r\n\r\n" + content + b"\r\n"


def form_of(body: bytes, media_type: str = "multipart/form-data; boundary=b") -> Request:
    return Request("POST", "/files", (("content-type", media_type),), body)


GOOD = part("purpose", b"a")
LONG = part("purpose", b"abcdefg")
FILE = b'; filename="f"\r\nContent-Type: application/octet-stream'


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        (GOOD + CLOSED, True),
        (GOOD + b"--b--", True),
        (b"before\r\n" + GOOD + CLOSED + b"after", True),
        (LONG + CLOSED, False),
        (part("tags", b"a") + CLOSED, False),
        (GOOD + part("tags", b"a") + part("tags", b"b") + CLOSED, True),
        (GOOD + part("tags", b"a") + part("tags", b"abcdefg") + CLOSED, False),
        (GOOD + part("one", b"a") + CLOSED, True),
        (GOOD + part("one", b"a") + part("one", b"b") + CLOSED, True),
        (GOOD + part("else", b"a") + part("else", b"b") + CLOSED, True),
        (GOOD + part("else", b"a") + CLOSED, False),
        # not closed, or a part without the end of its head
        (LONG, None),
        (LONG + b"--b", None),
        (LONG + b"--b-", None),
        (LONG + b"--b\r\n", None),
        (LONG[:-6], None),
        (GOOD + part("purpose", b"b")[:-6], None),
        (GOOD + LONG[:20], None),
        (LONG + b"--b\r\nno head\r\n\r\na\r\n" + CLOSED, None),
        # of several, one server takes the first and another the last
        (GOOD + LONG + CLOSED, None),
        (GOOD + part("purpose", b"b") + CLOSED, None),
        (LONG + part("purpose", b"hijklmn") + CLOSED, False),
        (b"".join(part("purpose", bytes([letter]) * 6) for letter in range(97, 106)) + CLOSED, None),
        # characters are counted, of files bytes
        (part("purpose", "éééé".encode()) + CLOSED, True),
        (part("purpose", "éééééé".encode()) + CLOSED, False),
        (part("purpose", b"\xe9\xe9\xe9") + CLOSED, True),
        (part("purpose", "éééé".encode(), FILE) + CLOSED, False),
    ],
)
def test_a_multipart_form_is_judged_by_what_is_certain_of_it(body: bytes, valid: bool | None) -> None:
    assert validity(operation_with(SCHEMA), form_of(body)).valid is valid


def test_the_fields_of_a_multipart_form_are_its_parts_with_their_line_breaks() -> None:
    body = part("a", b"x\r\ny\n") + part("f", b"\xc3\xa9\x00", FILE) + CLOSED
    assert multipart(form_of(body)) == [("a", "x\r\ny\n"), ("f", "Ã©\x00")]
    assert multipart(form_of(body.removesuffix(CLOSED))) is None


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        (b"purpose=a", True),
        (b"purpose=abcdefg", False),
        (b"purpose=a&purpose=b", None),
        (b"purpose=abcdefg&purpose=a", None),
        (b"purpose=abcdefg&purpose=hijklmn", False),
        (b"purpose=a&tags=a&tags=b", True),
    ],
)
def test_a_field_that_comes_twice_is_wrong_where_both_are(body: bytes, valid: bool | None) -> None:
    assert validity(operation_with(SCHEMA), form_of(body, FORM)).valid is valid


UPLOAD = """
from typing import Annotated
from fastapi import FastAPI, File, Form, UploadFile

app = FastAPI(responses={400: {"description": "bad"}})


@app.post("/files")
def upload(file: Annotated[UploadFile, File()], purpose: Annotated[str, Form(max_length=5)]) -> dict[str, str]:
    return {"purpose": purpose}
"""


@pytest.mark.parametrize("limit", ["max_length=5", ""])
def test_an_upload_that_keeps_its_contract_has_no_finding(fuzz: Fuzz, limit: str) -> None:
    result = fuzz(UPLOAD.replace("max_length=5", limit), seed=0, max_examples=30)
    assert (result.confirmed, result.unstable) == ([], [])


def test_an_upload_that_does_not_is_found(fuzz: Fuzz) -> None:
    told = 'Annotated[str, Form(json_schema_extra={"maxLength": 5})]'
    result = fuzz(UPLOAD.replace("Annotated[str, Form(max_length=5)]", told))
    assert [(claim.check, claim.cause) for claim in result.confirmed] == [
        ("invalid-request-accepted", "body/purpose maxLength")
    ]
