"""Lines of classes, fields, functions and their parameters in Python files, by their syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Callable

_NAMED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class PythonPlaces:
    """Looks up lines; each file is read once.

    Args:
        read: gives the text of a file, None where there is none.
    """

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._trees: dict[str, ast.Module | None] = {}

    def definition(self, file: str, name: str, first: int) -> int | None:
        """Return the line of `def` of a function whose first line, decorators included, is `first`."""
        node = self._function(file, name, first)
        return None if node is None else node.lineno

    def argument(self, file: str, name: str, first: int, argument: str) -> int | None:
        """Return the line of a parameter of that function."""
        node = self._function(file, name, first)
        if node is None:
            return None
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        return next((one.lineno for one in arguments if one.arg == argument), None)

    def line(self, file: str, name: str, field: str | None = None) -> int | None:
        """Return the line of a class (its name dotted where it is nested), or of a field that it declares."""
        body: list[ast.stmt] = getattr(self._tree(file), "body", [])
        node: ast.stmt | None = None
        for part in name.split("."):
            if part == "<locals>":
                continue
            node = next((one for one in _flat(body) if isinstance(one, _NAMED) and one.name == part), None)
            if not isinstance(node, _NAMED):
                return None
            body = node.body
        if field is None:
            return None if node is None else node.lineno
        for one in body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id == field:
                return one.lineno
        return None

    def _function(self, file: str, name: str, first: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        tree = self._tree(file)
        for node in ast.walk(tree) if tree is not None else ():
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.name != name:
                continue
            if min((node.lineno, *(one.lineno for one in node.decorator_list))) == first:
                return node
        return None

    def _tree(self, file: str) -> ast.Module | None:
        if file not in self._trees:
            text = self._read(file)
            try:
                self._trees[file] = None if text is None else ast.parse(text)
            except (SyntaxError, ValueError, RecursionError):
                self._trees[file] = None
        return self._trees[file]


def _flat(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements, those below `if` and `try` at the top of a module too."""
    found: list[ast.stmt] = []
    for one in body:
        found.append(one)
        if isinstance(one, (ast.If, ast.Try, ast.With)):
            found += _flat([*one.body, *getattr(one, "orelse", []), *getattr(one, "finalbody", [])])
    return found
