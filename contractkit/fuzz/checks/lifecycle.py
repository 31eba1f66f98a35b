"""What was created is there, what was changed stays changed, and what was deleted is gone.

A client that got a 201 shows the new thing; one that got a 204 for a DELETE takes it off the screen. Where the next GET
says otherwise, data was lost, or never removed. Each step is sent by the same user, who was told that all went well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.knowledge import Scalar
from contractkit.fuzz.message import ABSENT, Exchange, Request, leaves
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.pages import whole_list
from contractkit.fuzz.resources import Resource, identifier
from contractkit.fuzz.scene import Scene

_GONE = frozenset({404, 410})
_LATER = 202
"""Accepted, to be done later (RFC 9110, section 15.3.3)."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_MAX_FIELDS = 40
_CHANGES = 4


def play(scene: Scene) -> Iterator[Claim]:
    """Create a member and read it; change it and read it; delete it and read it."""
    resource = scene.resource
    if scene.operation.method in ("PUT", "PATCH") and not scene.operation.path_parameters:
        yield from _changed_alone(scene)
    if resource is None or resource.create is None:
        return
    if scene.operation is resource.delete:
        yield from _shown_elsewhere(scene, resource)
    if resource.read is None:
        return
    if scene.operation is resource.create:
        yield from _created(scene, resource)
    elif scene.operation in (resource.update, resource.replace):
        yield from _changed(scene, resource)
    elif scene.operation is resource.delete:
        yield from _deleted(scene, resource)


def _made(scene: Scene, resource: Resource) -> tuple[tuple[Exchange, Scalar], Request] | None:
    made = scene.make(resource)
    read = None if made is None else scene.member(resource.read, made)
    return None if made is None or read is None else (made, read)


def _created(scene: Scene, resource: Resource) -> Iterator[Claim]:
    found = _made(scene, resource)
    if found is None:
        return
    made, read = found
    answer = scene.send(resource.read, read)
    status = answer.response.status
    if status in _GONE:
        message = f"what it creates cannot be read: GET answers {status} right after it answered {_status(made)}"
        yield scene.claim("not found", message, [made[0], answer], place=str(status))
    elif answer.response.is_success:
        yield from _kept(scene, [made[0]], made[0], answer, "what was sent is not what is read back")


def _changed(scene: Scene, resource: Resource) -> Iterator[Claim]:
    found = _made(scene, resource)
    if found is None:
        return
    made, read = found
    before = scene.send(resource.read, read)  # a cache that no change empties has it from here on
    for chosen in scene.maker.pool(scene.operation)[:_CHANGES]:
        change = scene.member(scene.operation, made, chosen=chosen)
        changed = None if change is None else scene.send(scene.operation, change)
        if changed is None or not changed.response.is_success:
            continue
        answer = scene.send(resource.read, read)
        steps = [made[0], before, changed]
        claims = _kept(scene, steps, changed, answer, "a change that it accepted is not kept")
        claim = next(claims, None) if answer.response.is_success else None
        if claim is not None:
            yield claim
            return


def _changed_alone(scene: Scene) -> Iterator[Claim]:
    """Change what there is only one of (`/me`): what the answer says of it, the next GET must say, too."""
    operation = scene.operation
    reader = scene.api.operations.get(f"GET {operation.key.partition(' ')[2]}")
    first = None if reader is None else scene.accepted()
    if reader is None or first is None:
        return
    read = Request("GET", first.request.path, identity=scene.user)
    for request in scene.maker.pool(operation)[:_CHANGES]:
        before = scene.send(reader, read)
        grounded = scene.maker.grounded(operation, request.of(scene.user), scene.rng)
        changed = scene.send(operation, scene.maker.matching(operation, grounded))
        after = scene.send(reader, read)
        name = _lost(before, changed, after) if changed.response.status != _LATER else None
        if name is not None:
            message = f"a change that it accepted is not kept: `{name}`"
            yield scene.claim(f"not kept {name}", message, [before, changed, after], place=f"200.body/{name}")
            return


def _lost(before: Exchange, changed: Exchange, after: Exchange) -> str | None:
    """Return a field that was sent, and changed as the answer has it, and is as it was before when it is read."""
    sent, told = changed.request.json, changed.response.json
    old, new = before.response.json, after.response.json
    if not all(isinstance(one, dict) for one in (sent, told, old, new)) or not changed.response.is_success:
        return None
    names = [name for name in sent if name in told and name in old and name in new]
    return next((name for name in names if told[name] != old[name] and new[name] == old[name]), None)


def _deleted(scene: Scene, resource: Resource) -> Iterator[Claim]:
    found = _made(scene, resource)
    delete = None if found is None else scene.member(resource.delete, found[0])
    if found is None or delete is None:
        return
    made, read = found
    before = scene.send(resource.read, read)
    gone = scene.send(resource.delete, delete)
    if not before.response.is_success or not gone.response.is_success:
        return
    after = scene.send(resource.read, read)
    # A representation may stay and say that it is over; one that differs in its times at most does not.
    if after.response.is_success and _is_unmarked(before, after):
        message = f"what it deletes is still there: GET answers {after.response.status} as before"
        yield scene.claim("still there", message, [made[0], before, gone, after], place=str(after.response.status))


