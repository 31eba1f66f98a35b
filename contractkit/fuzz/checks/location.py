"""`Location` leads to what was created.

A client that created something follows `Location` to it (RFC 9110, section 10.2.2); behind a 202 it finds there how far
the work is. A link that leads nowhere, or to something else, shows the user an error right after a success.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.resources import identifier
from contractkit.fuzz.scene import Scene
from contractkit.model.finding import Severity

_ACCEPTED = frozenset({201, 202})
_GONE = frozenset({404, 410})
_NOWHERE = _GONE | {400, 422}
"""What a link that the service gave itself is answered where it names nothing; its identifier may have a wrong form."""


def play(scene: Scene) -> Iterator[Claim]:
    """Follow the Location of an answer to a POST or PUT."""
    if scene.operation.method not in ("POST", "PUT"):
        return
    made = scene.accepted()
    location = "" if made is None else made.response.header("location")
    if made is None or made.response.status not in _ACCEPTED or not location:
        return
    parts = urlsplit(urljoin(f"http://host{made.request.target}", location))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    reader = scene.api.find("GET", parts.path)
    if reader is None:
        # Elsewhere, or for other methods only: not for this contract to say.
        if urlsplit(location).netloc or any(one.pattern.match(parts.path) for one in scene.api.operations.values()):
            return
        answer = scene.send(None, Request("GET", target, identity=scene.user))
        if answer.response.status in _GONE:
            yield _nowhere(
                scene, made, answer, Severity.RISKY if _is_prefixed(scene, parts.path) else Severity.BREAKING
            )
        return
    answer = scene.send(reader, Request("GET", target, identity=scene.user))
    if answer.response.status in _NOWHERE:
        yield _nowhere(scene, made, answer, Severity.BREAKING)
        return
    resource = scene.resource
    if resource is None or reader is not resource.read:
        return
    ids = [identifier(one.response.json, resource) for one in (made, answer)]
    if None not in ids and ids[0] != ids[1]:
        message = f"the Location of its {made.response.status} leads to another one than was created"
        yield scene.claim("leads to another", message, [made, answer], place=_place(made))


def _nowhere(scene: Scene, made: Exchange, answer: Exchange, severity: Severity) -> Claim:
    message = f"the Location of its {made.response.status} leads nowhere: GET answers {answer.response.status}"
    return scene.claim("leads nowhere", message, [made, answer], place=_place(made), severity=severity)


def _is_prefixed(scene: Scene, path: str) -> bool:
    """Whether a path leads to an operation but for a prefix, which a proxy in front of the app may take away."""
    segments = path.split("/")
    shorter = ["/" + "/".join(segments[start:]) for start in range(2, len(segments))]
    return any(scene.api.find("GET", one) is not None for one in shorter)


def _place(made: Exchange) -> str:
    return f"{made.response.status}.header.Location"


_APP = """
from fastapi import FastAPI, HTTPException, Response

app = FastAPI()
teas: list[str] = []


@app.post("/teas", status_code=201)
def create_tea(response: Response) -> dict[str, int]:
    teas.append("assam")
    response.headers["Location"] = f"/PATH/{len(teas)}"
    return {"tea_id": len(teas)}


@app.get("/teas/{tea_id}", responses={404: {"description": "There is no such tea"}})
def read_tea(tea_id: int) -> dict[str, int]:
    if not 0 < tea_id <= len(teas):
        raise HTTPException(404, "no such tea")
    return {"tea_id": tea_id}
"""

CHECK = Check(
    id="location",
    summary="Location leads to what was created",
    play=play,
    breaks=_APP.replace("PATH", "tea"),
    holds=_APP.replace("PATH", "teas"),
)
