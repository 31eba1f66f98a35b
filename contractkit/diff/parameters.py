"""Compares the parameters of an operation, as they stand on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from contractkit.diff.envelope import Envelope
from contractkit.diff.record import Place
from contractkit.diff.shapes import properties_of, shapes_of, written
from contractkit.model.change import Witness
from contractkit.openapi.endpoint import Endpoint, Parameter, erased
from contractkit.openapi.media import MediaType
from contractkit.openapi.part import Part
from contractkit.schema.point import Mode

Identity = tuple[str, str]
_KNOWN = frozenset(
    {
        "$ref",
        "name",
        "in",
        "description",
        "required",
        "deprecated",
        "allowEmptyValue",
        "style",
        "explode",
        "allowReserved",
        "schema",
        "content",
        "example",
        "examples",
        "x-sunset",
    }
)
_TEXTS = ("description", "example", "examples")
_JOINING = frozenset({"form", "spaceDelimited", "pipeDelimited"})
"""Styles of a query that write a list as one text where `explode` is false."""
_MARKS = ("deprecated", "x-sunset")
"""What a parameter says of itself, and its schema perhaps again: FastAPI writes it in both places."""
_MEDIA_KNOWN = frozenset({"schema", "example", "examples"})


def compare_parameters(place: Place, base: Endpoint, revision: Endpoint, envelope: Envelope) -> None:
    """Compare all parameters of a pair of operations."""
    before, after = _align(base.parameters, revision.parameters)
    for identity in sorted({*before, *after}):
        old, new = before.get(identity), after.get(identity)
        known = old or new
        assert known is not None
        if (old is None or new is None) and known.where == "path" and _is_moved(place, base, revision):
            continue  # it is in the prefix of paths that moved: the move says so
        here = place.at(
            "parameter",
            location_of(known),
            place.of_request,
            name=known.name,
            required_before=old is not None and old.required,
            required_after=new is not None and new.required,
            **{"in": known.where},
        )
        if old is None:
            witness = partial(_lacking, envelope, known) if known.required and not place.turned else None
            here.add("presence", "added", None, known.name, witness=witness)
        elif new is None:
            here.add("presence", "removed", known.name, None)
        elif not _untouched(here, old, new):
            _compare(here.within(old.part, new.part), old, new, envelope)


def _is_moved(place: Place, base: Endpoint, revision: Endpoint) -> bool:
    return place.area == "operation" and erased(base.path) != erased(revision.path)


def _untouched(here: Place, old: Parameter, new: Parameter) -> bool:
    same_name = old.name == new.name or (old.where in ("path", "header") and old.style != "matrix")
    fields = [{key: value for key, value in side.part.fields.items() if key != "name"} for side in (old, new)]
    return same_name and here.record.sameness.same(*fields)


def location_of(parameter: Parameter) -> str:
    """Return where a parameter stands: `query.limit`, `path.id`."""
    return parameter.where if parameter.where == "querystring" else f"{parameter.where}.{parameter.name}"


def _lacking(envelope: Envelope, parameter: Parameter) -> Witness:
    place = "query string" if parameter.where == "querystring" else parameter.where
    return envelope.request(f"the required {place} parameter `{parameter.name}` is missing", without=parameter)


def _compare(here: Place, old: Parameter, new: Parameter, envelope: Envelope) -> None:
    if old.required != new.required:
        witness = partial(_lacking, envelope, old) if new.required and not here.turned else None
        action = "added" if new.required else "removed"
        here.add("required", action, old.required, new.required, witness=witness)

    def message(value: Any, refusal: str) -> Witness:
        sender = new if here.turned else old
        return envelope.request(refusal, parameter=sender, value=value)

    compare_value(here, old, new, message)
    if old.where == "query":
        empty = [side.part.flag("allowEmptyValue") for side in (old, new)]
        if empty[0] != empty[1]:
            here.add("allowEmptyValue", "added" if empty[1] else "removed", *empty)
    compare_texts(here, old, new)


def compare_texts(here: Place, old: Parameter, new: Parameter) -> None:
    """Compare what a parameter or header says beside its value: texts, deprecation, extensions."""
    here.compare_deprecation(_marked(old), _marked(new))
    here.compare(old.part, new.part, _TEXTS)
    here.compare_rest(old.part, new.part, _KNOWN)


def compare_value(here: Place, old: Parameter, new: Parameter, message: Callable[[Any, str], Witness]) -> None:
    """Compare how the value of a parameter or header is written, and its schema."""
    first, second = _own_type(old), _own_type(new)
    if (first is None) != (second is None) or (first and second and first != second):
        here.add("content", "changed", first.text if first else None, second.text if second else None)
    else:
        if first is None:
            _compare_writing(here, old, new)
        elif old.media_type is not None and new.media_type is not None:
            _compare_media(here, old, new)
        mode = Mode.TEXT if old.media_type is None else old.media_type.mode
        if _is_joined(old) and _is_joined(new):
            mode = Mode.JOINED
        schemas = old.schema, new.schema
        if _marks(schemas[0]) != _marks(schemas[1]):
            schemas = _unmarked(schemas[0]), _unmarked(schemas[1])
        here.point(*schemas, message, mode, holders=(old.holder, new.holder))


def _is_joined(parameter: Parameter) -> bool:
    """Whether a list is written as one text (OpenAPI 3.1.1, 4.8.12.4)."""
    one_by_one = parameter.style != "simple" and (parameter.explode or parameter.style not in _JOINING)
    return parameter.media_type is None and not one_by_one


def _marks(schema: Any) -> dict[str, Any]:
    return {key: schema[key] for key in _MARKS if key in schema} if isinstance(schema, Mapping) else {}


def _unmarked(schema: Any) -> Any:
    """Return a schema without what `_marked` told of it."""
    return {key: value for key, value in schema.items() if key not in _MARKS} if _marks(schema) else schema


def _marked(parameter: Parameter) -> Part:
    """Return a parameter or header, deprecated where it says so itself or its schema does."""
    part, marks = parameter.part, _marks(parameter.schema)
    if marks.get("deprecated") is not True:
        marks.pop("deprecated", None)
    more = {key: value for key, value in marks.items() if not part.get(key)}
    return Part(part.document, {**part.fields, **more}, part.place, part.component) if more else part


def _own_type(parameter: Parameter) -> MediaType | None:
    """Return the media type of the value where it shows on the wire: plain text is written as a schema's value is."""
    media_type = parameter.media_type
    return None if media_type is None or media_type.mode is Mode.TEXT else media_type


