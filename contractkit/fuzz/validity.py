"""Is a request valid as sent? Read from the wire, as a server reads it, and held against the contract.

What was meant while the request was made does not count: a generator's mutation may become a valid value again once it
is written as text, and a "valid" value may not survive the writing.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, unquote

from contractkit.fuzz.message import ABSENT, FORM, Request, header, unescaped
from contractkit.fuzz.operation import BodySpec, Operation, ParameterSpec
from contractkit.openapi.media import parse_media_type
from contractkit.schema.check import Violation
from contractkit.schema.node import ARRAY, OBJECT, Node, in_place
from contractkit.schema.point import Mode
from contractkit.schema.sendable import nodes_at, nodes_of_item

_MAX_PARTS = 64
"""How many fields of a form are read; a form of more is not judged."""
_MOST_READINGS = 8
"""Values that a form is tried as, where its fields may be read in several ways."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One way in which a request does not match the contract.

    Attributes:
        place: where: `query.limit`, `body/items/0`, `body`.
        keyword: the keyword of JSON Schema that refuses it, or `required`, `media-type`, `syntax`.
        text: in words.
        value: the value that is refused, as far as there is one.
        alternatives: for a union, what refuses the value in each of its alternatives.
    """

    place: str
    keyword: str
    text: str
    value: Any = None
    alternatives: tuple[tuple[Breach, ...], ...] = ()

    @staticmethod
    def of(place: str, violation: Violation) -> Breach:
        """Return what refuses a value that stands at a place of a request."""
        rows = tuple(tuple(Breach.of(place, one) for one in row) for row in violation.alternatives)
        return Breach(place + violation.place, violation.keyword, violation.text, violation.value, rows)


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a request matches the contract.

    Attributes:
        valid: True, False, or None where it cannot be said.
        breaches: why not.
    """

    valid: bool | None
    breaches: tuple[Breach, ...] = ()


def validity(operation: Operation, request: Request) -> Validity:
    """Return whether a request is one that the contract allows for the operation.

    Credentials are no part of this; neither are query parameters, headers and cookies that the contract does not name,
    which a server is expected to ignore.
    """
    breaches: list[Breach] = []
    certain = True
    for spec, values in parameters_of(operation, request):
        if values is None:
            if spec.parameter.required and spec.where != "path":
                breaches.append(Breach(spec.place, "required", "it is missing"))
            continue
        fits = [spec.check.is_valid(value, text=spec.parameter.media_type is None) for value in values]
        if True in fits:
            continue
        if None in fits:
            certain = False
            continue
        found = list(spec.check.violations(values[0], text=spec.parameter.media_type is None))
        breaches += [Breach.of(spec.place, one) for one in found[:3]]
        certain = certain and bool(found)
    body_certain, body_breaches = _body(operation, request)
    breaches += body_breaches
    if breaches:
        return Validity(False, tuple(breaches))
    return Validity(True if certain and body_certain else None)


def parameters_of(operation: Operation, request: Request) -> Iterator[tuple[ParameterSpec, list[Any] | None]]:
    """Yield each parameter with the values that its text may stand for, None where it is not sent."""
    match = operation.pattern.match(request.path)
    names = [spec.name for spec in operation.path_parameters]
    texts = dict(zip(names, match.groups(), strict=False)) if match else {}
    query: dict[str, list[str]] = {}
    for name, value in request.pairs:
        query.setdefault(name, []).append(value)
    cookies = dict(request.cookies)
    for spec in operation.parameters:
        if spec.where == "path":
            text = texts.get(spec.name)
            yield spec, None if text is None else _written(spec, [unquote(text, errors="surrogateescape")])
        elif spec.where == "query":
            yield spec, _from_query(spec, query)
        elif spec.where == "header":
            sent = [value for key, value in request.headers if key.lower() == spec.name.lower()]
            yield spec, _written(spec, [", ".join(sent)]) if sent else None
        elif spec.where == "cookie":
            yield spec, _written(spec, [cookies[spec.name]]) if spec.name in cookies else None


def _from_query(spec: ParameterSpec, query: Mapping[str, list[str]]) -> list[Any] | None:
    node, parameter = spec.check.node, spec.parameter
    if parameter.style == "deepObject":
        held = {
            key[len(spec.name) + 1 : -1]: values[0]
            for key, values in query.items()
            if key.startswith(spec.name + "[") and key.endswith("]")
        }
        return [held] if held else None
    if parameter.explode and kinds(node) == OBJECT and parameter.media_type is None:
        names = property_names(node)
        known = {key: v[0] if len(v) == 1 else v for key, v in query.items() if key in names}
        return [known] if known or parameter.required else None
    sent = query.get(spec.name)
    return None if sent is None else _written(spec, sent)


def _written(spec: ParameterSpec, sent: list[str]) -> list[Any]:
    """Return what texts may stand for: the texts themselves, a list, a JSON value."""
    if spec.parameter.media_type is not None:
        try:
            return [json.loads(sent[0])]
        except ValueError:
            return [ABSENT] if spec.parameter.media_type.is_json else [sent[0]]
    options: list[Any] = []
    allowed = kinds(spec.check.node)
    if not allowed & ARRAY or allowed != ARRAY:
        # Of several, servers differ in which one they take: it counts as valid where any of them is.
        options += list(dict.fromkeys(sent))
    if allowed & ARRAY:
        if len(sent) == 1 and not (spec.where == "query" and spec.parameter.explode):
            options.append(sent[0].split(",") if sent[0] else [])
        options.append(list(sent))
    return options