def _is_unmarked(before: Exchange, after: Exchange) -> bool:
    """Whether nothing but times differs between two representations: nothing says that this was deleted."""
    if before.response.body == after.response.body:
        return True
    if before.response.json is ABSENT or after.response.json is ABSENT:
        return False
    old, new = dict(leaves(before.response.json)), dict(leaves(after.response.json))
    return old.keys() == new.keys() and all(
        value == new[name] or (_is_time(value) and _is_time(new[name])) for name, value in old.items()
    )


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.match(value) is not None


def _shown_elsewhere(scene: Scene, resource: Resource) -> Iterator[Claim]:
    """Look for what was deleted in its list, and at what is read below it."""
    made = scene.make(resource)
    delete = None if made is None else scene.member(resource.delete, made)
    if made is None or delete is None:
        return
    readers = [
        one
        for one in scene.api.operations.values()
        if one.method == "GET" and one.template.startswith(f"{resource.template}/")
    ]
    requests = [
        (one, scene.member(one, made)) for one in readers if len(one.path_parameters) == resource.template.count("{")
    ]
    before = [scene.send(one, request) for one, request in requests if request is not None]
    listed = _listed(scene, resource, made[1])
    gone = scene.send(resource.delete, delete)
    if not gone.response.is_success or gone.response.status == _LATER:
        return
    if listed is not None and _listed(scene, resource, made[1]) == listed:
        page = scene.session.log[-1]
        yield scene.claim("still listed", "what it deletes is still in the list, as before", [made[0], gone, page])
    for old in before:
        after = scene.send(scene.api.operations[old.operation], old.request)
        if old.response.is_success and after.response.is_success and after.response.body == old.response.body:
            message = f"what it deletes is still there: {old.operation} answers {after.response.status} as before"
            place = str(after.response.status)
            yield scene.claim(f"still there {old.operation}", message, [made[0], old, gone, after], place=place)


def _listed(scene: Scene, resource: Resource, value: Scalar) -> Any:
    """Return a member as its list shows it, None where it does not."""
    if resource.list is None or "{" in resource.collection:
        return None
    items = whole_list(scene.maker, resource.list, scene.user) or ()
    return next((item for item in items if str(identifier(item, resource)) == str(value)), None)


def _kept(scene: Scene, steps: Sequence[Exchange], sent: Exchange, read: Exchange, words: str) -> Iterator[Claim]:
    """Claim the first field that was sent and comes back with another value."""
    body, answer = sent.request.json, read.response.json
    if not isinstance(body, dict) or not isinstance(answer, dict):
        return
    for count, (name, value) in enumerate(body.items()):
        if count >= _MAX_FIELDS:
            return
        other = answer.get(name, ABSENT)
        if not _comparable(scene.operation, value, other) or value == other:
            continue
        yield scene.claim(f"{words} {name}", f"{words}: `{name}`", [*steps, read], place=f"200.body/{name}")
        return


def _comparable(operation: Operation, value: Any, other: Any) -> bool:
    """Whether two values stand for the same thing without doubt: plain scalars of one type, no text that is tidied."""
    if isinstance(value, bool) or isinstance(other, bool):
        return isinstance(value, bool) and isinstance(other, bool)
    if isinstance(value, int) and isinstance(other, int):
        return True
    # Services fold case and trim spaces; what is lower-case letters and digits they have no reason to touch.
    plain = isinstance(value, str) and value.isascii() and value.isalnum() and value == value.lower()
    return plain and isinstance(other, str)


def _status(made: tuple[Exchange, Scalar]) -> int:
    return made[0].response.status


_APP = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict

app = FastAPI()
teas: dict[int, dict[str, int]] = {}


class Tea(BaseModel):
    model_config = ConfigDict(strict=True)
    grams: int


@app.post("/teas", status_code=201)
def create_tea(tea: Tea) -> dict[str, int]:
    number = len(teas) + 1
    teas[number] = {"id": number, "grams": tea.grams}
    return teas[number]


@app.get("/teas/{tea_id}", responses={404: {"description": "There is no such tea"}})
def read_tea(tea_id: int) -> dict[str, int]:
    if tea_id not in teas or "gone" in teas[tea_id]:
        raise HTTPException(404, "no such tea")
    return teas[tea_id]


@app.delete("/teas/{tea_id}", status_code=204, responses={404: {"description": "There is no such tea"}})
def delete_tea(tea_id: int) -> None:
    if tea_id not in teas or "gone" in teas[tea_id]:
        raise HTTPException(404, "no such tea")
    DELETE
"""

CHECK = Check(
    id="lifecycle",
    summary="what was created, changed or deleted is so for the next request too",
    play=play,
    breaks=_APP.replace("DELETE", "teas[tea_id]"),
    holds=_APP.replace("DELETE", 'teas[tea_id]["gone"] = 1'),
)
