"""No answer holds what is for the inside only: stack traces, SQL, password hashes, secrets, internal fields.

A stack trace or an SQL text tells an attacker what to try next; a password hash can be broken at leisure. Answer errors
with a message that is written for clients, and let `response_model` cut what a model must not show.

What stands in an answer of success may be meant to stand there, so a stack trace or an SQL text is `risky` in one.

A field that the schema of the answer does not name is reported where its name or value says that it is internal, and
as `risky` otherwise, as long as the schema describes an object by its fields and does not open it explicitly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import ABSENT, escaped, leaves, starred
from contractkit.fuzz.validity import kinds
from contractkit.model.finding import Severity
from contractkit.schema.node import OBJECT, Node, in_place
from contractkit.schema.sendable import nodes_at, nodes_of_item

_TEXTS = (
    ("a stack trace", re.compile(r"Traceback \(most recent call last\)|File \"[^\"\n]+\.py\", line \d+")),
    ("a stack trace", re.compile(r"\n\s+at [\w.$<>]+\([\w.]+:\d+\)")),
    (
        "an SQL statement",
        re.compile(
            r"\b(SELECT\s+[\w\"`.*, ]+\s+FROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\s+[\"`]?\w+", re.I
        ),
    ),
    (
        "an error of the database driver",
        re.compile(r"sqlalchemy\.exc|sqlite3\.\w+Error|psycopg2?\.|asyncpg\.exceptions"),
    ),
)
_VALUES = (
    ("a password hash", re.compile(r"^\$(2[aby]|argon2\w*|5|6|pbkdf2|scrypt)\$|^pbkdf2_sha|^scrypt:")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
)
_NAMES = re.compile(
    r"passw|pwd|secret|hash|salt|private|internal|^_|_internal|debug|trace|stack|exception|sql|query_text|cost_price"
    r"|purchase_price|margin|deleted_at|is_deleted|ssn|api_?key",
    re.IGNORECASE,
)
_MAX_LEAVES = 500
_VALIDATION_ERROR = "HTTPValidationError"
"""The model that FastAPI documents for 422 on every route, whatever is answered."""
_ERROR = frozenset({"type", "loc", "msg", "input", "ctx", "url"})
"""The fields of an error of pydantic, which FastAPI answers as they are; its older versions describe three of them."""


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim what an answer gives away."""
    response, request = judged.exchange.response, judged.exchange.request
    status = response.status
    sent = f"{request.target} {(request.body or b'').decode('utf-8', 'replace')}"
    for what, pattern in _TEXTS:
        found = pattern.search(response.text)
        if found and found.group(0) not in sent and not _echoed(found.group(0), sent):
            text = f"its {status} shows {what}: {found.group(0)[:120]}"
            # An answer of success may be about such a text: a page of documentation, a log that was asked for.
            severity = Severity.RISKY if response.is_success else Severity.BREAKING
            yield _claim(judged, f"{status} {what}", text, f"{status}.body", severity)
            break
    if response.json is ABSENT:
        return
    for count, (pointer, value) in enumerate(leaves(response.json)):
        if count >= _MAX_LEAVES:
            break
        if isinstance(value, str):
            for what, pattern in _VALUES:
                if pattern.search(value) and value not in sent:
                    place = f"{status}.body{starred(pointer)}"
                    yield _claim(judged, f"{what} {place}", f"its {status} shows {what} at {starred(pointer)}", place)
    yield from _undeclared(judged)


def _undeclared(judged: Judged) -> Iterator[Claim]:
    response = judged.exchange.response
    spec = judged.operation.response_for(response.status)
    body = None if spec is None else spec.body_for(response)
    if body is None:
        return
    seen: set[str] = set()
    for pointer, name in _unknown([body.check.node], response.json, ""):
        place = f"{response.status}.body{starred(pointer)}"
        if place in seen:
            continue
        seen.add(place)
        internal = _NAMES.search(name) is not None
        text = f"its {response.status} holds the field {starred(pointer)}, which the contract does not name"
        if body.check.node.component == _VALIDATION_ERROR:
            if _is_of_fastapi(response.json):
                yield _of_refusals(
                    judged,
                    "errors",
                    f"{response.status}.body/detail/*",
                    f"the errors of its {response.status} (/detail/*) have more fields than the contract names: "
                    "FastAPI answers them so, and this version of it does not describe all of that",
                    "newer versions of FastAPI describe it; or do so yourself: FastAPI(responses={422: {...}})",
                )
                return
            yield _of_refusals(
                judged,
                f"field {place}",
                place,
                f"{text}: this is not what FastAPI answers to requests that it refuses, but a form of the app's own",
                "describe what the app answers: FastAPI(responses={422: {...}})",
            )
            continue
        yield _claim(
            judged,
            f"field {place}",
            text + (" and whose name says that it is internal" if internal else ""),
            place,
            Severity.BREAKING if internal else Severity.RISKY,
        )


