"""Conditional requests are answered as the contract says: 304 for what has not changed, 412 for what has.

`If-Match` keeps one user from overwriting what another just changed (RFC 9110, section 13.1.1): a service that declares
412 and yet takes a change with an `ETag` that is not the current one loses that change without a word. `If-None-Match`
(section 13.1.2) spares clients what they already have, and shows them something stale where the `ETag` stays the same
although the thing changed (section 8.8.1). Only operations that declare these answers are held to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_header
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.resources import Resource
from contractkit.fuzz.scene import Scene

_MADE_UP = '"made-up-by-contractkit"'


def play(scene: Scene) -> Iterator[Claim]:
    """Read with the ETag that was given, and change with one that is made up or stale."""
    operation, resource = scene.operation, scene.resource
    if operation.method == "GET":
        if "304" in operation.responses:
            yield from _unchanged(scene)
        if resource is not None and operation is resource.read:
            yield from _changed(scene, resource)
    elif resource is not None and "412" in operation.responses and _is_tagged(operation, resource):
        yield from _guarded(scene, resource)


def _unchanged(scene: Scene) -> Iterator[Claim]:
    first = scene.accepted()
    tag = "" if first is None else first.response.header("etag")
    if first is None or not tag:
        return
    again = scene.send(scene.operation, with_header(first.request, "If-None-Match", tag))
    if again.response.status == 200 and again.response.header("etag") == tag:
        message = "it declares 304, yet sends again what has not changed (If-None-Match has its ETag)"
        yield scene.claim("if-none-match ignored", message, [first, again], place="304")


def _changed(scene: Scene, resource: Resource) -> Iterator[Claim]:
    """Look whether the ETag changes with what it stands for."""
    change = resource.update or resource.replace
    made = scene.make(resource) if change is not None else None
    read = None if made is None else scene.member(resource.read, made)
    if change is None or made is None or read is None or resource.read is None:
        return
    before = scene.send(resource.read, read)
    tag = before.response.header("etag")
    request = scene.member(change, made)
    if not tag or request is None:
        return
    if _takes(change, "if-match"):
        request = with_header(request, "If-Match", tag)
    changed = scene.send(change, request)
    after = scene.send(resource.read, read)
    if not changed.response.is_success or not after.response.is_success:
        return
    if after.response.body != before.response.body and after.response.header("etag") == tag:
        message = "its ETag stays the same although what it stands for has changed"
        yield scene.claim("etag stays", message, [made[0], before, changed, after], place="200.header.ETag")


def _guarded(scene: Scene, resource: Resource) -> Iterator[Claim]:
    made = scene.make(resource)
    request = None if made is None else scene.member(scene.operation, made)
    if made is None or request is None:
        return
    steps = [made[0]]
    tag = _tag(scene, resource, made[0], steps)
    tried = scene.send(scene.operation, with_header(request, "If-Match", _MADE_UP))
    if tried.response.is_success:
        message = f"it declares 412, yet answers {tried.response.status} to an If-Match that names no current ETag"
        yield scene.claim("if-match ignored", message, [*steps, tried], place="412")
        return
    if not tag or tag.startswith("W/"):  # a weak one never matches (RFC 9110, section 13.1.1)
        return
    current = scene.send(scene.operation, with_header(request, "If-Match", tag))
    if current.response.status == 412:
        message = "it answers 412 to an If-Match with the current ETag"
        yield scene.claim("current etag refused", message, [*steps, current], place="412")
    elif current.response.is_success and scene.operation is not resource.delete:
        if _tag(scene, resource, made[0], steps) == tag:
            return  # nothing changed
        stale = scene.send(scene.operation, with_header(request, "If-Match", tag))
        if stale.response.is_success:
            message = (
                f"it declares 412, yet answers {stale.response.status} to an If-Match with the ETag before a change"
            )
            yield scene.claim("stale etag taken", message, [*steps, current, stale], place="412")


def _tag(scene: Scene, resource: Resource, made: Exchange, steps: list[Exchange]) -> str:
    """Return the current ETag of a member, read anew; the reading becomes a step."""
    value = resource.id_of(made)
    read: Request | None = None if value is None else scene.member(resource.read, (made, value))
    if read is None or resource.read is None:
        return ""
    answer = scene.send(resource.read, read)
    steps.append(answer)
    return answer.response.header("etag")


def _is_tagged(operation: Operation, resource: Resource) -> bool:
    """Whether the contract speaks of ETags for a change: as its parameter, or as a header of the reading."""
    if operation not in (resource.update, resource.replace, resource.delete):
        return False
    if _takes(operation, "if-match"):
        return True
    spec = None if resource.read is None else resource.read.responses.get("200")
    return spec is not None and any(name.lower() == "etag" for name in spec.headers)


def _takes(operation: Operation, name: str) -> bool:
    return operation.parameter("header", name) is not None


_APP = """
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Response

app = FastAPI()
teas: list[int] = []
MISSING = {404: {"description": "There is no such tea"}}


@app.post("/teas", status_code=201)
def create_tea() -> dict[str, int]:
    teas.append(1)
    return {"tea_id": len(teas)}


@app.get("/teas/{tea_id}", responses=MISSING)
def read_tea(tea_id: int, response: Response) -> dict[str, int]:
    if not 0 < tea_id <= len(teas):
        raise HTTPException(404, "no such tea")
    response.headers["ETag"] = f'"{teas[tea_id - 1]}"'
    return {"version": teas[tea_id - 1]}


@app.put("/teas/{tea_id}", status_code=204, responses={**MISSING, 412: {"description": "It has changed"}})
def brew_tea(tea_id: int, if_match: Annotated[str | None, Header()] = None) -> None:
    if not 0 < tea_id <= len(teas):
        raise HTTPException(404, "no such tea")
    if CONDITION:
        raise HTTPException(412, "it has changed")
    teas[tea_id - 1] += 1
"""

CHECK = Check(
    id="conditional-request",
    summary="If-Match and If-None-Match are heeded where 412 and 304 are declared",
    play=play,
    breaks=_APP.replace("CONDITION", "if_match == 'never'"),
    holds=_APP.replace("CONDITION", "if_match not in (None, '*', f'\"{teas[tea_id - 1]}\"')"),
)
