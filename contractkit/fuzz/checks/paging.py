"""Pages of a list hold as many items as were asked for, each item once, and the total that they state.

A client that walks the pages relies on it: an item that comes twice is shown twice, one that is skipped is never seen,
and a limit that is ignored may be the whole table. Read off the contract are a parameter for the size of a page
(`limit`, `page_size`, `per_page`, `size`) and one for its start (`offset`, `skip`); cursors are not followed. A total
is that of the whole list, filters included, and not of the page.
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
from contractkit.fuzz.message import Request
from contractkit.fuzz.operation import ParameterSpec
from contractkit.fuzz.pages import SIZE, START, bare, largest, paging_parameter
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.variants import documented, is_plain
from contractkit.schema.readings import text_of

_ITEMS = 3
"""How many members are made, so that there is something to page through."""
_FEW = 2
_VALUES = 6
"""Values of a filter that are tried."""


def play(scene: Scene) -> Iterator[Claim]:
    """Ask for pages of one item and for all of them at once, and compare."""
    operation = scene.operation
    if operation.method != "GET":
        return
    size, start = paging_parameter(operation, SIZE), paging_parameter(operation, START)
    if size is None or size.check.is_valid("1", text=True) is not True:
        return
    resource = scene.resource
    if resource is not None and resource.create is not None and operation is resource.list:
        for attempt in range(_ITEMS):
            scene.make(resource, attempt=attempt)
    base = scene.accepted()
    if base is None:
        return
    request = with_query(bare(operation, base.request), size.name)
    if len(items_of(scene.send(operation, with_query(request, size.name, "2"))) or ()) < _FEW:
        scene.populate()  # a report is of what was made elsewhere
    one = scene.send(operation, with_query(request, size.name, "1"))
    items = items_of(one)
    if items is None:
        return
    if len(items) > 1:
        message = f"it is asked for one item (`{size.name}=1`) and gives {len(items)}"
        yield scene.claim("limit ignored", message, [one], place=size.place)
        return
    if start is not None:
        yield from _walked(scene, request, size, start)
    yield from _filtered(scene, request, size)


def _walked(scene: Scene, request: Request, size: ParameterSpec, start: ParameterSpec) -> Iterator[Claim]:
    pages = [
        scene.send(scene.operation, with_query(with_query(request, size.name, "1"), start.name, str(number)))
        for number in range(_ITEMS)
    ]
    two = scene.send(scene.operation, with_query(with_query(request, size.name, "2"), start.name, "0"))
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
    elif len(totals) > 1 and total_of(scene.send(scene.operation, pages[0].request)) == total_of(pages[0]):
        message = f"the total that it states depends on the page: {', '.join(map(str, sorted(totals, key=str)))}"
        yield scene.claim("total of the page", message, [pages[0], two], place="200.body/total")


def _filtered(scene: Scene, request: Request, size: ParameterSpec) -> Iterator[Claim]:
    """Compare the total of a filtered list with its items, where one page holds them all."""
    number = largest(size)
    for spec in scene.operation.parameters:
        if spec.where != "query" or spec.parameter.required or plain(spec.name) in (*SIZE, *START):
            continue
        for value, _ in documented(spec.check.node)[:_VALUES]:
            if not is_plain(value):
                continue
            filtered = with_query(with_query(request, size.name, str(number)), spec.name, text_of(value))
            page = scene.send(scene.operation, filtered)
            items, total = items_of(page), total_of(page)
            if items is not None and total is not None and (total < len(items) or len(items) < min(total, number)):
                message = f"with `{spec.name}` it states a total of {total}, and has {len(items)} items"
                yield scene.claim(f"total with {spec.name}", message, [page], place="200.body/total")
                return


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
