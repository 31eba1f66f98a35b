"""The apps that `fuzz.py` measures with, as source texts."""

COUNTED = '''
"""Another app, counting its requests: a byte in a file for each, which many processes may write to."""
import importlib
import os
import time

module, _, attribute = os.environ["COUNTED"].partition(":")
app = getattr(importlib.import_module(module), attribute)
_count = os.open(os.environ["COUNT"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_first = os.environ["COUNT"] + ".first"
_build = app.build_middleware_stack


class Counter:
    def __init__(self, inner):
        self.inner = inner
        self.waiting = True

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            os.write(_count, b".")
            if self.waiting and scope["path"] != "/openapi.json":
                self.waiting = False
                if not os.path.exists(_first):
                    with open(_first, "w") as file:
                        file.write(str(time.time()))
        await self.inner(scope, receive, send)


app.build_middleware_stack = lambda: Counter(_build())
'''

SMALL = """
from typing import Annotated
from fastapi import FastAPI, HTTPException, Path, Query
from pydantic import BaseModel, Field

app = FastAPI(title="Small", version="1.0.0")
MISSING = {404: {"description": "There is no such thing"}}


class Part(BaseModel):
    name: str = Field(max_length=40)
    weight: float = Field(ge=0, le=1_000)


class Thing(BaseModel):
    name: str = Field(min_length=1, max_length=80)
    colour: str | None = None
    count: int = Field(ge=0, le=1_000_000)
    tags: list[str] = Field(default=[], max_length=8)
    parts: list[Part] = Field(default=[], max_length=4)


class Stored(Thing):
    id: int


def add(kind):
    things = {}

    @app.post(f"/{kind}", status_code=201)
    def create(thing: Thing) -> Stored:
        number = len(things) + 1
        things[number] = Stored(id=number, **thing.model_dump())
        return things[number]

    @app.get(f"/{kind}")
    def page(
        limit: Annotated[int, Query(ge=1, le=100)] = 20, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        colour: str | None = None,
    ) -> list[Stored]:
        found = [one for one in things.values() if colour is None or one.colour == colour]
        return found[offset : offset + limit]

    @app.get(f"/{kind}/{{number}}", responses=MISSING)
    def read(number: Annotated[int, Path(ge=1, le=1_000_000)]) -> Stored:
        if number not in things:
            raise HTTPException(404)
        return things[number]

    @app.put(f"/{kind}/{{number}}", responses=MISSING)
    def replace(number: Annotated[int, Path(ge=1, le=1_000_000)], thing: Thing) -> Stored:
        if number not in things:
            raise HTTPException(404)
        things[number] = Stored(id=number, **thing.model_dump())
        return things[number]

    @app.delete(f"/{kind}/{{number}}", status_code=204, responses=MISSING)
    def delete(number: Annotated[int, Path(ge=1, le=1_000_000)]) -> None:
        if things.pop(number, None) is None:
            raise HTTPException(404)


for kind in ("chairs", "tables", "lamps", "beds", "desks", "shelves", "stools", "chests"):
    add(kind)
"""

LARGE = """
from fastapi import FastAPI
from pydantic import Field, create_model

app = FastAPI(title="Large", version="1.0.0")


def add(number):
    model = create_model(
        f"Thing{number}",
        name=(str, Field(max_length=40)),
        count=(int, Field(ge=0, le=1000)),
        note=(str | None, None),
        tags=(list[str], Field(default=[], max_length=5)),
    )

    @app.post(f"/things{number}", status_code=201)
    def create(thing: model) -> model:
        return thing

    @app.get(f"/things{number}/{{key}}")
    def read(key: str, limit: int = 10) -> dict[str, str]:
        return {"key": key}


for number in range(OPERATIONS // 2):
    add(number)
"""