def _compare_media(here: Place, old: Parameter, new: Parameter) -> None:
    first, second = (next(iter(side.part.table("content").values()), None) for side in (old, new))
    if first is not None and second is not None:
        here.compare(first, second, ("example", "examples"))
        here.compare_rest(first, second, _MEDIA_KNOWN | {"encoding"})
        if first.get("encoding") != second.get("encoding"):
            here.add("unclassified", "changed", first.get("encoding"), second.get("encoding"), key="encoding")


def _compare_writing(here: Place, old: Parameter, new: Parameter) -> None:
    """Compare style, explode and allowReserved where they change what is written."""
    shapes = shapes_of(old.part.document, old.schema) & shapes_of(new.part.document, new.schema)
    where = "query" if old.where == "querystring" else old.where
    before = written(where, old.name, old.style, old.explode, shapes)
    after = written(where, new.name, new.style, new.explode, shapes)
    if before != after:
        shape = next(shape for shape in sorted(before) if before[shape] != after[shape])
        there = here.at(here.area, here.location, written_before=before[shape], written_after=after[shape])
        if old.style != new.style:
            there.add("style", "changed", old.style, new.style)
        elif old.explode != new.explode:
            there.add("explode", "changed", old.explode, new.explode)
        else:
            there.add("name", "changed", old.name, new.name)
    if old.allow_reserved != new.allow_reserved:
        action = "added" if new.allow_reserved else "removed"
        here.add("allowReserved", action, old.allow_reserved, new.allow_reserved)


def _align(
    base: Mapping[Identity, Parameter], revision: Mapping[Identity, Parameter]
) -> tuple[dict[Identity, Parameter], dict[Identity, Parameter]]:
    """Take apart the query objects that only one side has as such: their pairs are loose parameters on the wire."""
    return _loosened(base, revision), _loosened(revision, base)


def _loosened(own: Mapping[Identity, Parameter], other: Mapping[Identity, Parameter]) -> dict[Identity, Parameter]:
    names = {*other}
    for parameter in other.values():
        names.update(_loose(parameter) if parameter.identity not in own else ())
    found: dict[Identity, Parameter] = {}
    for identity, parameter in own.items():
        loose = _loose(parameter) if identity not in other else {}
        if names.isdisjoint(loose):
            found[identity] = parameter
        else:
            found = {**loose, **found}
    return found


def _loose(parameter: Parameter) -> dict[Identity, Parameter]:
    """Return the parameters that an exploded object is on the wire (style `form`, and `deepObject`)."""
    exploded = parameter.style == "deepObject" or (parameter.style == "form" and parameter.explode)
    if parameter.where != "query" or not exploded:
        return {}
    document = parameter.part.document
    schema = properties_of(document, parameter.schema) if parameter.media_type is None else None
    if schema is None:
        return {}
    required = schema.get("required")
    needed = required if parameter.required and isinstance(required, list) else []
    found = {}
    for key, value in schema["properties"].items():
        name = key if parameter.style == "form" else f"{parameter.name}[{key}]"
        fields = {"schema": value}
        if isinstance(value, Mapping) and isinstance(value.get("description"), str):
            fields["description"] = value["description"]
        part = Part(document, fields, parameter.part.place)
        found["query", name] = parameter._replace(
            part=part,
            name=name,
            identity=("query", name),
            required=key in needed,
            style="form",
            explode=True,
            schema=value,
        )
    return found
