"""Breaks outside schemas: operations, parameters, bodies, statuses, headers and credentials.

Each is a break by definition or by what clients send and read (OpenAPI 3.1.1, sections 4.8.8 to 4.8.30).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from contractkit.mutants.edit import REMOVED, Edit, followed
from contractkit.mutants.kinds import Find, Kind
from contractkit.mutants.survey import Operation, Parameter, Survey, whole

_NEW = "contractkit_new"
_SCHEME = "contractkitNew"
_WRITES = ("post", "put", "patch")
_FREE_TEXT = frozenset({"type", "title", "description", "default", "examples", "example", "maxLength", "deprecated"})


def _stays(operation: Operation) -> bool:
    """Whether nothing announces that the operation may go."""
    return operation.fields.get("deprecated") is not True and "x-sunset" not in operation.fields


def _remove_operation(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation in filter(_stays, survey.operations):
        yield Edit(operation.key, ((operation.at, REMOVED),))


def _rename_path(survey: Survey, rng: Random) -> Iterator[Edit]:
    paths = survey.document["paths"]
    for operation in filter(_stays, survey.operations):
        renamed = f"{operation.path.rstrip('/')}/{_NEW}"
        if renamed not in paths:
            path = ("paths", operation.path)
            item = paths[operation.path]
            yield Edit(operation.key, ((path, REMOVED), (("paths", renamed), item)))


def _change_method(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation in filter(_stays, survey.operations):
        _, item = followed(survey.document, operation.item)
        other = next((one for one in ("post", "put") if one not in item), None)
        if other is not None:
            at = (*operation.item, other)
            yield Edit(operation.key, ((operation.at, REMOVED), (at, operation.fields)))


def _parameters(survey: Survey) -> Iterator[Parameter]:
    yield from (one for one in survey.parameters if one.fields.get("deprecated") is not True)


def _require_parameter(survey: Survey, rng: Random) -> Iterator[Edit]:
    for one in _parameters(survey):
        if one.fields["in"] in ("query", "header", "cookie") and one.fields.get("required") is not True:
            yield Edit(one.where, (((*one.at, "required"), True),))


def _add_parameter(survey: Survey, rng: Random) -> Iterator[Edit]:
    made = {"name": _NEW, "in": "query", "required": True, "schema": {"type": "string"}}
    for operation in survey.operations:
        known = operation.fields.get("parameters", [])
        if isinstance(known, list):
            yield Edit(operation.key, (((*operation.at, "parameters"), [*known, made]),))


def _limit_parameter(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A text in the address must be a whole number."""
    for one in _parameters(survey):
        spot = one.spot
        if one.fields["in"] not in ("path", "query") or spot is None or spot.type != "string":
            continue
        if set(spot.schema) <= _FREE_TEXT and spot.schema.get("maxLength", 1) != 0:
            yield Edit(one.where, ((spot.at, {"type": "integer"}),))


