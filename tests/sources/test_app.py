from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from contractkit.model.contract import Contract, Notice
from contractkit.model.errors import InputError
from contractkit.sources.load import LoadOptions, load

APP = """
from fastapi import FastAPI
app = FastAPI(title="Shop", version="1.2.0")
@app.get("/items")
def items() -> int: return 1
"""


def take(
    folder: Path,
    code: str,
    source: str = "shop:app",
    *,
    lifespan: bool = False,
    timeout: float = 60.0,
    sockets: bool = False,
) -> Contract:
    (folder / "shop.py").write_text(code)
    options = LoadOptions(root=folder, lifespan=lifespan, timeout=timeout, sockets=sockets)
    return load(source, options=options)


def error(
    folder: Path, code: str, source: str = "shop:app", *, lifespan: bool = False, timeout: float = 60.0
) -> InputError:
    with pytest.raises(InputError) as caught:
        take(folder, code, source, lifespan=lifespan, timeout=timeout)
    return caught.value


def test_the_document_is_what_the_app_gives(tmp_path: Path) -> None:
    contract = take(tmp_path, APP)
    assert (contract.source, contract.title, contract.version, contract.file) == ("shop:app", "Shop", "1.2.0", None)
    assert (list(contract.document["paths"]), contract.warnings, contract.hints) == (["/items"], (), ())


FORMS = {
    "shop:make": "def make(): return app",
    "shop:make()": "def make(title='x'): return app",
    "shop:later": "async def later(): return app",
    "shop:Make": "class Make:\n    def __new__(cls): return app",
    "shop:box.app": "class box: app = app",
    "shop:wrapped": "from starlette.middleware.cors import CORSMiddleware as C\nwrapped = C(C(app))",
    "shop:replaced": "replaced = FastAPI()\nd = app.openapi()\nreplaced.openapi = lambda: d",
    "shop:quiet": "quiet = FastAPI(title='Shop', openapi_url=None)\nquiet.include_router(app.router)",
    "shop:other": "class Other:\n    def openapi(self): return app.openapi()\nother = Other()",
}


@pytest.mark.parametrize("source", FORMS)
def test_apps_and_factories_of_every_form(source: str, tmp_path: Path) -> None:
    contract = take(tmp_path, f"{APP}\n{FORMS[source]}\n", source)
    assert (contract.title, list(contract.document["paths"]), contract.hints) == ("Shop", ["/items"], ())


