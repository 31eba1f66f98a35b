"""A POST that is sent again with the same idempotency key creates nothing new.

A client that got no answer sends its order again, with the same key, so that it is not placed twice. Where the contract
declares such a header (`Idempotency-Key`), a second request with the same key and the same body must lead to what the
first one made (IETF draft-ietf-httpapi-idempotency-key-header, section 2).
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_header
from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.scene import Scene

_NAMES = frozenset({"idempotencykey", "xidempotencykey"})


def play(scene: Scene) -> Iterator[Claim]:
    """Create with a key, and create again with the same one."""
    operation, resource = scene.operation, scene.resource
    if operation.method != "POST" or resource is None or operation is not resource.create:
        return
    spec = next((one for one in operation.parameters if one.where == "header" and plain(one.name) in _NAMES), None)
    accepted = None if spec is None else scene.accepted()
    if spec is None or accepted is None:
        return
    key = str(uuid.UUID(int=scene.rng.getrandbits(128), version=4))
    if spec.check.is_valid(key, text=True) is False:
        return
    # What was accepted may hold a name that is taken now.
    for request in itertools.chain([accepted.request], scene.maker.further(operation, scene.user)):
        keyed = with_header(request, spec.name, key)
        first = scene.send(operation, keyed)
        if not first.response.is_success:
            continue
        second = scene.send(operation, keyed)
        ids = [resource.id_of(one) for one in (first, second)]
        if second.response.is_success and None not in ids and ids[0] != ids[1]:
            message = f"the same request with the same `{spec.name}` creates a second one"
            yield scene.claim("created twice", message, [first, second], place=spec.place)
        return


_APP = """
from typing import Annotated

from fastapi import FastAPI, Header

app = FastAPI()
orders: dict[int, str | None] = {}
known: dict[str, int] = {}


@app.post("/orders", status_code=201)
def create_order(idempotency_key: Annotated[str | None, Header(max_length=80)] = None) -> dict[str, int]:
    if idempotency_key in known:
        return {"order_id": known[idempotency_key]}
    number = len(orders) + 1
    orders[number] = idempotency_key
    if idempotency_key is not None:
        REMEMBER
    return {"order_id": number}


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> dict[str, int]:
    return {"order_id": order_id}
"""

CHECK = Check(
    id="idempotency-key",
    summary="a POST sent again with the same idempotency key creates nothing new",
    play=play,
    breaks=_APP.replace("REMEMBER", "pass"),
    holds=_APP.replace("REMEMBER", "known[idempotency_key] = number"),
)
