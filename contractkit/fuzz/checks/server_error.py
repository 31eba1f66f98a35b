"""An operation answers every request, however odd, without failing itself.

A 500 tells a client nothing that it could act on, and usually means an exception that nobody expected: the request was
not refused, it broke the handler. What a client sent is lost or half done. Check what comes in, and answer 4xx with a
reason; declare the answer in `responses`.

A 5xx status that the contract declares, such as 503 with Retry-After, is an answer, not a failure; 500 always is one.
In process an exception that leaves the app is found even where the app sends no answer of its own. One finding is one
place in the app's code, however many requests reach it.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.session import NO_ANSWER, NOT_SENT


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where the app failed, or gave no answer."""
    response, operation = judged.exchange.response, judged.operation
    if response.crash is not None:
        crash = response.crash
        place = f" at {crash.place} in {crash.function}" if crash.file else ""
        message = f"the app fails with {crash.kind}{place}" + (f": {crash.text}" if crash.text else "")
        cause = f"{crash.kind} {crash.file} {crash.function}"
        yield Claim("server-error", operation.key, cause, message, (judged.exchange,), place=crash.place)
    elif response.status == NO_ANSWER and not response.body.startswith(NOT_SENT):
        reason = response.text
        cause = "timeout" if reason.startswith("timeout: ") else "no answer"
        yield Claim(
            "server-error",
            operation.key,
            cause,
            f"the app gives no answer: {reason.removeprefix('timeout: ')}",
            (judged.exchange,),
        )
    elif response.status == 500 or (
        response.status > 500 and not ({str(response.status), "5XX"} & set(operation.responses))
    ):
        yield Claim(
            "server-error",
            operation.key,
            str(response.status),
            f"the app fails and answers {response.status}",
            (judged.exchange,),
            place=str(response.status),
        )


CHECK = Check(
    id="server-error",
    summary="no request makes the app fail",
    judge=judge,
    breaks="""
from fastapi import FastAPI

app = FastAPI()


@app.get("/share")
def share(people: int) -> dict[str, int]:
    return {"each": 100 // people}
""",
    holds="""
from typing import Annotated

from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/share")
def share(people: Annotated[int, Query(ge=1)]) -> dict[str, int]:
    return {"each": 100 // people}
""",
)
