"""Finds the FastAPI app of a project by reading its modules; nothing is imported."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

_NOT_THE_PROJECT = frozenset(
    {"benchmarks", "build", "dist", "docs", "docs_src", "examples", "migrations", "node_modules", "site-packages"}
    | {"__pycache__", "test", "tests"}
)
_LARGEST = 2**20


def find_apps(folder: Path) -> list[str]:
    """Return the apps in the modules below a folder, as sources (`package.module:app`), sorted.

    An app is what a module assigns `FastAPI(...)` to, or the call of its own function that makes one. Where no module
    has any, the functions that need no argument and return one are given. Tests, documentation, virtual environments
    and hidden folders are left out. A `src` folder that is no package is no part of a module's name.

    Args:
        folder: the folder that the app is run from.
    """
    apps: list[str] = []
    factories: list[str] = []
    for file in _modules(folder):
        try:
            data = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
            if b"FastAPI" not in data:
                continue
            found = _Module(ast.parse(data))
        except (OSError, SyntaxError, ValueError, RecursionError):
            continue  # what cannot be read cannot be imported either
        name = _name(file.relative_to(folder), folder)
        apps += [f"{name}:{app}" for app in found.apps]
        factories += [f"{name}:{factory}" for factory in found.factories]
    return sorted(set(apps or factories))


def _modules(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = sorted(
            one for one in folders if one.isidentifier() and one not in _NOT_THE_PROJECT and not one.startswith("_")
        )
        for file in sorted(files):
            stem = file.removesuffix(".py")
            if stem != file and stem.isidentifier() and stem != "conftest" and not stem.startswith("test_"):
                yield Path(place, file)


def _name(file: Path, folder: Path) -> str:
    parts = list(file.with_suffix("").parts)
    if parts[0] == "src" and len(parts) > 1 and not (folder / "src" / "__init__.py").exists():
        del parts[0]
    if parts[-1] == "__init__" and len(parts) > 1:
        del parts[-1]
    return ".".join(parts)


class _Module:
    """What one module has: the names of its apps, and of its functions that make one."""

    def __init__(self, tree: ast.Module) -> None:
        self._classes: set[str] = set()
        self._packages: set[str] = set()
        self.apps: list[str] = []
        self.factories: list[str] = []
        statements = list(_run_at_import(tree.body))
        for statement in statements:
            self._take_import(statement)
        for statement in statements:
            if isinstance(statement, ast.FunctionDef) and self._makes_one(statement):
                self.factories.append(statement.name)
        for statement in statements:
            if isinstance(statement, ast.Assign):
                self._take_assignment(statement.targets, statement.value)
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                self._take_assignment([statement.target], statement.value)

    def _take_import(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ImportFrom) and statement.module in ("fastapi", "fastapi.applications"):
            self._classes |= {one.asname or one.name for one in statement.names if one.name == "FastAPI"}
        elif isinstance(statement, ast.Import):
            self._packages |= {one.asname or one.name for one in statement.names if one.name == "fastapi"}

    def _take_assignment(self, targets: list[ast.expr], value: ast.expr) -> None:
        if not isinstance(value, ast.Call):
            return
        own = isinstance(value.func, ast.Name) and value.func.id in self.factories
        if own or self._is_class(value.func):
            self.apps += [target.id for target in targets if isinstance(target, ast.Name)]

    def _is_class(self, node: ast.expr | None) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._classes
        return (
            isinstance(node, ast.Attribute)
            and node.attr == "FastAPI"
            and isinstance(node.value, ast.Name)
            and node.value.id in self._packages
        )

    def _makes_one(self, function: ast.FunctionDef) -> bool:
        given = function.args
        needed = len(given.posonlyargs) + len(given.args) - len(given.defaults)
        if needed or None in given.kw_defaults:
            return False
        if function.returns is not None:
            return self._is_class(function.returns)
        calls = [one for one in ast.walk(function) if isinstance(one, ast.Assign) and self._is_call(one.value)]
        names = {target.id for one in calls for target in one.targets if isinstance(target, ast.Name)}
        return any(
            self._is_call(one.value) or (isinstance(one.value, ast.Name) and one.value.id in names)
            for one in ast.walk(function)
            if isinstance(one, ast.Return)
        )

    def _is_call(self, node: ast.expr | None) -> bool:
        return isinstance(node, ast.Call) and self._is_class(node.func)


def _run_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, and those inside of its `if`, `try` and `with`; functions are not entered."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for _, value in ast.iter_fields(statement):
                if isinstance(value, list):
                    yield from _run_at_import([one for one in value if isinstance(one, ast.stmt)])