def test_a_vendored_fastapi(tmp_path: Path) -> None:
    """A copy of the framework under another name, as some projects ship it."""
    import fastapi

    vendor = tmp_path / "ourapi"
    for path in Path(fastapi.__file__).parent.rglob("*.py"):
        copy = vendor / path.relative_to(Path(fastapi.__file__).parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(
            path.read_text().replace("from fastapi", "from ourapi").replace("import fastapi", "import ourapi")
        )
    code = APP.replace("from fastapi", "from ourapi") + "app.mount('/inner', FastAPI(title='Inner'))\n"
    contract = take(tmp_path, code)
    assert (contract.title, list(contract.document["paths"])) == ("Shop", ["/items"])
    assert contract.hints == (
        "/inner is an app of its own (Inner) with its own document, which is not part of this one",
    )


def test_what_the_app_prints_stays_apart(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = 'import os, sys\nprint("{}")\nprint("x" * 300_000, file=sys.stderr)\nos.write(1, b"[1]")\n' + APP
    assert take(tmp_path, code).title == "Shop"
    assert capfd.readouterr() == ("", "")
    load("shop:app", options=LoadOptions(root=tmp_path, verbose=True))
    out, err = capfd.readouterr()
    assert (out, len(err)) == ("", 300_007)


def test_mounted_apps_are_named_in_hints(tmp_path: Path) -> None:
    code = f"""{APP}
from fastapi import APIRouter
from fastapi.staticfiles import StaticFiles
from starlette.applications import Starlette
from starlette.routing import Mount
inner = FastAPI(title="Inner")
inner.mount("/deep", FastAPI(title="Deep"))
app.mount("/inner", inner)
app.mount("/plain", Starlette(routes=[Mount("/below", FastAPI(title="Below"))]))
app.mount("/files", StaticFiles(directory="."))
router = APIRouter()
router.mount("/routed", FastAPI(title="Routed"))
app.include_router(router, prefix="/v1")
"""
    assert take(tmp_path, code).hints == tuple(
        f"{path} is an app of its own ({title}) with its own document, which is not part of this one"
        for path, title in [
            ("/inner", "Inner"),
            ("/inner/deep", "Deep"),
            ("/plain/below", "Below"),
            ("/v1/routed", "Routed"),
        ]
    )


LIFESPAN = """
from contextlib import asynccontextmanager
from fastapi import FastAPI
@asynccontextmanager
async def lifespan(app):
    print("startup ran")
    @app.get("/late")
    def late() -> int: return 1
    {startup}
    yield
    {shutdown}
app = FastAPI(title="Late", lifespan=lifespan)
"""


def late(startup: str = "", shutdown: str = "", more: str = "") -> str:
    return LIFESPAN.format(startup=startup, shutdown=shutdown) + more


EARLY = "@app.get('/early')\ndef early() -> int: return 1\n"


def test_an_app_without_paths_before_its_startup(tmp_path: Path) -> None:
    contract = take(tmp_path, late(shutdown="raise RuntimeError('too late to matter')"))
    assert list(contract.document["paths"]) == ["/late"]
    assert contract.hints == (
        "the app has no paths before its startup; its lifespan was run and the document taken then",
    )


def test_the_startup_runs_only_if_it_must_or_if_it_is_asked_for(tmp_path: Path) -> None:
    assert list(take(tmp_path, late(more=EARLY)).document["paths"]) == ["/early"]
    contract = take(tmp_path, late(more=EARLY), lifespan=True)
    assert (list(contract.document["paths"]), contract.hints) == (["/early", "/late"], ())


def test_a_startup_that_fails_or_hangs(tmp_path: Path) -> None:
    failed = error(tmp_path, late(startup="raise RuntimeError('no database')"))
    assert str(failed) == ("shop:app: the app's startup failed: RuntimeError: no database; see the rest with --verbose")
    assert failed.detail.startswith("startup ran\n")
    hangs = error(tmp_path, late(startup="import asyncio; await asyncio.sleep(600)"), timeout=2.0)
    assert str(hangs) == (
        "shop:app: the app gave no document within 2 s; see where with --verbose, or give it more with --timeout"
    )


def test_an_app_without_any_paths(tmp_path: Path) -> None:
    contract = take(tmp_path, "from fastapi import FastAPI\napp = FastAPI()\n")
    assert (contract.document["paths"], contract.hints) == (
        {},
        ("the app has no paths, before its startup and after it",),
    )


def test_an_app_of_websockets_alone_needs_no_paths(tmp_path: Path) -> None:
    text = "from fastapi import FastAPI, WebSocket\napp = FastAPI()\n"
    text += "@app.websocket('/news')\nasync def news(websocket: WebSocket): ...\n"
    assert [one for one in take(tmp_path, text, sockets=True).hints if "paths" in one] == []
    assert take(tmp_path, text).hints == ("the app has no paths, before its startup and after it",)


FAILURES = {
    "app = 3": "it is a value of type int, not a FastAPI app; name the FastAPI app or its factory",
    "main = 3": "`shop` has no `app`; name the FastAPI app or its factory",
    "appp = 3": "`shop` has no `app`; did you mean `appp`?",
    APP.replace("app", "api"): "`shop` has no `app`; it has the app `api`",
    "from starlette.applications import Starlette\napp = Starlette()": "it is an ASGI app (Starlette) without an "
    "OpenAPI document, not a FastAPI app; name the FastAPI app or its factory",
    "async def app(scope, receive, send): ...": "it is an ASGI app (function) without an OpenAPI document, not a "
    "FastAPI app; name the FastAPI app or its factory",
    "def app(settings, *, debug): ...": "the factory needs arguments (settings, debug); "
    "name an app, or a factory that can be called without any",
    "def app(): return 3": "it is a value of type int, not a FastAPI app; name the FastAPI app or its factory",
    "def app(): raise ValueError('bad\\nsettings')": "the factory failed: ValueError: bad settings; "
    "see the rest with --verbose",
    "import sys\nsys.exit('stop')": "`shop` cannot be imported: it calls sys.exit('stop'); see where with --verbose",
    "import os\nos._exit(7)": "the app ended its process with exit code 7 before it gave its document; "
    "importing it must not end the process",
    "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)": "the app was killed by signal SIGKILL before it gave "
    "its document; importing it must not end the process",
    "import nothing_of_this_name": "`shop` cannot be imported: ModuleNotFoundError: No module named "
    "'nothing_of_this_name'; see the rest with --verbose",
    "raise KeyboardInterrupt": "`shop` cannot be imported: KeyboardInterrupt; see the rest with --verbose",
    "class app:\n    def openapi(self): raise ValueError('no')": "`openapi()` of the app failed: ValueError: no; "
    "see the rest with --verbose",
    "class app:\n    def openapi(self): return '{}'": "`openapi()` of the app gives a str; let it return a dict",
    "class app:\n    def openapi(self): return {'paths': {'/': {(1, 2): 0}}}": "its document holds at `/paths/~1` a "
    "tuple as a key, which is no JSON; let the app give a JSON value there",
    "class app:\n    def openapi(self): return {'paths': {'/': {'a/b': [object()]}}}": "its document holds at "
    "`/paths/~1/a~1b/0` a object, which is no JSON; let the app give a JSON value there",
    "d = {'paths': {'/': {}}}\nd['d'] = d\nclass app:\n    def openapi(self): return d": "its document holds at `/` "
    "something that refers to itself, which is no JSON; let the app give a JSON value there",
    "class app:\n    def openapi(self): return {'paths': {'/': {}}}": "has no `openapi` field at its top; "
    "write openapi: 3.1.0 there; contractkit reads OpenAPI 3.0, 3.1 and 3.2",
}


@pytest.mark.parametrize("code", FAILURES)
def test_each_failure_is_one_clear_line(code: str, tmp_path: Path) -> None:
    assert str(error(tmp_path, code + "\n")) == f"shop:app: {FAILURES[code]}"


def test_a_syntax_error_has_its_file_and_line(tmp_path: Path) -> None:
    caught = error(tmp_path, "x = 1\ndef f(:\n")
    place = f"{tmp_path / 'shop.py'}:2"
    assert str(caught) == (
        f"shop:app: `shop` cannot be imported: {place}: SyntaxError: invalid syntax; see the rest with --verbose"
    )
    assert "Traceback" in caught.detail


def test_a_module_that_is_not_found(tmp_path: Path) -> None:
    missing = "`{0}` cannot be imported: ModuleNotFoundError: No module named '{0}'; {1}"
    where = "run it in the folder that holds `nowhere`, or install the project into this Python"
    assert str(error(tmp_path, "", "nowhere:app")) == f"nowhere:app: {missing.format('nowhere', where)}"
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "inside.py").write_text("")
    mend = "it lies in src: install the project, or set PYTHONPATH=src"
    assert str(error(tmp_path, "", "inside:app")) == f"inside:app: {missing.format('inside', mend)}"
    near = "did you mean `shop`?"
    assert str(error(tmp_path, "", "shopp:app")) == f"shopp:app: {missing.format('shopp', near)}"


def test_a_hang_is_ended_with_all_that_the_app_started(tmp_path: Path) -> None:
    """A grandchild holds a FIFO open; the FIFO ends only when it is gone."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    code = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; f = open({str(fifo)!r}, 'w'); time.sleep(600)"])
open({str(fifo)!r}, "w").write("started")
time.sleep(600)
"""
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    caught = error(tmp_path, code, timeout=3.0)
    assert "the app gave no document within 3 s" in str(caught)
    assert "shop.py" in caught.detail  # where it hangs
    os.set_blocking(reader, True)
    assert os.read(reader, 100) == b"started"
    assert os.read(reader, 100) == b""
    os.close(reader)


def test_what_an_app_leaves_running_does_not_keep_it(tmp_path: Path) -> None:
    code = "import threading, time, atexit\nthreading.Thread(target=time.sleep, args=(600,)).start()\n"
    assert take(tmp_path, code + "atexit.register(time.sleep, 600)\n" + APP).title == "Shop"


def test_values_that_json_does_not_know_are_written_as_fastapi_writes_them(tmp_path: Path) -> None:
    code = """
from decimal import Decimal
from pathlib import PurePosixPath
from uuid import UUID
from fastapi import FastAPI
app = FastAPI()
inner = app.openapi
def openapi():
    values = [Decimal("1.5"), UUID(int=0), PurePosixPath("/a"), {"b", "a", "d", "c"}, float("nan"), (1, 2)]
    return {**inner(), "paths": {"/": {}}, "x-values": values, 1: "a"}
app.openapi = openapi
"""
    contract = take(tmp_path, code)
    assert contract.document["1"] == "a"
    values = contract.document["x-values"]
    assert [*values[:3], sorted(values[3]), *values[4:]] == [
        1.5, "00000000-0000-0000-0000-000000000000", "/a", ["a", "b", "c", "d"], None, [1, 2]
    ]  # fmt: skip
    assert contract.warnings == (Notice("/x-values/4", "NaN is no number JSON can hold; it is read as null", "NaN"),)


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_sets_have_one_order_whatever_the_hash_seed(seed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", seed)
    code = APP + "d = {**app.openapi(), 'x-set': ''.join({*'abcdefgh'})}\napp.openapi = lambda: d\n"
    expected = os.popen(f"PYTHONHASHSEED=0 {sys.executable} -c \"print(''.join({{*'abcdefgh'}}))\"").read().strip()
    assert take(tmp_path, code).document["x-set"] == expected


def test_the_folder_comes_first_and_shadows_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "load.py").write_text("title = 'Mine'\n")
    (tmp_path / "json.py").write_text("raise RuntimeError('shadowed')\n")
    code = "import load, sys\n" + APP.replace('"Shop"', "load.title + ' ' + str(sys.argv)")
    assert take(tmp_path, code).title == "Mine ['contractkit']"


def test_a_huge_document_comes_through(tmp_path: Path) -> None:
    code = APP + "d = {**app.openapi(), 'x-big': ['é' * 100] * 50_000}\napp.openapi = lambda: d\n"
    contract = take(tmp_path, code)
    assert len(json.dumps(contract.document, ensure_ascii=False)) > 5_000_000
