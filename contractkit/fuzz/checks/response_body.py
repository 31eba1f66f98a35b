"""Every body matches the schema that the contract declares for its status and media type.

Clients read a body into the declared model: a missing field, a null or another type fails on their side, often only for
the one item of a list that has it. FastAPI checks what goes through `response_model`; a `JSONResponse` that is returned
directly, an error handler and a middleware are not checked by anyone.

Error bodies count too. What the schema leaves open is open.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import ABSENT, is_json, starred

_SHOWN = 4
"""Places of one body that are claimed."""


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim each place where the body does not match its schema."""
    response, operation = judged.exchange.response, judged.operation
    spec = operation.response_for(response.status)
    if spec is None or response.crash is not None or response.cut or operation.method == "HEAD":
        return
    body = spec.body_for(response)
    if body is None or not is_json(response.media_type):
        return
    if response.json is ABSENT:
        if response.body or response.status not in (204, 205, 304):
            yield _claim(judged, "", "syntax", "it is no JSON")
        return
    if body.check.is_valid(response.json) is not False:
        return
    seen: set[str] = set()
    for violation in body.check.violations(response.json):
        place = starred(violation.place)
        if place not in seen:
            seen.add(place)
            yield _claim(judged, place, violation.keyword, violation.text)
        if len(seen) == _SHOWN:
            return


def _claim(judged: Judged, place: str, keyword: str, text: str) -> Claim:
    status = judged.exchange.response.status
    where = f"{status}.body{place}"
    return Claim(
        "response-body",
        judged.operation.key,
        f"{where} {keyword}",
        f"its {status} does not match the contract at {place or 'the body'}: {text}",
        (judged.exchange,),
        place=where,
    )


CHECK = Check(
    id="response-body",
    summary="every body matches its schema",
    judge=judge,
    breaks="""
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

app = FastAPI()


class Tea(BaseModel):
    name: str
    grams: int


@app.get("/tea", response_model=Tea)
def read_tea() -> JSONResponse:
    return JSONResponse({"name": "assam", "grams": None})
""",
    holds="""
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

app = FastAPI()


class Tea(BaseModel):
    name: str
    grams: int | None


@app.get("/tea", response_model=Tea)
def read_tea() -> JSONResponse:
    return JSONResponse({"name": "assam", "grams": None})
""",
)
