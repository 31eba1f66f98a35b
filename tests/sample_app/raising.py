"""Which of the app's own errors a function can raise: found by reading its source and that of what it calls.

It follows what can be told from annotations: functions by their names, methods of parameters, of attributes, of local
variables, and of what a call returns. What is behind a `Protocol` or a callback is not seen.
"""

import ast
import inspect
import textwrap
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from fastapi.exceptions import RequestValidationError

from sample_app.core.errors import AppError, InvalidRequestError

Errors = frozenset[type[AppError]]


def raised_by(call: Any) -> Errors:
    """The errors that a function, a class or an instance of one can raise when it is called."""
    return _raised_by(call, frozenset())


@cache
def _raised_by(call: Any, callers: frozenset[Any]) -> Errors:
    function = _function_of(call)
    if function is None or function in callers or not function.__module__.startswith("sample_app."):
        return frozenset()
    return _Reader(function, callers | {function}).errors()


def _function_of(call: Any) -> types.FunctionType | None:
    if isinstance(call, type):
        call = call.__init__  # type: ignore[misc]  # of the class itself: there is no instance
    elif not inspect.isroutine(call) and callable(call):
        call = type(call).__call__
    function = inspect.unwrap(call) if inspect.isroutine(call) else None
    # What `dataclass` makes has no source of its own.
    return function if isinstance(function, types.FunctionType) and "<string>" not in repr(function.__code__) else None


class _Reader:
    """Reads the body of one function."""

    def __init__(self, function: types.FunctionType, callers: frozenset[Any]) -> None:
        self._callers = callers
        self._globals = function.__globals__
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
        self._tree = tree
        self._types: dict[str, Any] = dict(_hints(function))
        owner = _owner(function)
        if owner is not None:
            self._types["self"] = owner
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._types.setdefault(node.targets[0].id, self._type(node.value))

    def errors(self) -> Errors:
        return frozenset(error for statement in self._tree.body for error in self._in(statement))

    def _in(self, node: ast.AST) -> Iterator[type[AppError]]:
        if isinstance(node, ast.Try):
            caught = tuple(error for handler in node.handlers for error in self._caught_for_good(handler))
            inside = [error for statement in node.body for error in self._in(statement)]
            yield from (error for error in inside if not issubclass(error, caught))
            for part in (*node.handlers, *node.orelse, *node.finalbody):
                yield from self._in(part)
            return
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = self._type(node.exc)
            if raised is RequestValidationError:
                yield InvalidRequestError
            elif isinstance(raised, type) and issubclass(raised, AppError):
                yield raised
        elif isinstance(node, ast.Call):
            called = self._value(node.func)
            if called is not None:
                yield from _raised_by(called, self._callers)
        for child in ast.iter_child_nodes(node):
            yield from self._in(child)

    def _caught_for_good(self, handler: ast.ExceptHandler) -> Iterator[type[BaseException]]:
        if any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler)):
            return
        names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for name in names:
            caught = self._value(name) if name is not None else BaseException
            if isinstance(caught, type):
                yield caught

    def _value(self, node: ast.expr) -> Any:
        """What a name or a method stands for; None if that cannot be told."""
        if isinstance(node, ast.Name):
            return self._globals.get(node.id)
        if isinstance(node, ast.Attribute):
            module = self._value(node.value) if isinstance(node.value, ast.Name) else None
            holder = module if isinstance(module, types.ModuleType | type) else self._type(node.value)
            return getattr(holder, node.attr, None)
        return None

    def _type(self, node: ast.expr) -> Any:
        """The class of what an expression gives; None if that cannot be told. A class stands for itself."""
        match node:
            case ast.Await(value=value):
                return self._type(value)
            case ast.Name(id=name):
                known = self._globals.get(name)
                return self._types.get(name) or (known if isinstance(known, type) else None)
            case ast.Attribute(value=value, attr=name):
                return _attributes(self._type(value)).get(name) or self._value(node)
            case ast.Call(func=function):
                called = self._value(function)
                return called if isinstance(called, type) else _hints(called).get("return")
        return None


@cache
def _hints(function: Any) -> dict[str, Any]:
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError):  # it is none that has hints, or they are for type checkers only
        return {}
    return {name: _one_class(hint) for name, hint in hints.items()}


def _one_class(hint: Any) -> Any:
    """The class of `X` and of `X | None`."""
    choices = [choice for choice in typing.get_args(hint) if choice is not types.NoneType]
    return choices[0] if isinstance(hint, types.UnionType) and len(choices) == 1 else hint


@cache
def _attributes(owner: Any) -> dict[str, Any]:
    """The classes of a class's attributes: as annotated, or as `__init__` is given them."""
    known = _hints(owner) if isinstance(owner, type) else {}
    init = _function_of(owner) if isinstance(owner, type) else None
    if init is None:
        return known
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(init))).body
    hints = _hints(init)
    given = {
        node.targets[0].attr: hints.get(node.value.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Attribute)
        and isinstance(node.value, ast.Name)
    }
    return {**known, **given}


def _owner(function: types.FunctionType) -> Callable[..., Any] | None:
    """The class that a method belongs to."""
    name, _, _method = function.__qualname__.rpartition(".")
    return function.__globals__.get(name)
