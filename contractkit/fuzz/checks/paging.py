"""Pages of a list hold as many items as were asked for, each item once, and the total that they state.

A client that walks the pages relies on it: an item that comes twice is shown twice, one that is skipped is never seen,
and a limit that is ignored may be the whole table. Read off the contract are a parameter for the size of a page
(`limit`, `page_size`, `per_page`, `size`) and one for its start (`offset`, `skip`); cursors are not followed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_query
from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.listing import items_of, total_of
from contractkit.fuzz.operation import ParameterSpec
from contractkit.fuzz.scene import Scene

_SIZE = ("limit", "pagesize", "perpage", "size", "count", "top")
_START = ("offset", "skip", "start")
_ITEMS = 3
"""How many members are made, so that there is something to page through."""


def play(scene: Scene) -> Iterator[Claim]:
    """Ask for pages of one item and for all of them at once, and compare."""
    if scene.operation.method != "GET":
        return
    size, start = _parameter(scene, _SIZE), _parameter(scene, _START)
    if size is None or size.check.is_valid("1", text=True) is not True:
        return
    resource = scene.resource
    if resource is not None and resource.create is not None and scene.operation is resource.list:
        for attempt in range(_ITEMS):
            scene.make(resource, attempt=attempt)
    base = scene.accepted()
    if base is None:
        return
    bare = with_query(base.request, size.name)
    for name, _ in base.request.pairs:  # no filter: as many items as there are
        spec = scene.operation.parameter("query", name)
        if spec is not None and not spec.parameter.required:
            bare = with_query(bare, name)
    one = scene.send(scene.operation, with_query(bare, size.name, "1"))
    items = items_of(one)
    if items is None:
        return
    if len(items) > 1:
        message = f"it is asked for one item (`{size.name}=1`) and gives {len(items)}"
        yield scene.claim("limit ignored", message, [one], place=size.place)
        return
    if start is not None:
        yield from _walked(scene, bare, size, start)


def _walked(scene: Scene, bare: Any, size: ParameterSpec, start: ParameterSpec) -> Iterator[Claim]:
    pages = [
        scene.send(scene.operation, with_query(with_query(bare, size.name, "1"), start.name, str(number)))
        for number in range(_ITEMS)
    ]
    two = scene.send(scene.operation, with_query(with_query(bare, size.name, "2"), start.name, "0"))
    found = [items_of(page) for page in pages]
    together = items_of(two)
    if together is None or any(one is None or len(one) > 1 for one in found):
        return
    single = [_text(one[0]) for one in found if one]
    if len(set(single)) < len(single):
        message = f"walking the pages by `{start.name}` gives an item twice"
        yield scene.claim("twice", message, pages, place=start.place)
    elif [_text(one) for one in together] != single[: len(together)]:
        message = f"pages of one item do not hold what a page of two holds (`{start.name}`, `{size.name}`)"
        yield scene.claim("skipped", message, [pages[0], pages[1], two], place=start.place)
    totals = {total_of(page) for page in (*pages, two)} - {None}
    total = next(iter(totals)) if len(totals) == 1 else None
    if total is not None and (total < len(single) or (len(single) < _ITEMS and total > len(single))):
        message = f"it states a total of {total}, and {len(single)} items can be walked to"
        yield scene.claim("total", message, pages, place="200.body/total")


def _parameter(scene: Scene, names: tuple[str, ...]) -> ParameterSpec | None:
    for spec in scene.operation.parameters:
        if spec.where == "query" and plain(spec.name) in names:
            return spec
    return None


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


_APP = """
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/teas")
def list_teas(limit: int = Query(10, ge=1, le=100), offset: int = Query(0, ge=0)) -> list[str]:
    teas = ["assam", "darjeeling", "ceylon", "sencha"]
    return teas[PART]
"""

CHECK = Check(
    id="paging",
    summary="pages hold what was asked for, each item once",
    play=play,
    breaks=_APP.replace("PART", "max(0, offset - 1) : max(0, offset - 1) + limit"),
    holds=_APP.replace("PART", "offset : offset + limit"),
)
