"""One contract point compared in one direction, the findings as lines of text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from contractkit.model.change import Change, Direction, Proof, Witness
from contractkit.model.contract import Contract
from contractkit.schema.document import Document, Side
from contractkit.schema.engine import Mode, Point, SchemaEngine

Schema = Any
Components = Mapping[str, Schema]


INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
NULL: Schema = {"type": "null"}
ARRAY: Schema = {"type": "array"}
OBJECT: Schema = {"type": "object"}


def obj(*required: str, **properties: Schema) -> dict[str, Any]:
    """An open object with some properties, the named ones required."""
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema


def closed(*required: str, **properties: Schema) -> dict[str, Any]:
    """An object that takes no other properties."""
    return {**obj(*required, **properties), "additionalProperties": False}


def ref(name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def document(side: Side, components: Components | None, openapi: str, schema: Schema = True) -> Document:
    """One side: a document that holds component schemas, and the schema to compare."""
    whole = {"openapi": openapi, "components": {"schemas": dict(components or {})}, "x-schema": schema}
    return Document(Contract(side.value, whole), side)


def point(
    base: Schema,
    revision: Schema,
    direction: Direction = Direction.REQUEST,
    *,
    operation: str = "POST /x",
    location: str = "body",
    mode: Mode = Mode.JSON,
    examples: tuple[Any, ...] = (),
) -> Point:
    """A contract point whose message is the value alone."""

    def witness(value: Any, refusal: str) -> Witness:
        return Witness(refusal, has_body=True, body=value)

    return Point(operation, location, direction, base, revision, witness, mode, examples=examples)


def changes(
    base: Schema,
    revision: Schema,
    direction: Direction = Direction.REQUEST,
    *,
    components: Components | None = None,
    base_components: Components | None = None,
    mode: Mode = Mode.JSON,
    openapi: str | tuple[str, str] = "3.1.0",
) -> list[Change]:
    """All changes at one contract point.

    Args:
        base: the schema of the base.
        revision: the schema of the revision.
        direction: who sends.
        components: the component schemas of both sides.
        base_components: those of the base, where they are others.
        mode: how the value is written.
        openapi: the version of both documents, or of each.
    """
    before, after = (openapi, openapi) if isinstance(openapi, str) else openapi
    olds = components if base_components is None else base_components
    sides = document(Side.BASE, olds, before, base), document(Side.REVISION, components, after, revision)
    return SchemaEngine(*sides).changes([point(base, revision, direction, mode=mode)])


def line(change: Change) -> str:
    """`body.qty maximum decreased: witness {"qty":6}`; `contained`; `undecided (why)`; `definition`."""
    text = f"{change.location} {change.aspect} {change.action}: {change.proof}"
    if change.proof is Proof.WITNESS:
        assert change.witness is not None
        return f"{text} {json.dumps(change.witness.body, separators=(',', ':'), ensure_ascii=False)}"
    return f"{text} ({change.reason})" if change.proof is Proof.UNDECIDED else text


def lines(found: list[Change]) -> list[str]:
    """All changes as lines, sorted."""
    return sorted(line(change) for change in found)


def request(base: Schema, revision: Schema, **more: Any) -> list[str]:
    """What is found where clients of the base send to the revision."""
    return lines(changes(base, revision, Direction.REQUEST, **more))


def response(base: Schema, revision: Schema, **more: Any) -> list[str]:
    """What is found where the revision sends to clients of the base."""
    return lines(changes(base, revision, Direction.RESPONSE, **more))


def breaks(found: list[str]) -> list[str]:
    """The lines that are not `contained`."""
    return [one for one in found if not one.endswith(": contained")]


Verdicts = tuple[list[str], list[str], list[str], list[str]]


def both_ways(loose: Schema, tight: Schema, **more: Any) -> Verdicts:
    """Tightened in a request and in a response, then loosened in a request and in a response."""
    return (
        request(loose, tight, **more),
        response(loose, tight, **more),
        request(tight, loose, **more),
        response(tight, loose, **more),
    )


def narrowing(tightened: str, loosened: str, witness: str) -> Verdicts:
    """What both ways say of two schemas of which one takes less: each change breaks the one who sends more."""
    return (
        [f"{tightened}: witness {witness}"],
        [f"{tightened}: contained"],
        [f"{loosened}: contained"],
        [f"{loosened}: witness {witness}"],
    )


SILENCE: Verdicts = ([], [], [], [])