def _lower_parameter(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A whole number in the address may be less than before."""
    for one in _parameters(survey):
        spot = one.spot
        if one.fields["in"] not in ("path", "query") or spot is None or not spot.plain or spot.type != "integer":
            continue
        most, least = whole(spot.schema.get("maximum")), whole(spot.schema.get("minimum", 0))
        if most is None or least is None or most <= least or {"multipleOf", "exclusiveMinimum"} & set(spot.schema):
            continue
        yield Edit(one.where, (((*spot.at, "maximum"), most - 1),))


def _shorten_list(survey: Survey, rng: Random) -> Iterator[Edit]:
    """A parameter may no longer be one of the listed texts."""
    for one in _parameters(survey):
        _, schema = followed(survey.document, (*one.at, "schema")) if "schema" in one.fields else ((), None)
        values = schema.get("enum") if isinstance(schema, Mapping) else None
        if not isinstance(schema, Mapping) or not isinstance(values, list) or len(set(map(str, values))) < 2:
            continue
        if set(schema) <= {"type", "enum", "title", "description", "default"} and schema.get("type") == "string":
            yield Edit(one.where, (((*one.at, "schema"), {**schema, "enum": values[1:]}),))


def _require_body(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation, at, fields in survey.bodies:
        if fields.get("required") is not True and operation.method in _WRITES:
            yield Edit(f"{operation.key} body", (((*at, "required"), True),))


def _add_body(survey: Survey, rng: Random) -> Iterator[Edit]:
    schema = {"type": "object", "properties": {_NEW: {"type": "string"}}, "required": [_NEW]}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    for operation in survey.operations:
        if operation.method in _WRITES and "requestBody" not in operation.fields:
            yield Edit(operation.key, (((*operation.at, "requestBody"), body),))


def _change_media_type(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation, at, fields in survey.bodies:
        yield from _other_media_type(f"{operation.key} body", (*at, "content"), fields)


def _change_answer_type(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation, code, at, fields in survey.successes:
        yield from _other_media_type(f"{operation.key} {code}", (*at, "content"), fields)


def _other_media_type(where: str, at: tuple[str | int, ...], fields: Mapping[str, Any]) -> Iterator[Edit]:
    content = fields.get("content")
    if isinstance(content, Mapping) and set(content) == {"application/json"}:
        yield Edit(where, ((at, {"application/x-contractkit-new": content["application/json"]}),))


def _change_status(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation, code, _, _ in survey.successes:
        responses = operation.fields["responses"]
        other = next((one for one in ("200", "201", "202", "203") if one not in responses), None)
        if other is None or any(name in responses for name in ("2XX", "default")):
            continue
        key = next(one for one in responses if str(one) == code)
        moved = {(other if one == key else one): value for one, value in responses.items()}
        yield Edit(f"{operation.key} {code}", (((*operation.at, "responses"), moved),))


def _remove_body(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation, code, at, fields in survey.successes:
        content = fields.get("content")
        if isinstance(content, Mapping) and any(one for one in content.values()):
            yield Edit(f"{operation.key} {code}", (((*at, "content"), REMOVED),))


def _remove_header(survey: Survey, rng: Random) -> Iterator[Edit]:
    for operation, code, at, fields in survey.successes:
        headers = fields.get("headers")
        for name in headers if isinstance(headers, Mapping) else ():
            _, header = followed(survey.document, (*at, "headers", name))
            if isinstance(header, Mapping) and header.get("required") is True and name.lower() != "content-type":
                yield Edit(f"{operation.key} {code} {name}", (((*at, "headers", name), REMOVED),))


def _asks(survey: Survey, operation: Operation) -> Any:
    """Return the security requirements that count for an operation (OpenAPI 3.1.1, 4.8.10.1)."""
    return operation.fields.get("security", survey.document.get("security", []))


def _ask_for_credentials(survey: Survey, rng: Random) -> Iterator[Edit]:
    schemes = (survey.document.get("components") or {}).get("securitySchemes") or {}
    scheme = {**schemes, _SCHEME: {"type": "http", "scheme": "bearer"}}
    components = {**(survey.document.get("components") or {}), "securitySchemes": scheme}
    for operation in survey.operations:
        if _asks(survey, operation) in ([], None):
            yield Edit(operation.key, ((("components",), components), ((*operation.at, "security"), [{_SCHEME: []}])))


def _ask_for_scope(survey: Survey, rng: Random) -> Iterator[Edit]:
    schemes = (survey.document.get("components") or {}).get("securitySchemes") or {}
    scoped = {name for name, one in schemes.items() if isinstance(one, Mapping) and one.get("type") == "oauth2"}
    for operation in survey.operations:
        asked = _asks(survey, operation)
        if not isinstance(asked, list) or len(asked) != 1 or not isinstance(asked[0], Mapping) or not asked[0]:
            continue
        if set(asked[0]) <= scoped and all(isinstance(scopes, list) for scopes in asked[0].values()):
            stricter = {name: [*scopes, _NEW] for name, scopes in asked[0].items()}
            yield Edit(operation.key, (((*operation.at, "security"), [stricter]),))


def _move_api_key(survey: Survey, rng: Random) -> Iterator[Edit]:
    schemes = (survey.document.get("components") or {}).get("securitySchemes") or {}
    alone = {
        next(iter(one))
        for operation in survey.operations
        for asked in [_asks(survey, operation)]
        if isinstance(asked, list) and len(asked) == 1 and isinstance(asked[0], Mapping)
        for one in asked
        if len(one) == 1
    }
    for name, scheme in schemes.items():
        if name in alone and isinstance(scheme, Mapping) and scheme.get("type") == "apiKey":
            yield Edit(f"scheme {name}", ((("components", "securitySchemes", name, "name"), f"X-{_NEW}"),))


def _kind(name: str, says: str, find: Find) -> Kind:
    return Kind(name, says, True, find)


OPERATION_BREAKS = (
    _kind("operation-removed", "an operation is gone", _remove_operation),
    _kind("path-renamed", "a path has another name", _rename_path),
    _kind("method-changed", "an operation has another method", _change_method),
    _kind("parameter-added-required", "a request needs a new parameter", _add_parameter),
    _kind("parameter-made-required", "a request needs a parameter that could be left out", _require_parameter),
    _kind("parameter-type-changed", "a text in the address must be a number", _limit_parameter),
    _kind("parameter-maximum-lowered", "a number in the address may be less than before", _lower_parameter),
    _kind("parameter-enum-value-removed", "a parameter may no longer have one of the listed values", _shorten_list),
    _kind("request-body-made-required", "a request needs a body that could be left out", _require_body),
    _kind("request-body-added", "a request needs a body", _add_body),
    _kind("request-media-type-changed", "a request must come in another media type", _change_media_type),
    _kind("success-status-changed", "a success has another status", _change_status),
    _kind("response-body-removed", "a success has no body any more", _remove_body),
    _kind("response-media-type-changed", "a response comes in another media type", _change_answer_type),
    _kind("response-header-removed", "a response lost a header that was always there", _remove_header),
    _kind("security-added", "an open operation asks for credentials", _ask_for_credentials),
    _kind("scope-added", "a token needs a further scope", _ask_for_scope),
    _kind("api-key-renamed", "an API key is read from another place", _move_api_key),
)
"""The kinds of breaks outside schemas."""
