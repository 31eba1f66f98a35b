"""A 405 names the methods that the path takes.

A server must send `Allow` with a 405 (RFC 9110, section 15.5.6), with all methods that the target supports: gateways,
crawlers and people go by it. Starlette, below FastAPI, names the methods of the first route of a path only, where each
method has a route of its own. So this is one finding for the whole app, `risky`.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.scene import Scene
from contractkit.model.finding import Severity

_PROBES = ("PUT", "PATCH", "DELETE", "POST")
_MEND = "answer 405 in a handler that goes through all routes of the path and joins their methods"


def play(scene: Scene) -> Iterator[Claim]:
    """Send a method that the contract does not name for a path."""
    around = [one for one in scene.api.operations.values() if one.template == scene.operation.template]
    declared = {one.method for one in around}
    probe = next((one for one in _PROBES if one not in declared), None)
    if scene.operation is not around[0] or probe is None:
        return
    accepted = scene.accepted()
    if accepted is None:
        return
    answer = scene.send(None, Request(probe, accepted.request.path, identity=scene.user))
    if answer.response.status != 405:
        return
    allowed = {one.strip().upper() for one in answer.response.header("allow").split(",")} - {""}
    if not allowed:
        yield _claim(scene, "none", f"its 405 to {probe} has no Allow header", answer)
    elif declared - allowed:
        lacking = ", ".join(sorted(declared - allowed))
        message = (
            f"the Allow header of a 405 names {', '.join(sorted(allowed))} and not {lacking}, which the path takes"
        )
        yield _claim(scene, "incomplete", message, answer)


def _claim(scene: Scene, cause: str, message: str, answer: Exchange) -> Claim:
    key = scene.operation.key
    return Claim(
        scene.check, key, cause, message, (answer,), "405.header.Allow", Severity.RISKY, True, _MEND, scenario=key
    )


_APP = """
from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.get("/teas")
def list_teas() -> list[str]:
    return ["assam"]


@app.post("/teas")
def create_tea() -> list[str]:
    return ["assam", "sencha"]
"""

CHECK = Check(
    id="allow-header",
    summary="a 405 names the methods that the path takes",
    severity=Severity.RISKY,
    play=play,
    breaks=_APP,
    holds=_APP
    + """

@app.exception_handler(405)
async def answer_405(request: object, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "Method Not Allowed"}, 405, {"Allow": "GET, POST"})
""",
)
