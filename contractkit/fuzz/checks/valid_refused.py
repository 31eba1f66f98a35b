"""A value that the contract documents is accepted.

Clients offer what the document lists: each value of an enum, the largest and smallest number, the longest text, the
example; and people write names in all letters, where a text is described by its length alone. A 422 for one of them
means that code and document disagree. Only such values are tried, one at a time in a request that was accepted before;
and since rules between fields are none of the contract's business, a value counts as refused only where no other valid
request gets through with it either, nor the same one with it in all places that hold the same (a repeated password).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_json, with_twins
from contractkit.fuzz.message import ABSENT, Exchange, Request, leaves
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.validity import kinds, node_at, validity
from contractkit.fuzz.variants import Variant, singles
from contractkit.schema.node import NULL, STRING, Node

_REFUSED = frozenset({400, 415, 422})
_OTHERS = 8
_TRIED = 60
_TEXTS = 20
_NAME = "Zoë Åström"


def play(scene: Scene) -> Iterator[Claim]:
    """Send each documented value in place of the one that was accepted."""
    base = scene.accepted()
    if base is None:
        return
    seen: set[str] = set()
    documented = itertools.islice(singles(scene.operation, base.request), _TRIED)
    for variant in itertools.chain(documented, _other_letters(scene, base.request)):
        if variant.why == "optional" or variant.place in seen:
            continue
        if validity(scene.operation, variant.request).valid is not True:
            continue
        exchange = scene.send(scene.operation, variant.request)
        if exchange.response.status not in _REFUSED or _gets_through(scene, base.request, variant):
            continue
        again = scene.send(scene.operation, base.request)
        if again.response.status in _REFUSED:
            return  # what was accepted before is refused as well now: the value is not to blame
        seen.add(variant.place)
        yield _claim(scene, variant, exchange)


def _other_letters(scene: Scene, base: Request) -> Iterator[Variant]:
    """Yield the request with a name in other letters than ASCII's in each text whose form the contract leaves open."""
    if base.json is ABSENT or not scene.operation.bodies:
        return
    for pointer, value in itertools.islice(leaves(base.json), _TEXTS):
        node = node_at(scene.operation.bodies[0].check.node, pointer)
        if not isinstance(value, str) or node is None or kinds(node) & ~NULL != STRING or not _is_open(node):
            continue
        text = _NAME.ljust(node.min_length or 0, "ö")[: node.max_length]
        yield Variant(with_json(base, pointer, text), f"body{pointer}", text, "any letters")


def _is_open(node: Node) -> bool:
    """Whether nothing is said of a text but how long it is."""
    parts = (node, *node.all_of, *(node.any_of or ()), *(node.one_of or ()))
    return all(one.pattern is None and one.format is None and one.enum is None for one in parts)


def _gets_through(scene: Scene, base: Request, variant: Variant) -> bool:
    """Whether some other valid request is accepted with the same value at the same place."""
    twin = with_twins(base, variant.place.removeprefix("body"), variant.value)
    if twin is not None and scene.send(scene.operation, twin).response.status not in _REFUSED:
        return True
    requests = scene.maker.pool(scene.operation)
    for request in requests[:_OTHERS]:
        grounded = scene.maker.grounded(scene.operation, request.of(scene.user), scene.rng)
        for other in singles(scene.operation, grounded):
            if (
                other.place == variant.place
                and other.value == variant.value
                and type(other.value) is type(variant.value)
            ):
                if scene.send(scene.operation, other.request).response.status not in _REFUSED:
                    return True
                break
    return False


def _claim(scene: Scene, variant: Variant, exchange: Exchange) -> Claim:
    shown = repr(variant.value) if len(repr(variant.value)) <= 60 else repr(variant.value)[:57] + "..."
    message = (
        f"it refuses a value that the contract documents ({variant.why}): {variant.place} = {shown} "
        f"is answered {exchange.response.status}"
    )
    return scene.claim(f"{variant.place} {variant.why}", message, [exchange], place=variant.place)


_APP = """
from enum import Enum

from fastapi import FastAPI, HTTPException

app = FastAPI()


class Kind(Enum):
    black = "black"
    green = "green"


@app.get("/teas", responses={400: {"description": "There is no such kind"}})
def list_teas(kind: Kind = Kind.black) -> list[str]:
    BODY
    return ["assam"]
"""

CHECK = Check(
    id="documented-value-refused",
    summary="values that the contract names are accepted",
    play=play,
    breaks=_APP.replace("BODY", 'if kind is Kind.green:\n        raise HTTPException(400, "no green tea")'),
    holds=_APP.replace("BODY", "del kind"),
)
