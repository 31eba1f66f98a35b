"""Ways to write a whole document differently that change nothing for clients.

What FastAPI, pydantic and editors of documents do to them: names of components and operations, references, the order of
keys, where parameters stand, texts. None of it is identity (OpenAPI 3.1.1, sections 4.8.7 to 4.8.12).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from contractkit.mutants.edit import REMOVED, Edit, Path, every, followed, pointer, value_at
from contractkit.mutants.kinds import Find, Kind
from contractkit.mutants.respell import HIDING, RESPELLINGS, Rewrite, shuffled
from contractkit.mutants.schemas import NAMED, VALUES
from contractkit.mutants.survey import Survey

_PREFIX = "#/components/schemas/"
_MARKS = frozenset({"readOnly", "writeOnly", "discriminator", "x-extensible-enum"})
_ONLY_31 = frozenset({"split_types", "null_beside", "const_beside_enum", "any_of_constants", "spelled_types"})
"""They write words that OpenAPI 3.0 does not have."""
_IDLE_31 = frozenset({"idle_keywords", "binary", "trivial", "whole_bounds", "looser_beside", "dependent_schemas"})
_EXAMPLES = frozenset({"example", "examples"})
_UNTOLD = VALUES | {"security"}
"""What holds no texts: values are what they are, and the keys of a requirement are names."""
_TEMPLATE = re.compile(r"\{([^{}]*)\}")


def _respelled(rewrite: Rewrite) -> Find:
    """Make the finder of a rewrite of one schema."""

    def find(survey: Survey, rng: Random) -> Iterator[Edit]:
        if survey.is_30 and rewrite.__name__ in _ONLY_31 | _IDLE_31:
            return
        if rewrite in HIDING and "unevaluated" in repr(survey.document):
            return
        for path, schema in _drawn(survey, rng):
            if not isinstance(schema, dict) or _MARKS & set(schema) or (survey.is_30 and "$ref" in schema):
                continue
            made = rewrite(copy.deepcopy(schema), rng)
            if made is not None:
                yield Edit(pointer(path), ((path, made),))

    return find


def _drawn(survey: Survey, rng: Random) -> list[tuple[Path, Any]]:
    return rng.sample(survey.schemas, len(survey.schemas))


def _components(survey: Survey) -> dict[str, Any]:
    holder = survey.document.get("components")
    found = holder.get("schemas") if isinstance(holder, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def _rename_components(survey: Survey, rng: Random) -> Iterator[Edit]:
    """All components have other names; where a discriminator speaks of names, they are left alone."""
    components = _components(survey)
    if components and not any("discriminator" in one for _, one in every(survey.document) if isinstance(one, Mapping)):
        fresh = {_PREFIX + name: f"{_PREFIX}{name}-{rng.choice(('Input', 'Output', 'V2'))}" for name in components}
        made = _with_refs(survey.document, lambda ref: fresh.get(ref, ref))
        renamed = {
            fresh[_PREFIX + name].removeprefix(_PREFIX): one for name, one in made["components"]["schemas"].items()
        }
        made["components"] = {**made["components"], "schemas": renamed}
        yield Edit("all components", _whole(survey, made))


def _whole(survey: Survey, made: Mapping[str, Any]) -> tuple[tuple[Path, Any], ...]:
    return tuple(((key,), value) for key, value in made.items() if value is not survey.document.get(key))


def _with_refs(value: Any, renamed: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: renamed(one) if key == "$ref" and isinstance(one, str) else _with_refs(one, renamed)
            for key, one in value.items()
        }
    return [_with_refs(one, renamed) for one in value] if isinstance(value, list) else value


def _inline_component(survey: Survey, rng: Random) -> Iterator[Edit]:
    """What a reference leads to is written in its place."""
    for path, schema in _drawn(survey, rng):
        if isinstance(schema, Mapping) and set(schema) == {"$ref"} and not _in_union(path):
            at, meant = followed(survey.document, path)
            if at != path and isinstance(meant, Mapping) and path[: len(at)] != at:
                yield Edit(pointer(path), ((path, meant),))


def _extract_component(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A schema becomes a component of its own."""
    components = _components(survey)
    if "ContractkitNew" in components or not isinstance(survey.document.get("components", {}), Mapping):
        return
    for path, schema in _drawn(survey, rng):
        if isinstance(schema, Mapping) and "$ref" not in schema and not _in_union(path) and path[:2] != _AT[:2]:
            made = Edit("", ((path, {"$ref": f"{_PREFIX}ContractkitNew"}),)).apply(survey.document)
            holder = {**made.get("components", {})}
            holder["schemas"] = {**_components(survey), "ContractkitNew": schema}
            yield Edit(pointer(path), (*_whole(survey, made), (("components",), holder)))


