"""Where an app's contract comes from: routes, dependencies and models with their files, by what is public about them.

Standard library alone: this runs in the child process, where nothing of contractkit meets the app. Only what the app
has in memory is asked; the lines of classes and fields are looked up later, in the few files that findings name.

The result is a JSON object:

- `routes`: `METHOD /path` (`WS /path` for a WebSocket) to a list of functions, the handler first and then its
  dependencies, each as `file`, `line` (of its first line, decorators included), `name`, and `parameters` (the names
  that it takes from the request, by the names that they have in the document).
- `models`: the names that a model may have as a component, to `file`, `name` (dotted for nested classes), and `fields`
  (by the names that they have in the document) as `file`, `name` of the class that declares them, and `field`.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contractkit.sources.socket_parts import of

_MOST_MODELS = 20_000
_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9.\-_]")


def origins(routes: Any) -> dict[str, Any]:
    """Return where the routes and the models that they name come from.

    Args:
        routes: the app's routes, included ones laid flat, each with `path`, and `endpoint` and `methods` where it has
            them.
    """
    table: dict[str, list[dict[str, Any]]] = {}
    types: list[Any] = []
    for route in routes:
        endpoint, path = of(route, "endpoint"), of(route, "path")
        methods = of(route, "methods") or _socket(route)
        if not callable(endpoint) or not isinstance(path, str) or not methods:
            continue
        functions = list(_functions(endpoint))
        for dependency in of(route, "dependencies") or ():
            functions += _functions(getattr(dependency, "dependency", None))
        rows = [row for function in functions if (row := _function(function)) is not None]
        for function in functions:
            types += _annotations(function)
        types.append(of(route, "response_model"))
        messages = getattr(endpoint, "__contractkit_messages__", None) or {}
        types += [messages.get("receive"), messages.get("send")]
        for answer in (of(route, "responses") or {}).values():
            types.append(answer.get("model") if isinstance(answer, Mapping) else None)
        if rows:
            for method in sorted(methods):
                table.setdefault(f"{method} {path}", rows)
    return {"routes": table, "models": _models(types)}


def _socket(route: Any) -> list[str]:
    """Return `WS`, the method that a WebSocket route has in reports; nothing for other routes."""
    original = getattr(route, "original_route", route)
    return ["WS"] if any(base.__name__ == "WebSocketRoute" for base in type(original).__mro__) else []


def _functions(function: Any, seen: set[int] | None = None) -> Iterator[Callable[..., Any]]:
    """Give a function and all that it depends on."""
    seen = set() if seen is None else seen
    if not callable(function) or id(function) in seen:
        return
    seen.add(id(function))
    yield function
    for parameter in _parameters(function):
        for part in (parameter.default, *typing.get_args(parameter.annotation)):
            if hasattr(part, "dependency") and hasattr(part, "use_cache"):
                inner = part.dependency
                if inner is None:  # `Depends()` of a class
                    inner = typing.get_args(parameter.annotation)[:1] or (parameter.annotation,)
                    inner = inner[0]
                yield from _functions(inner, seen)


def _parameters(function: Any) -> list[inspect.Parameter]:
    with contextlib.suppress(Exception):
        return list(inspect.signature(function, eval_str=True).parameters.values())
    with contextlib.suppress(Exception):
        return list(inspect.signature(function).parameters.values())
    return []


def _function(function: Any) -> dict[str, Any] | None:
    inner = inspect.unwrap(function) if callable(function) else function
    if not inspect.isfunction(inner) and not inspect.ismethod(inner):
        inner = getattr(inner, "__init__" if isinstance(inner, type) else "__call__", None)
    code = getattr(inner, "__code__", None)
    file = _file(getattr(code, "co_filename", None))
    if code is None or file is None:
        return None
    names: dict[str, str] = {}
    for parameter in _parameters(function):
        for part in (parameter.default, *typing.get_args(parameter.annotation)):
            alias = getattr(part, "alias", None)
            if isinstance(alias, str):
                names[alias] = parameter.name
        names.setdefault(parameter.name, parameter.name)
        names.setdefault(parameter.name.replace("_", "-"), parameter.name)  # how headers are spelled
    return {"file": file, "line": code.co_firstlineno, "name": code.co_name, "parameters": names}


def _annotations(function: Any) -> list[Any]:
    found = [parameter.annotation for parameter in _parameters(function)]
    with contextlib.suppress(Exception):
        found.append(inspect.signature(function, eval_str=True).return_annotation)
    return found


def _models(types: list[Any]) -> dict[str, Any]:
    """Return the classes with fields or members that these types are made of."""
    table: dict[str, Any] = {}
    seen: set[int] = set()
    waiting = list(reversed(types))
    while waiting and len(seen) < _MOST_MODELS:
        one = waiting.pop()
        if one is None or id(one) in seen or isinstance(one, (str, int, float, bytes)):
            continue
        seen.add(id(one))
        with contextlib.suppress(Exception):
            waiting += typing.get_args(one)
            waiting.append(getattr(one, "__value__", None))  # of `type X = ...`
            waiting.append(getattr(one, "_type", None))  # of a TypeAdapter
        if not isinstance(one, type):
            continue
        fields = _fields(one)
        waiting += [kind for _, _, kind in fields]
        if not fields and not hasattr(one, "__members__"):
            continue
        row = _class(one, fields)
        for name in _names(one):
            if row is not None:
                table.setdefault(name, row)
    return table


def _names(model: type) -> list[str]:
    """Return the names that the component of a model may have: its own, and with its module where two share one."""
    short = _NOT_IN_A_NAME.sub("_", model.__name__)
    long = _NOT_IN_A_NAME.sub("_", f"{model.__module__}.{model.__qualname__}".replace(".", "__"))
    return [name + ending for name in (short, long) for ending in ("", "-Input", "-Output")]


def _fields(model: type) -> list[tuple[str, str, Any]]:
    """Return the fields: the name in the document, the name in Python, and the type."""
    known = getattr(model, "model_fields", None)
    if isinstance(known, Mapping):  # pydantic
        rows = []
        for name, field in known.items():
            for alias in {name, *(_text(getattr(field, key, None)) for key in _ALIASES)} - {""}:
                rows.append((alias, name, getattr(field, "annotation", None)))
        return rows
    if hasattr(model, "__dataclass_fields__") or hasattr(model, "__total__"):  # dataclasses, TypedDict
        with contextlib.suppress(Exception):
            return [(name, name, kind) for name, kind in typing.get_type_hints(model).items()]
    return []


_ALIASES = ("alias", "validation_alias", "serialization_alias")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _class(model: type, fields: list[tuple[str, str, Any]]) -> dict[str, Any] | None:
    generic = getattr(model, "__pydantic_generic_metadata__", None)
    origin = generic.get("origin") if isinstance(generic, Mapping) else None
    written = origin if isinstance(origin, type) else model
    file = _file(getattr(sys.modules.get(written.__module__), "__file__", None))
    if file is None:
        return None
    rows = {}
    for alias, name, _ in fields:
        owner = next((base for base in written.__mro__ if name in _own(base)), written)
        owner_file = _file(getattr(sys.modules.get(owner.__module__), "__file__", None))
        if owner_file is not None:
            rows[alias] = {"file": owner_file, "name": owner.__qualname__, "field": name}
    return {"file": file, "name": written.__qualname__, "fields": rows}


def _own(base: type) -> Mapping[str, Any]:
    with contextlib.suppress(Exception):
        return inspect.get_annotations(base)
    return {}


def _file(name: Any) -> str | None:
    """Return a file below the working folder as seen from there; None for one elsewhere, which is not the app's own."""
    if not isinstance(name, str) or not name.endswith(".py"):
        return None
    path = os.path.relpath(os.path.realpath(name), os.path.realpath(os.getcwd()))
    if path.startswith("..") or "site-packages" in path or "dist-packages" in path:
        return None
    return path.replace(os.sep, "/")