def _is_of_fastapi(body: Any) -> bool:
    """Whether an answer has the form of FastAPI's own: a list of the errors of pydantic, and nothing else."""
    errors = body.get("detail") if isinstance(body, dict) and len(body) == 1 else None
    return isinstance(errors, list) and all(
        isinstance(one, dict)
        and set(one) <= _ERROR
        and isinstance(one.get("type"), str)
        and isinstance(one.get("msg"), str)
        and isinstance(one.get("loc"), list)
        for one in errors
    )


def _of_refusals(judged: Judged, cause: str, place: str, text: str, mend: str) -> Claim:
    """Return what is claimed of all refusals alike: one finding for the whole app."""
    return Claim(
        "leak",
        judged.operation.key,
        f"{cause} of {_VALIDATION_ERROR}",
        text,
        (judged.exchange,),
        place=place,
        severity=Severity.RISKY,
        grouped=True,
        mend=mend,
    )


def _unknown(nodes: Sequence[Node], value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield the properties that no part of the schemas names, where they describe the object by its properties.

    Alternatives are taken together: what one of them names is no secret.
    """
    here = in_place(nodes)
    if isinstance(value, dict):
        described = any(node.properties for node in here) and not any(map(_is_open, nodes))
        for name, item in value.items():
            below = [one for node in here for one in nodes_at(node, name) if not one.never]
            if below:
                yield from _unknown(below, item, f"{pointer}/{escaped(name)}")
            elif described:
                yield f"{pointer}/{escaped(name)}", name
    elif isinstance(value, list):
        for index, item in enumerate(value[:20]):
            below = [one for node in here for one in nodes_of_item(node, index)]
            yield from _unknown(below, item, f"{pointer}/{index}")


def _is_open(node: Node, seen: frozenset[int] = frozenset()) -> bool:
    """Whether a part of the schema says by itself that other names may come."""
    if id(node) in seen:
        return True
    seen |= {id(node)}
    if isinstance(node.raw, dict) and ("additionalProperties" in node.raw or "patternProperties" in node.raw):
        return True
    parts = (*node.all_of, *(node.any_of or ()), *(node.one_of or ()))
    return any(_is_open(part, seen) for part in parts if kinds(part) & OBJECT)


def _echoed(text: str, sent: str) -> bool:
    """Whether a text is only what was sent, given back."""
    return text.lower() in sent.lower()


def _claim(judged: Judged, cause: str, text: str, place: str, severity: Severity = Severity.BREAKING) -> Claim:
    return Claim("leak", judged.operation.key, cause, text, (judged.exchange,), place=place, severity=severity)


CHECK = Check(
    id="leak",
    summary="no answer shows what is for the inside only",
    judge=judge,
    breaks="""
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

app = FastAPI()


class User(BaseModel):
    name: str


@app.get("/me", response_model=User)
def read_me() -> JSONResponse:
    return JSONResponse({"name": "alice", "password_hash": "c2FsdA=="})
""",
    holds="""
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class User(BaseModel):
    name: str


@app.get("/me", response_model=User)
def read_me() -> dict[str, str]:
    return {"name": "alice", "password_hash": "c2FsdA=="}


class Rate(BaseModel):
    amount: int


class Rates(BaseModel):
    rates: list[Rate]


class OldRate(BaseModel):
    cost: float


class OldRates(BaseModel):
    rates: list[OldRate]


@app.get("/rates")
def read_rates(old: bool = False) -> Rates | OldRates:
    return OldRates(rates=[OldRate(cost=4.9)]) if old else Rates(rates=[Rate(amount=490)])
""",
)