_AT: Path = ("components", "schemas")


def _in_union(path: Path) -> bool:
    """Whether a schema is an alternative, whose name a discriminator may read."""
    return len(path) > 1 and path[-2] in ("oneOf", "anyOf")


def _rename_operations(survey: Survey, rng: Random) -> Iterator[Edit]:
    linked = any("links" in one for _, one in every(survey.document) if isinstance(one, Mapping))
    named = [one for one in survey.operations if isinstance(one.fields.get("operationId"), str)]
    if named and not linked:
        changes = tuple(((*one.at, "operationId"), f"{one.fields['operationId']}_again") for one in named)
        yield Edit("all operations", changes)


def _rename_path_parameters(survey: Survey, rng: Random) -> Iterator[Edit]:
    """`/orders/{id}` is `/orders/{key}`: the names in a path are the server's alone."""
    paths: Any = survey.document.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        names = _TEMPLATE.findall(str(path))
        if (
            not names
            or not isinstance(item, Mapping)
            or "$ref" in repr(item.get("parameters", ""))
            or "links" in repr(item)
        ):
            continue
        if any("$ref" in repr(one.get("parameters", "")) for one in item.values() if isinstance(one, Mapping)):
            continue
        if "callbacks" in repr(item) or any(f"{name}_again" in names for name in names):
            continue
        renamed = _TEMPLATE.sub(lambda found: f"{{{found[1]}_again}}", path)
        if renamed not in paths:
            yield Edit(path, ((("paths", path), REMOVED), (("paths", renamed), _again(item))))


def _again(item: Mapping[str, Any]) -> dict[str, Any]:
    def renamed(holder: Mapping[str, Any]) -> dict[str, Any]:
        parameters = holder.get("parameters")
        if not isinstance(parameters, list):
            return dict(holder)
        made = [{**one, "name": f"{one['name']}_again"} if one.get("in") == "path" else one for one in parameters]
        return {**holder, "parameters": made}

    inside = {key: renamed(one) if isinstance(one, Mapping) else one for key, one in item.items()}
    return renamed(inside)


def _move_parameters(survey: Survey, rng: Random) -> Iterator[Edit]:
    """The parameters of a path's only operation are the path's."""
    by_item: dict[Path, list[Any]] = {}
    for operation in survey.operations:
        by_item.setdefault(operation.item, []).append(operation)
    for item, operations in by_item.items():
        fields: Any = value_at(survey.document, item)
        only = operations[0]
        methods = [key for key, one in fields.items() if isinstance(one, Mapping) and key != "servers"]
        if len(methods) == 1 and "parameters" not in fields and only.fields.get("parameters"):
            moved = {key: one for key, one in only.fields.items() if key != "parameters"}
            changes = ((only.at, moved), ((*item, "parameters"), only.fields["parameters"]))
            yield Edit(only.key, changes)


