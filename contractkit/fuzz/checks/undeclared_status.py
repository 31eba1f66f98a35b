"""Every status that an operation answers is declared in its `responses`.

Clients are generated from the contract: a status that is not there has no model and no branch in their code. Declare
it: `responses={404: {"model": Problem}}` on the route, or on the router for what all its routes can answer.

In process the finding names where the answer comes from: the line that raises, or the handler that returns it. What a
framework answers by itself on every route alike (FastAPI's 400 to a body that cannot be read) is one finding for the
whole app, `risky`.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.model.finding import Severity

_ROUTED = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT, 404, 405)
"""What routers answer to a path that leads nowhere."""


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where the status is not in the contract."""
    response, operation = judged.exchange.response, judged.operation
    if response.crash is not None or response.status < 200 or response.status == 500:
        return
    if not operation.responses or operation.response_for(response.status) is not None:
        return
    status = response.status
    if status > 500:
        return  # server-error says it
    if "%2f" in judged.exchange.request.path.lower() and status in _ROUTED:
        return  # servers decode the slash before they look for a route: it is not this operation that answers
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "unknown"
    framework = _framework(judged)
    mend = f"declare it: responses={{{status}: {{...}}}}"
    if framework:
        yield Claim(
            "undeclared-status",
            operation.key,
            f"{status} {framework}",
            f"{framework} is answered {status} by the framework, which no route declares",
            (judged.exchange,),
            place=str(status),
            severity=Severity.RISKY,
            grouped=True,
            mend=f"declare it for the whole app: FastAPI(responses={{{status}: {{...}}}})",
        )
        return
    yield Claim(
        "undeclared-status",
        operation.key,
        str(status),
        f"it answers {status} ({phrase}), which the contract does not declare",
        (judged.exchange,),
        place=str(status),
        mend=mend,
    )


def _framework(judged: Judged) -> str:
    """Return what was sent, where it is the framework that answers so on every route; else an empty text."""
    status, request = judged.exchange.response.status, judged.exchange.request
    keywords = {breach.keyword for breach in judged.validity.breaches if breach.place.startswith("body")}
    if status == HTTPStatus.BAD_REQUEST and keywords & {"syntax", "media-type"}:
        return "a body that cannot be read"
    if status == HTTPStatus.BAD_REQUEST and request.body and request.media_type == "multipart/form-data":
        return "a malformed multipart body"
    if status == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
        return "a header that is too large"
    return ""


CHECK = Check(
    id="undeclared-status",
    summary="every status that is answered is declared",
    judge=judge,
    breaks="""
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/teas/{name}")
def read_tea(name: str) -> dict[str, str]:
    if name != "assam":
        raise HTTPException(404, "no such tea")
    return {"name": name}
""",
    holds="""
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/teas/{name}", responses={404: {"description": "There is no such tea"}})
def read_tea(name: str) -> dict[str, str]:
    if name != "assam":
        raise HTTPException(404, "no such tea")
    return {"name": name}
""",
)
