"""The layers: which part of the app may know which library."""

import ast
from pathlib import Path

import pytest

import sample_app

PACKAGE = Path(sample_app.__file__).parent

FORBIDDEN = {
    "router.py": {"sqlalchemy", "aiosqlite"},
    "schemas.py": {"sqlalchemy", "aiosqlite"},
    "service.py": {"fastapi", "starlette", "sqlalchemy"},
    "confirmation.py": {"fastapi", "starlette", "sqlalchemy"},
    "repository.py": {"fastapi", "starlette"},
    "models.py": {"fastapi", "starlette", "pydantic"},
    "errors.py": {"fastapi", "starlette", "sqlalchemy", "pydantic"},
}

FILES = sorted(str(path.relative_to(PACKAGE)) for name in FORBIDDEN for path in PACKAGE.rglob(name))


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("file", FILES)
def test_a_layer_does_not_know_the_libraries_of_another(file: str) -> None:
    path = PACKAGE / file
    assert {name.split(".")[0] for name in imports_of(path)} & FORBIDDEN[path.name] == set()


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith("router.py")])
def test_a_router_does_not_reach_past_the_services(file: str) -> None:
    own = {name for name in imports_of(PACKAGE / file) if name.startswith("sample_app.")}
    assert {name for name in own if name.endswith(".repository")} == set()


def test_version_2_does_not_know_version_1() -> None:
    knowing = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(name.startswith("sample_app.v1") for name in imports_of(path))
    }
    assert {name for name in knowing if not name.startswith("v1/")} == {"main.py"}
