"""Changes inputs: JSON-like values by their structure, texts by their pieces; all choices are a generator's."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import yaml

LONGEST = 60_000
"""Bytes of an input; what is larger takes time and shows nothing else."""
WORDS = [
    "$ref",
    "$id",
    "$anchor",
    "$defs",
    "$dynamicRef",
    "$schema",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "type",
    "format",
    "enum",
    "const",
    "default",
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "dependentRequired",
    "required",
    "items",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "nullable",
    "discriminator",
    "mapping",
    "propertyName",
    "readOnly",
    "writeOnly",
    "deprecated",
    "example",
    "examples",
    "xml",
    "content",
    "schema",
    "parameters",
    "in",
    "name",
    "style",
    "explode",
    "allowReserved",
    "header",
    "headers",
    "encoding",
    "contentType",
    "requestBody",
    "responses",
    "200",
    "2XX",
    "default",
    "callbacks",
    "webhooks",
    "links",
    "operationId",
    "servers",
    "url",
    "variables",
    "security",
    "securitySchemes",
    "components",
    "schemas",
    "paths",
    "get",
    "post",
    "put",
    "delete",
    "info",
    "title",
    "version",
    "openapi",
    "tags",
    "asyncapi",
    "channels",
    "operations",
    "messages",
    "payload",
    "address",
    "action",
    "send",
    "receive",
    "reply",
    "bindings",
    "x-sunset",
    "swagger",
    "request",
    "response",
    "log",
    "entries",
    "method",
    "status",
    "text",
    "mimeType",
    "encoding",
    "base64",
    "steps",
    "answer",
    "volatile",
    "unordered",
    "optional",
    "clock",
    "carried",
    "names",
    "body",
    "json",
    "line",
    "user",
    "findings",
    "id",
    "rule",
    "severity",
    "operation",
    "location",
    "witness",
    "source",
    "approval",
    "schema_version",
    "kind",
    "base",
    "revision",
    "reports",
]
TEXTS = (
    "", " ", "\0", "\ud800", "\u202e", "\n", "~", "~1", "/", "#", "#/", "#/components/schemas/A", "#/paths/~1a",
    "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x", "{", "{}", "{a}", "/{a}/{a}",
    "(a+)+$", "[", "^\\p{L}+$", "(?=a)", "a{1,99999}", "\\u{110000}", "null", "true", "1e400", "-0", "0x10",
    "2020-02-30", "string", "integer", "array", "object", "3.1.0", "3.0.3", "3.2.0", "3.99", "GET /",
    "ck1-0000000000000000", "breaking", "risky", "diff", "fuzz", "diffs", "x" * 3000,
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 1.5, -0.0, 1e308, float("inf"), float("nan"), 2**31, 2**64, -(10**400), 10**4000,
    [], {}, [[]], [None], {"": None}, {"$ref": "#"}, {"$ref": "#/"}, {"$ref": 7}, {"type": []},
    {"type": ["string", "null"]}, {"not": {}},
)  # fmt: skip


class Mutator:
    """Changes values and texts.

    Args:
        rng: makes all choices.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def data(self, data: bytes, form: str) -> bytes:
        """Return another input of a form (`json`, `yaml` or any other text), as far as it is one."""
        text = data.decode("utf-8", "surrogateescape")
        if form in ("json", "yaml") and self.rng.random() < 0.8:
            value = parsed(text, form)
            if value is not None:
                made = written(self.value(value, self.rng.randint(1, 4)), form if self.rng.random() < 0.7 else "json")
                if len(made) <= LONGEST:
                    return made
        return self.text(text).encode("utf-8", "surrogatepass")[:LONGEST]

    def value(self, value: Any, steps: int) -> Any:
        """Return a JSON value with so many changes in its structure."""
        value = copy.deepcopy(value)
        for _ in range(steps):
            value = self._changed(value)
        return value

    def text(self, text: str) -> str:
        """Return a text with some pieces of it changed."""
        rng = self.rng
        for _ in range(rng.randint(1, 3)):
            start = rng.randint(0, len(text))
            end = min(len(text), start + rng.choice((0, 1, 2, 8, 60)))
            piece = rng.choice(
                (
                    "",
                    rng.choice(TEXTS),
                    rng.choice(WORDS),
                    chr(rng.choice((0, 9, 10, 34, 39, 58, 91, 123, 125, 0x7F, 0x85, 0x2028, 0xFEFF, 0x10FFFF))),
                    text[start:end] * rng.choice((2, 3, 50)),
                    str(rng.choice(ODD)),
                    rng.choice("[{(&*!-") * rng.choice((1, 3, 900)),
                )
            )
            text = text[:start] + piece + text[end:]
        return text

    def _changed(self, value: Any) -> Any:
        rng = self.rng
        places = [((), value), *_places(value)]
        path, node = rng.choice(places)
        numbers = [one for one in places if isinstance(one[1], int | float)]
        match rng.randrange(10):
            case 0:
                return _put(value, path, copy.deepcopy(rng.choice(ODD)))
            case 1:
                return _put(value, path, rng.choice(TEXTS))
            case 9 if numbers:
                return _put(
                    value, rng.choice(numbers)[0], rng.choice([one for one in ODD if isinstance(one, int | float)])
                )
            case 2 if path:
                holder = _at(value, path[:-1])
                del holder[path[-1]]
            case 3:
                return _put(value, path, copy.deepcopy(rng.choice(places)[1]))
            case 4:
                return _put(value, path, rng.choice(([node], {rng.choice(WORDS): node}, [node, node])))
            case 5 if isinstance(node, dict):
                node[rng.choice(WORDS + list(TEXTS))] = copy.deepcopy(rng.choice((*ODD, rng.choice(places)[1])))
            case 5 if isinstance(node, list):
                node.insert(rng.randint(0, len(node)), copy.deepcopy(rng.choice((*ODD, rng.choice(places)[1]))))
            case 6 if isinstance(node, dict) and node:
                key = rng.choice(list(node))
                node[rng.choice(WORDS)] = node.pop(key)
            case 7:
                for _ in range(rng.choice((2, 30, 700))):
                    node = {"items": node} if rng.random() < 0.5 else {"anyOf": [node]}
                return _put(value, path, node)
            case _:
                if isinstance(node, int | float) and not isinstance(node, bool):
                    return _put(
                        value, path, rng.choice((node + 1, -node, node / 3 if abs(node) < 1e100 else 0, str(node)))
                    )
                if isinstance(node, str):
                    return _put(value, path, self.text(node))
        return value


def parsed(text: str, form: str) -> Any:
    """Return the value of a text; None where it has none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if form != "yaml":
        return None
    try:
        value = yaml.load(text, yaml.CSafeLoader)
        json.dumps(value)
        return value
    except Exception:  # whatever a loader of another hand makes of it
        return None


def written(value: Any, form: str) -> bytes:
    """Return a value as text."""
    try:
        text = yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False) if form == "yaml" else json.dumps(value)
    except (ValueError, RecursionError, yaml.YAMLError, TypeError):
        text = ""
    return text.encode("utf-8", "surrogatepass")


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    found = []
    stack = [(path, value)]
    while stack:
        path, node = stack.pop()
        rows = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, item in rows:
            found.append(((*path, key), item))
            if len(path) < 40:
                stack.append(((*path, key), item))
    return found


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    _at(value, path[:-1])[path[-1]] = new
    return value
