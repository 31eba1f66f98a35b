"""Every header that the contract declares as required is sent, and each declared header has a value of its schema.

A client that reads `Location`, `Retry-After` or a paging header relies on it. Set it on every answer of that status,
those of dependencies and error handlers included, or do not declare it as required.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim each declared header that is missing or malformed."""
    response, operation = judged.exchange.response, judged.operation
    spec = operation.response_for(response.status)
    if spec is None or response.crash is not None:
        return
    present = {name.lower() for name, _ in response.headers}
    for name, header in spec.headers.items():
        where = f"{response.status}.header.{name}"
        if name.lower() not in present:
            if header.parameter.required:
                text = f"its {response.status} lacks the header {name}, which the contract declares as required"
                yield Claim("response-header", operation.key, f"{where} missing", text, (judged.exchange,), where)
            continue
        if header.parameter.media_type is not None:
            continue
        value = response.header(name)
        values = [value, value.split(",")] if "," in value else [value]
        if all(header.check.is_valid(one, text=True) is False for one in values):
            violation = next(iter(header.check.violations(value, text=True)), None)
            reason = violation.text if violation is not None else "it does not match its schema"
            keyword = violation.keyword if violation is not None else ""
            text = f"the header {name} of its {response.status} does not match the contract: {reason}"
            yield Claim("response-header", operation.key, f"{where} {keyword}", text, (judged.exchange,), where)


CHECK = Check(
    id="response-header",
    summary="declared headers are sent and match their schemas",
    judge=judge,
    breaks="""
from fastapi import FastAPI

app = FastAPI()
HEADERS = {"X-Total": {"required": True, "schema": {"type": "integer"}}}


@app.get("/teas", responses={200: {"headers": HEADERS}})
def list_teas() -> list[str]:
    return ["assam"]
""",
    holds="""
from fastapi import FastAPI, Response

app = FastAPI()
HEADERS = {"X-Total": {"required": True, "schema": {"type": "integer"}}}


@app.get("/teas", responses={200: {"headers": HEADERS}})
def list_teas(response: Response) -> list[str]:
    response.headers["X-Total"] = "1"
    return ["assam"]
""",
)
