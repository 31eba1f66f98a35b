"""GET changes nothing, and PUT and DELETE do once what they do, however often they are sent.

Browsers, proxies and clients send such requests again when a connection breaks, without asking (RFC 9110, sections
9.2.1 and 9.2.2). The answer to the second one may differ; what is there afterwards may not. Compared is only what a
client itself wrote: times, versions and counters that the service keeps may change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.knowledge import name_of, plain
from contractkit.fuzz.listing import items_of, total_of
from contractkit.fuzz.message import ABSENT, Exchange, Request, leaves
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.resources import Resource, identifier
from contractkit.fuzz.scene import Scene

_TELLING = 6
"""How long an identifier must be to be told from other values."""
_GONE = frozenset({404, 410})
_LISTED = 3
_TURNED_DOWN = frozenset({400, 404, 405, 409, 410, 422})
"""What a GET that was just answered cannot be refused with, where nothing happened in between."""


def play(scene: Scene) -> Iterator[Claim]:
    """Send the same request twice and look at what it left."""
    resource, method = scene.resource, scene.operation.method
    if method == "GET":
        yield from _read_twice(scene, resource)
    elif method == "PUT":
        yield from _put_twice(scene, resource)
    elif method == "DELETE" and resource is not None and scene.operation is resource.delete:
        yield from _deleted_twice(scene, resource)


def _read_twice(scene: Scene, resource: Resource | None) -> Iterator[Claim]:
    steps: list[Exchange] = []
    written: Any = ABSENT
    request: Request | None = None
    if resource is not None and scene.operation is resource.read and resource.create is not None:
        made = scene.make(resource)
        if made is not None:
            steps, written = [made[0]], made[0].request.json
            request = scene.member(resource.read, made)
    if request is None:
        accepted = scene.accepted()
        if accepted is None:
            return
        request = accepted.request
    first, second = scene.send(scene.operation, request), scene.send(scene.operation, request)
    if not first.response.is_success:
        return
    status = second.response.status
    if status in _TURNED_DOWN:
        message = f"the same GET twice is answered {first.response.status} and then {status}: reading changes something"
        yield scene.claim("refused the second time", message, [*steps, first, second], place=str(status))
        return
    name = _changed(written, first, second)
    if name is not None:
        message = f"reading changes what it reads: `{name}` differs from one GET to the next"
        yield scene.claim(f"reading changes {name}", message, [*steps, first, second], place=f"200.body/{name}")


def _put_twice(scene: Scene, resource: Resource | None) -> Iterator[Claim]:
    steps: list[Exchange] = []
    request: Request | None = None
    if resource is not None and resource.create is not None and scene.operation is resource.replace:
        made = scene.make(resource)
        if made is not None:
            steps, request = [made[0]], scene.member(scene.operation, made, full=True)
    if request is None:
        accepted = scene.accepted()
        request = None if accepted is None else accepted.request
    reader = scene.api.find("GET", request.path) if request is not None else None
    if request is None or reader is None or reader.template != scene.operation.template:
        return
    read = Request("GET", request.path, identity=scene.user)
    put = scene.send(scene.operation, request)
    before = scene.send(reader, read)
    if not put.response.is_success or not _is_stable(scene, reader, before):
        return
    count = _count(scene, resource)
    again = scene.send(scene.operation, request)
    after = scene.send(reader, read)
    steps += [put, before, again, after]
    if after.response.status in _GONE:
        message = f"the same PUT twice: GET answers {after.response.status} after the second one"
        yield scene.claim("gone the second time", message, steps, place=str(after.response.status))
        return
    name = _changed(request.json, before, after)
    if name is not None:
        message = f"the same PUT sent again changes `{name}`: it is not idempotent"
        yield scene.claim(f"again changes {name}", message, steps, place=f"200.body/{name}")
        return
    grown = _count(scene, resource)
    if count is not None and grown is not None and grown > count:
        message = f"the same PUT sent again makes another member: there are {grown} now, {count} before"
        yield scene.claim("again creates", message, steps)


def _deleted_twice(scene: Scene, resource: Resource) -> Iterator[Claim]:
    if resource.create is None:
        _listed_twice(scene, resource)
        return
    if resource.read is None:
        return
    made, other = scene.make(resource), scene.make(resource, attempt=1)
    if made is None or other is None or made[1] == other[1] or _mentions(other[0].request, made[1]):
        return
    request, read, read_other = (
        scene.member(scene.operation, made),
        scene.member(resource.read, made),
        scene.member(resource.read, other),
    )
    if request is None or read is None or read_other is None:
        return
    if not _is_stable(scene, resource.read, scene.send(resource.read, read_other)):
        return
    steps = [made[0], other[0], scene.send(scene.operation, request)]
    if not steps[-1].response.is_success:
        return
    was_gone = scene.send(resource.read, read).response.status in _GONE
    for words, cause in (("", "another is gone"), (" sent again", "another is gone the second time")):
        if words:
            steps.append(scene.send(scene.operation, request))
        there = scene.send(resource.read, read_other)
        if there.response.status in _GONE:
            message = f"the DELETE{words} takes away another member too, which it does not name"
            yield scene.claim(cause, message, [*steps, there], place=str(there.response.status))
            return
    back = scene.send(resource.read, read)
    if was_gone and back.response.is_success:
        message = "the DELETE sent again brings back what the first one took away"
        yield scene.claim("back again", message, [*steps, back], place=str(back.response.status))


def _listed_twice(scene: Scene, resource: Resource) -> None:
    """Delete what only a list shows, and once more; whether the answers are right is for the other checks to say."""
    page = None if resource.list is None else scene.accepted(resource.list)
    found = [identifier(item, resource) for item in (None if page is None else items_of(page)) or ()]
    for value in [one for one in found if one is not None][:_LISTED]:
        request = None if page is None else scene.member(scene.operation, (page, value))
        if request is not None and scene.send(scene.operation, request).response.is_success:
            scene.send(scene.operation, request)


def _is_stable(scene: Scene, reader: Operation, read: Exchange) -> bool:
    """Whether what was read can be read again: where it cannot, PUT and DELETE are not to blame."""
    return read.response.is_success and scene.send(reader, read.request).response.is_success


def _changed(written: Any, first: Exchange, second: Exchange) -> str | None:
    """Return a field that a client wrote and that two answers give differently."""
    before, after = first.response.json, second.response.json
    if not (isinstance(written, dict) and isinstance(before, dict) and isinstance(after, dict)):
        return None
    return next((name for name in written if name in before and before[name] != after.get(name, ABSENT)), None)


def _count(scene: Scene, resource: Resource | None) -> int | None:
    """Return how many members there are, as far as a list says so."""
    if resource is None or resource.list is None or resource.collection.count("{"):
        return None
    page = scene.accepted(resource.list)
    items = None if page is None else items_of(page)
    if page is None or items is None:
        return None
    total = total_of(page)
    return len(items) if total is None else total


def _mentions(request: Request, value: object) -> bool:
    """Whether a request names a member: what belongs to one that goes may go with it."""
    if request.json is ABSENT:
        return False
    for pointer, leaf in leaves(request.json):
        # A small number may be there by chance.
        by_name = plain(name_of(pointer)).endswith(("id", "ids", "parent"))
        if str(leaf) == str(value) and (by_name or len(str(value)) >= _TELLING):
            return True
    return False


_APP = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict

app = FastAPI(responses={400: {"description": "The body cannot be read"}})
teas: dict[int, list[str]] = {}
MISSING = {404: {"description": "There is no such tea"}}


class Tea(BaseModel):
    model_config = ConfigDict(strict=True)
    labels: list[str]


@app.post("/teas", status_code=201)
def create_tea(tea: Tea) -> dict[str, int]:
    teas[len(teas) + 1] = tea.labels
    return {"number": len(teas)}


@app.get("/teas/{number}", responses=MISSING)
def read_tea(number: int) -> Tea:
    if number not in teas:
        raise HTTPException(404, "no such tea")
    return Tea(labels=teas[number])


@app.put("/teas/{number}", responses=MISSING)
def replace_tea(number: int, tea: Tea) -> Tea:
    if number not in teas:
        raise HTTPException(404, "no such tea")
    teas[number] = STORED
    return Tea(labels=teas[number])
"""

CHECK = Check(
    id="repeated-request",
    summary="GET changes nothing; PUT and DELETE sent twice leave what they leave when sent once",
    play=play,
    breaks=_APP.replace("STORED", "teas[number] + tea.labels"),
    holds=_APP.replace("STORED", "tea.labels"),
)
