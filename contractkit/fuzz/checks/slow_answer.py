"""An answer takes about as long as the other answers of its operation.

One input that takes seconds where others take milliseconds is a way to stop the service, and a request that some user
waits for. It is claimed where an answer takes longer than a second and eight times the operation's own median, and it
must be slow each of three times when it is sent again. With `--max-response-time` so is every answer that takes longer
than that.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Exchange
from contractkit.fuzz.operation import Api, Operation

SLOW_SECONDS = 1.0
FACTOR = 8
_FEW = 8
"""Answers that a median needs."""


def review(api: Api, operation: Operation, exchanges: Sequence[Exchange]) -> Iterator[Claim]:
    """Claim the slowest answer of an operation where it is far slower than the others, or than the limit."""
    limit = api.response_limit
    over = tuple(one for one in exchanges if limit is not None and one.response.seconds > limit)
    if over:
        text = f"its answer takes more than the {limit:g} s of --max-response-time"
        yield Claim("slow-answer", operation.key, "over the limit", text, over[-1:])
        return
    times = [one.response.seconds for one in exchanges if one.response.status]
    if len(times) < _FEW:
        return
    median = statistics.median(times)
    slowest = max(exchanges, key=lambda one: one.response.seconds)
    seconds = slowest.response.seconds
    if seconds < SLOW_SECONDS or seconds < FACTOR * median:
        return
    yield Claim(
        "slow-answer",
        operation.key,
        "slow",
        f"it takes more than {SLOW_SECONDS:g} s for this request, many times the median of its answers",
        (slowest,),
    )


CHECK = Check(
    id="slow-answer",
    summary="no input makes an answer take seconds",
    review=review,
    breaks="""
import time

from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/teas")
def list_teas(limit: int = Query(10, ge=1, le=50)) -> list[int]:
    if limit == 50:
        time.sleep(1.5)
    return list(range(limit))
""",
    holds="""
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/teas")
def list_teas(limit: int = Query(10, ge=1, le=50)) -> list[int]:
    return list(range(limit))
""",
)
