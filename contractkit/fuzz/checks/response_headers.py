"""Every header that the contract declares as required is sent, and each declared header has a value of its schema.

A client that reads `Location`, `Retry-After` or a paging header relies on it. Set it on every answer of that status,
those of dependencies and error handlers included, or do not declare it as required.

Some headers are what their status is there for: a declared `Location` of a 201, 202 or redirect, `WWW-Authenticate` of
a 401 and `Allow` of a 405 (RFC 9110, sections 15.3.2, 15.4, 15.5.2 and 15.5.6) are missed even where `required` was
left out. So are a declared `Deprecation` and `Sunset` (RFC 9745, RFC 8594) of an operation that is deprecated.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.operation import Operation


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
            if header.parameter.required or _belongs(name.lower(), response.status, operation):
                kind = " as required" if header.parameter.required else ""
                text = f"its {response.status} lacks the header {name}, which the contract declares{kind}"
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


def _belongs(name: str, status: int, operation: Operation) -> bool:
    """Whether a header is what a status, or a deprecated operation, is declared with it for."""
    if name in ("deprecation", "sunset"):
        return operation.endpoint.operation.get("deprecated") is True and 200 <= status < 300
    return status in _MEANT.get(name, ())


_MEANT = {"location": (201, 202, 301, 302, 303, 307, 308), "www-authenticate": (401,), "allow": (405,)}


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