def _body(operation: Operation, request: Request) -> tuple[bool, list[Breach]]:
    """Return whether the body could be judged, and what is wrong with it."""
    if not operation.bodies:
        return True, []
    if not request.body and not request.media_type:
        return True, [Breach("body", "required", "there is none")] if operation.body_required else []
    sent = parse_media_type(header(request.headers, "content-type"))
    spec = operation.body_for(request)
    if spec is None:
        # RFC 9110, section 8.3: a server may guess the type of a body that names none.
        return False, [Breach("body", "media-type", f"the type is {sent.text!r}")] if sent.text else []
    if not request.body:
        return not operation.body_required, []
    if sent.is_json:
        if request.json is ABSENT:
            return True, [Breach("body", "syntax", "it is no JSON")]
        return _checked(spec, request.json, text=False)
    if sent.essence == FORM:
        fields = parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)
        return _form(spec, fields)
    if sent.essence == "multipart/form-data":
        parts = multipart(request)
        return (False, []) if parts is None else _form(spec, parts)
    return sent.mode is Mode.TEXT and spec.schema in (None, True), []


def multipart(request: Request) -> list[tuple[str, str]] | None:
    """Return the fields of a multipart form as texts, files by their content; None where it cannot be read for certain.

    A body whose last delimiter is missing has been cut (RFC 2046, section 5.1.1): servers drop its last part, take it
    as far as it goes or refuse the body. They differ as much on a part whose head does not end.
    """
    head = f"Content-Type: {header(request.headers, 'content-type')}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + (request.body or b""))
    if not message.is_multipart() or message.defects:
        return None
    found = []
    for part in message.iter_parts():
        if part.defects:
            return None
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            return None
        found.append((name, _as_text(content) if part.get_filename() is None else content.decode("latin-1")))
    return found


def _as_text(content: bytes) -> str:
    """Return the text of a part: UTF-8 as far as it is that (RFC 7578, section 5.1.2)."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _form(spec: BodySpec, fields: list[tuple[str, str]]) -> tuple[bool, list[Breach]]:
    if len(fields) > _MAX_PARTS:
        return False, []
    held: dict[str, list[str]] = {}
    for name, value in fields:
        held.setdefault(name, []).append(value)
    choices: list[list[Any]] = []
    certain = True
    for name, values in held.items():
        below = property_node(spec.check.node, name)
        if below is None:
            choices.append([values[0] if len(values) == 1 else values])
            continue
        if kinds(below) & ARRAY:
            choices.append([values, *(values if kinds(below) != ARRAY and len(values) == 1 else ())])
            continue
        # Of several, servers differ in which one they take: it is wrong for certain where all of them are.
        choices.append(list(dict.fromkeys(values)))
        certain = certain and len(choices[-1]) == 1
    count = math.prod(map(len, choices))
    if not certain and count > _MOST_READINGS:
        return False, []
    options = [
        dict(zip(held, one, strict=True)) for one in itertools.islice(itertools.product(*choices), _MOST_READINGS)
    ]
    results = [_checked(spec, value, text=True) for value in options]
    judged, breaches = min(results, key=lambda one: (len(one[1]), not one[0]))
    return judged and (certain or bool(breaches)), breaches


def _checked(spec: BodySpec, value: Any, *, text: bool) -> tuple[bool, list[Breach]]:
    verdict = spec.check.is_valid(value, text=text)
    if verdict is not False:
        return verdict is True, []
    found = list(itertools.islice(spec.check.violations(value, text=text), 8))
    return bool(found), [Breach.of("body", one) for one in found]


def kinds(node: Node, seen: frozenset[int] = frozenset()) -> int:
    """Return the kinds of value that a schema may take, as bits of `schema.node`; more than it does is possible."""
    if id(node) in seen:
        return node.kinds
    seen |= {id(node)}
    found = node.kinds
    for part in node.all_of:
        found &= kinds(part, seen)
    for row in (node.any_of, node.one_of):
        if row is not None:
            union = 0
            for part in row:
                union |= kinds(part, seen)
            found &= union
    return found


def property_node(node: Node, name: str, seen: frozenset[int] = frozenset()) -> Node | None:
    """Return the schema of a property, looked for through compositions; None where none is declared."""
    if id(node) in seen:
        return None
    if name in node.properties:
        return node.properties[name]
    seen |= {id(node)}
    for part in (*node.all_of, *(node.any_of or ()), *(node.one_of or ())):
        found = property_node(part, name, seen)
        if found is not None:
            return found
    return None


def property_names(node: Node, seen: frozenset[int] = frozenset()) -> tuple[str, ...]:
    """Return the declared names of a schema's properties, compositions included, each once."""
    if id(node) in seen:
        return ()
    seen |= {id(node)}
    names = dict.fromkeys(node.properties)
    for part in (*node.all_of, *(node.any_of or ()), *(node.one_of or ())):
        names.update(dict.fromkeys(property_names(part, seen)))
    return tuple(names)


def nodes_below(node: Node, pointer: str) -> list[Node]:
    """Return all schemas that say something of a place in a JSON value, whatever alternatives they are part of."""
    found = [node]
    for token in map(unescaped, pointer.split("/")[1:]):
        here = in_place(found)
        found = [one for node in here for one in nodes_at(node, token)]
        if token.isdigit():
            found += [one for node in here for one in nodes_of_item(node, int(token))]
    return in_place(found)


def node_at(node: Node, pointer: str) -> Node | None:
    """Return the schema of a place in a JSON value; None where none is declared."""
    found: Node | None = node
    for token in pointer.split("/")[1:]:
        if found is None:
            return None
        found = found.items if token.isdigit() and found.items is not None else property_node(found, unescaped(token))
    return found
