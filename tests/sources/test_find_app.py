from __future__ import annotations

from pathlib import Path

import pytest

from contractkit.sources.find_app import find_apps

IMPORT = "from fastapi import FastAPI\n"
MODULES = {
    "an assignment": (IMPORT + "app = FastAPI()\n", ["shop:app"]),
    "another name": ("from fastapi import FastAPI as Web\nsite: Web = Web(title='x')\n", ["shop:site"]),
    "the package": ("import fastapi\napi = fastapi.FastAPI()\n", ["shop:api"]),
    "the package's other name": ("import fastapi as f\napi = f.FastAPI()\n", ["shop:api"]),
    "under a condition": (
        IMPORT + "if True:\n    app = FastAPI()\nelse:\n    app = FastAPI(debug=True)\n",
        ["shop:app"],
    ),
    "two": (IMPORT + "admin = FastAPI()\napp = FastAPI()\n", ["shop:admin", "shop:app"]),
    "a function that says so": (IMPORT + "def make(debug: bool = False) -> FastAPI: ...\n", ["shop:make"]),
    "a function that returns one": (IMPORT + "def make():\n    return FastAPI()\n", ["shop:make"]),
    "a function that returns a name": (IMPORT + "def make():\n    a = FastAPI()\n    return a\n", ["shop:make"]),
    "a function and its app": (IMPORT + "def make() -> FastAPI: ...\napp = make()\n", ["shop:app"]),
    "a function with an argument": (IMPORT + "def make(a) -> FastAPI: ...\n", []),
    "a function with a named argument": (IMPORT + "def make(*, a) -> FastAPI: ...\n", []),
    "inside of a function": (IMPORT + "def other():\n    app = FastAPI()\n", []),
    "another FastAPI": ("from mine import FastAPI\napp = FastAPI()\n", []),
    "an attribute": (IMPORT + "import state\nstate.app = FastAPI()\n", []),
    "no Python": (IMPORT + "app = FastAPI(\n", []),
}


@pytest.mark.parametrize("name", MODULES)
def test_one_module(name: str, tmp_path: Path) -> None:
    text, apps = MODULES[name]
    (tmp_path / "shop.py").write_text(text, encoding="utf-8")
    assert find_apps(tmp_path) == apps


def test_modules_are_named_as_they_are_imported(tmp_path: Path) -> None:
    own = ("a/b/main.py", "a/__init__.py", "src/pack/web.py", "my-scripts/x.py", "my-script.py")
    others = ("tests/app.py", "docs/app.py", ".hidden/app.py", "venv/lib/app.py", "node_modules/app.py")
    for file in (*own, *others, "conftest.py", "test_app.py"):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(IMPORT + "app = FastAPI()\n", encoding="utf-8")
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    assert find_apps(tmp_path) == ["a.b.main:app", "a:app", "pack.web:app"]
    (tmp_path / "src" / "__init__.py").touch()
    assert find_apps(tmp_path) == ["a.b.main:app", "a:app", "src.pack.web:app"]


def test_functions_count_only_where_no_module_has_an_app(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(IMPORT + "def make() -> FastAPI: ...\n", encoding="utf-8")
    assert find_apps(tmp_path) == ["one:make"]
    (tmp_path / "two.py").write_text(IMPORT + "app = FastAPI()\n", encoding="utf-8")
    assert find_apps(tmp_path) == ["two:app"]