def _share_parameter(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A parameter becomes a component."""
    components: Any = survey.document.get("components", {})
    if not isinstance(components, Mapping) or "ContractkitNew" in components.get("parameters", {}):
        return
    for one in survey.parameters:
        if one.at[:1] == ("paths",):
            made = Edit("", ((one.at, {"$ref": "#/components/parameters/ContractkitNew"}),)).apply(survey.document)
            parameters = {**components.get("parameters", {}), "ContractkitNew": one.fields}
            yield Edit(one.where, (*_whole(survey, made), (("components",), {**components, "parameters": parameters})))


def _other_case(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A header's name in other letters (RFC 9110, section 5.1)."""
    for one in survey.parameters:
        if one.fields["in"] == "header":
            name = str(one.fields["name"])
            yield Edit(one.where, (((*one.at, "name"), name.upper() if name != name.upper() else name.lower()),))


def _reorder(survey: Survey, rng: Random) -> Iterator[Edit]:
    """All keys, parameters and lists whose order says nothing, in another order."""

    def deep(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: deep(value[key]) for key in rng.sample(list(value), len(value))}
        return [deep(one) for one in value] if isinstance(value, list) else value

    made = deep(survey.document)
    for path, schema in survey.schemas:
        if isinstance(schema, Mapping) and path[:2] == _AT and len(path) == 3:
            made["components"]["schemas"][path[2]] = shuffled(dict(schema), rng)
    for operation in survey.operations:
        parameters = operation.fields.get("parameters")
        if isinstance(parameters, list):
            made = Edit("", (((*operation.at, "parameters"), rng.sample(parameters, len(parameters))),)).apply(made)
    yield Edit("the whole document", tuple(((key,), value) for key, value in made.items()))


def _retell(survey: Survey, rng: Random) -> Iterator[Edit]:
    """All descriptions and summaries in other words."""

    def deep(value: Any, *, named: bool) -> Any:
        if isinstance(value, list):
            return [deep(one, named=False) for one in value]
        if not isinstance(value, Mapping):
            return value
        if named:
            return {name: deep(one, named=False) for name, one in value.items()}
        return {key: told(key, one) for key, one in value.items() if key not in _EXAMPLES}

    def told(key: str, one: Any) -> Any:
        if key in ("description", "summary") and isinstance(one, str):
            return f"{one} Again."
        return one if key in _UNTOLD or str(key).startswith("x-") else deep(one, named=key in NAMED)

    kept = {key: value for key, value in survey.document.items() if key in ("paths", "components")}
    changes = tuple(((key,), deep(value, named=key in NAMED)) for key, value in kept.items())
    yield Edit("the whole document", changes)


def _add_unused(survey: Survey, rng: Random) -> Iterator[Edit]:
    components = survey.document.get("components", {})
    if isinstance(components, Mapping) and "ContractkitNew" not in _components(survey):
        made = {**_components(survey), "ContractkitNew": {"type": "object"}}
        yield Edit("components", ((("components",), {**components, "schemas": made}),))


def _kind(name: str, says: str, find: Find) -> Kind:
    return Kind(name, says, False, find)


def _said(rewrite: Rewrite) -> str:
    """Return the first sentence of a rewrite's docstring, without its end."""
    text = (rewrite.__doc__ or "").partition("\n")[0].rstrip(".")
    return f"in a schema: {text[:1].lower()}{text[1:]}"


REWRITES = (
    _kind("keys-reordered", "keys and lists whose order says nothing are in another order", _reorder),
    _kind("texts-changed", "descriptions and summaries have other words", _retell),
    _kind("components-renamed", "all components have other names", _rename_components),
    _kind("component-inlined", "what a reference leads to is written in its place", _inline_component),
    _kind("component-extracted", "a schema became a component", _extract_component),
    _kind("component-unused-added", "there is a component that nothing refers to", _add_unused),
    _kind("operations-renamed", "all operations have another operationId", _rename_operations),
    _kind("path-parameters-renamed", "the parameters in a path have other names", _rename_path_parameters),
    _kind("parameters-moved", "the parameters of an operation are its path's", _move_parameters),
    _kind("parameter-shared", "a parameter became a component", _share_parameter),
    _kind("header-case-changed", "the name of a header is written in other letters", _other_case),
    *(_kind(f"schema-{one.__name__.replace('_', '-')}", _said(one), _respelled(one)) for one in RESPELLINGS),
)
"""The kinds of rewrites."""
