"""Every body has a media type that the contract declares for its status.

A client reads a body by the type that the contract names. An HTML error page where JSON was promised ends in a parse
error instead of a message. Give the response the declared type, or declare the one that is sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim

_BODILESS = frozenset({204, 205, 304})


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where the body's type is not one of those declared."""
    response, operation = judged.exchange.response, judged.operation
    spec = operation.response_for(response.status)
    if spec is None or not spec.bodies or response.crash is not None or operation.method == "HEAD":
        return
    if response.status in _BODILESS or (not response.body and not response.media_type):
        return
    declared = sorted({one.media_type.text for one in spec.bodies})
    if spec.body_for(response) is not None:
        return
    shown = response.media_type or "no media type"
    yield Claim(
        "undeclared-media-type",
        operation.key,
        f"{response.status} {shown}",
        f"its {response.status} comes as {shown}; the contract declares {', '.join(declared)}",
        (judged.exchange,),
        place=f"{response.status}.content-type",
    )


CHECK = Check(
    id="undeclared-media-type",
    summary="every body has a declared media type",
    judge=judge,
    breaks="""
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/motto", response_model=str)
def read_motto() -> PlainTextResponse:
    return PlainTextResponse("first water, then leaves")
""",
    holds="""
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/motto", response_class=PlainTextResponse)
def read_motto() -> PlainTextResponse:
    return PlainTextResponse("first water, then leaves")
""",
)
