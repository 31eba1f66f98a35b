"""The child process that imports an app and writes its OpenAPI document into a file.

Runs as a script (`python -P child.py REQUEST`) with the standard library alone, so that nothing of contractkit meets
the app. REQUEST is a JSON object: `module`, `attribute`, `result` (the file to write), `lifeline` (a descriptor of a
pipe; its end means that the parent is gone), `timeout` (seconds until the parent ends this process), `lifespan` (run
the startup in any case), `origins` (whether to say where routes and models come from), `sockets` (whether to describe
its WebSockets), `imported` (None, or a descriptor to write to once the app is imported), `moved` (None, or the user's
checkout and the temporary one that stands for it).

The result is `{"document": ..., "hints": [...], "origins": ..., "sockets": ...}`, or `{"problem": ..., "mend": ...,
"detail": ...}`. No result means that the app ended the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import faulthandler
import gc
import importlib
import inspect
import json
import os
import pathlib
import runpy
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_SHUTDOWN_SECONDS = 5.0
_NO_PATHS = "the app has no paths, before its startup and after it"


class RefusedError(Exception):
    """The app gives no document: what is wrong, what to do, and a traceback if there is one."""

    def __init__(self, problem: str, mend: str = "", detail: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.mend = mend
        self.detail = detail


def main() -> None:
    """Do what the request in argv says, write the result, and end at once, whatever threads the app left running."""
    gc.disable()  # to import an app and to write its document makes many objects that stay, and little garbage
    request = json.loads(sys.argv[1])
    _die_with_parent(request["lifeline"], os.path.dirname(request["result"]))
    sys.argv = ["contractkit"]
    faulthandler.enable()
    # Shows where an app hangs, in time before the parent ends this process.
    faulthandler.dump_traceback_later(max(request["timeout"] * 0.9 - 0.2, request["timeout"] / 2))
    folder = os.getcwd()
    if request["moved"]:
        _move_paths(*request["moved"])
    sys.path.insert(0, folder)
    try:
        app = find_app(request["module"], request["attribute"], request["moved"])
        _tell(request["imported"])
        text, hints = _document(app, run_lifespan=request["lifespan"])
        origins = json.dumps(origins_of(app) if request["origins"] else None)
        sockets, hints = sockets_of(app, hints) if request["sockets"] else ("null", hints)
        result = f'{{"hints": {json.dumps(hints)}, "origins": {origins}, "sockets": {sockets}, "document": {text}}}'
    except RefusedError as refused:
        result = json.dumps({"problem": refused.problem, "mend": refused.mend, "detail": refused.detail})
    temporary = request["result"] + ".part"
    pathlib.Path(temporary).write_text(result, encoding="utf-8", errors="backslashreplace")
    os.replace(temporary, request["result"])
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


def _die_with_parent(lifeline: int, holder: str) -> None:
    """End with the parent, however it ends, and remove the folder it had made for the result."""
    os.set_inheritable(lifeline, False)

    def wait() -> None:
        os.read(lifeline, 1)
        shutil.rmtree(holder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()


def _tell(descriptor: int | None) -> None:
    """Let whoever waits for it know that the app is imported."""
    if descriptor is not None:
        with contextlib.suppress(OSError):  # nobody waits any more
            os.write(descriptor, b".")
            os.close(descriptor)


def _move_paths(repository: str, worktree: str) -> None:
    """Let entries of sys.path inside the user's checkout (an editable install, PYTHONPATH) mean the temporary one."""
    for index, entry in enumerate(sys.path):
        path = pathlib.Path(entry)
        if path.is_relative_to(repository):
            moved = worktree / path.relative_to(repository)
            if moved.is_dir():
                sys.path[index] = str(moved)


def find_app(module_name: str, attribute: str, moved: list[str] | None = None) -> Any:
    """Import the module and return the app its attribute holds, calling a factory and opening ASGI wrappers."""
    module = _guarded(f"`{module_name}` cannot be imported", lambda: importlib.import_module(module_name), module_name)
    if moved:
        file = getattr(module, "__file__", None)
        if file and not pathlib.Path(os.path.realpath(file)).is_relative_to(os.path.realpath(moved[1])):
            raise RefusedError(
                f"`{module_name}` was imported from {file}, not from the revision",
                "put the folder that holds the package on PYTHONPATH, relative to here (PYTHONPATH=src)",
            )
    found: Any = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise RefusedError(f"`{module_name}` has no `{attribute}`", _nearest(part, found))
        found = getattr(found, part)
    if not _is_app(found):
        if callable(found) and not _is_asgi(found):
            found = _call_factory(found)
        found = _unwrapped(found)
    if not _is_app(found):
        kind = type(found).__name__
        what = f"an ASGI app ({kind}) without an OpenAPI document" if _is_asgi(found) else f"a value of type {kind}"
        raise RefusedError(f"it is {what}, not a FastAPI app", _nearest(attribute.rpartition(".")[2], module))
    return found


def _nearest(name: str, holder: Any) -> str:
    apps = [key for key, value in vars(holder).items() if _is_app(value)] if hasattr(holder, "__dict__") else []
    if apps:
        return f"it has the app{'s' if len(apps) > 1 else ''} {', '.join(f'`{key}`' for key in apps[:3])}"
    near = difflib.get_close_matches(name, [key for key in dir(holder) if not key.startswith("__")], n=3)
    near = [key for key in near if key != name]
    return f"did you mean {', '.join(f'`{key}`' for key in near)}?" if near else "name the FastAPI app or its factory"


def _is_app(value: Any) -> bool:
    return not isinstance(value, type) and callable(getattr(value, "openapi", None))


def _is_asgi(value: Any) -> bool:
    """Whether it is called with (scope, receive, send) rather than as a factory."""
    if isinstance(value, type):
        return False
    if any(base.__name__ == "Starlette" for base in type(value).__mro__):
        return True
    try:
        parameters = list(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        return False
    return [parameter.name for parameter in parameters[:3]] == ["scope", "receive", "send"]


def _unwrapped(value: Any) -> Any:
    """Return the app inside ASGI middleware, which keeps it as `app`."""
    for _ in range(20):
        if _is_app(value) or not hasattr(value, "app"):
            break
        value = value.app
    return value


def _call_factory(factory: Callable[..., Any]) -> Any:
    try:
        needed = [
            parameter.name
            for parameter in inspect.signature(factory).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        ]
    except (TypeError, ValueError):
        needed = []
    if needed:
        problem = f"the factory needs arguments ({', '.join(needed)})"
        raise RefusedError(problem, "name an app, or a factory that can be called without any")

    def call() -> Any:
        made = factory()
        return asyncio.run(_awaited(made)) if inspect.isawaitable(made) else made

    return _guarded("the factory failed", call)


async def _awaited(value: Any) -> Any:
    return await value


def _document(app: Any, *, run_lifespan: bool) -> tuple[str, list[str]]:
    """Return the JSON text of the app's document, and hints."""
    document = _openapi(app)
    hints: list[str] = []
    without_paths = not (document.get("paths") or document.get("webhooks"))
    if run_lifespan or (without_paths and callable(app)):
        after = _guarded("the app's startup failed", lambda: asyncio.run(_after_startup(app)))
        if not run_lifespan and len(after.get("paths") or ()):
            hints.append("the app has no paths before its startup; its lifespan was run and the document taken then")
        document = after
    if not (document.get("paths") or document.get("webhooks")):
        hints.append(_NO_PATHS)
    for path, title in sorted(_mounts(app)):
        hints.append(f"{path} is an app of its own ({title}) with its own document, which is not part of this one")
    return _json(document, app), hints


def document_of(app: Any) -> tuple[str, list[str]]:
    """Return the JSON text of the document of an app that is there already, in whatever process, and hints.

    Raises:
        RefusedError: it gives no document.
    """
    if not _is_app(app):
        raise RefusedError(f"it is a value of type {type(app).__name__}, not a FastAPI app", "give the app itself")
    return _document(app, run_lifespan=False)


def _openapi(app: Any) -> dict[str, Any]:
    document = _guarded("`openapi()` of the app failed", app.openapi)
    if inspect.isawaitable(document):
        document = asyncio.run(_awaited(document))
    if not isinstance(document, dict):
        raise RefusedError(f"`openapi()` of the app gives a {type(document).__name__}", "let it return a dict")
    return document


async def _after_startup(app: Any) -> dict[str, Any]:
    """Run the app's lifespan by the ASGI lifespan protocol 2.0 and take the document between startup and shutdown."""
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    task = asyncio.ensure_future(app(scope, to_app.get, from_app.put))
    await to_app.put({"type": "lifespan.startup"})
    answer = asyncio.ensure_future(from_app.get())
    await asyncio.wait({task, answer}, return_when=asyncio.FIRST_COMPLETED)
    started = answer.done() and answer.result()["type"] == "lifespan.startup.complete"
    if answer.done() and not started:
        text = str(answer.result().get("message", "")).strip()
        last = text.splitlines()[-1] if text else "no reason given"
        raise RefusedError(f"the app's startup failed: {last}", "see the rest with --verbose", text)
    if hasattr(app, "openapi_schema"):
        app.openapi_schema = None  # FastAPI keeps its first answer there
    document = _openapi(app)
    if started:
        await to_app.put({"type": "lifespan.shutdown"})
        with contextlib.suppress(Exception):  # the document is there already; a bad shutdown takes nothing from it
            await asyncio.wait_for(task, _SHUTDOWN_SECONDS)
    return document


def _framework(app: Any, module: str) -> Any:
    """Return a module of the FastAPI the app is made with, which may be vendored under another name."""
    for base in type(app).__mro__:
        if base.__name__ == "FastAPI":
            package = base.__module__.removesuffix(".applications")
            with contextlib.suppress(ImportError):
                return importlib.import_module(f"{package}.{module}")
    return None


def _routes(app: Any) -> Iterator[Any]:
    """Give the routes of an app, those of included routers too."""
    routes = getattr(app, "routes", None) or ()
    # FastAPI >= 0.138.2 keeps included routers nested; this flattens them. Older ones have them flat already.
    flatten = getattr(_framework(app, "routing"), "iter_route_contexts", None)
    if not flatten or not routes:
        yield from routes
        return
    for route in flatten(routes):
        # Before 0.145 the WebSockets and mounts of included routers have no path there; what it made of them has it.
        made = getattr(getattr(route, "_route_context", None), "starlette_route", None)
        yield route if route.path or made is None else made


def origins_of(app: Any) -> Any:
    """Return where routes and models come from; an app that cannot be asked just does not say."""
    beside = pathlib.Path(__file__).with_name("app_origins.py")
    with contextlib.suppress(Exception):
        return runpy.run_path(str(beside))["origins"](_routes(app))
    return None


def sockets_of(app: Any, told: Iterable[str] = ()) -> tuple[str, list[str]]:
    """Return the JSON text of the AsyncAPI document of an app's WebSockets; its hints follow those told of its paths.

    Raises:
        RefusedError: the app's own code fails.
    """
    beside = runpy.run_path(str(pathlib.Path(__file__).with_name("sockets.py")))
    info = _openapi(app).get("info", {})
    made = _guarded("its WebSockets cannot be described", lambda: beside["asyncapi_of"](app, info, _routes, _framework))
    told = [one for one in told if one != _NO_PATHS or not made[0].get("channels")]
    return _json(made[0], app), [*told, *made[1]]


def _mounts(app: Any, prefix: str = "", depth: int = 10) -> Iterator[tuple[str, str]]:
    """Give path and title of each app with its own document mounted below, however deep."""
    for route in _routes(app):
        inner = _unwrapped(getattr(getattr(route, "original_route", route), "app", None))
        path = getattr(route, "path", None)
        if not isinstance(path, str) or not hasattr(inner, "routes") or depth == 0:
            continue
        if _is_app(inner):
            yield prefix + path, str(getattr(inner, "title", type(inner).__name__))
        yield from _mounts(inner, prefix + path, depth - 1)


def _json(document: dict[str, Any], app: Any) -> str:
    """Return `json.dumps(document)`; values JSON does not know are written as FastAPI's jsonable_encoder would."""
    encode = getattr(_framework(app, "encoders"), "jsonable_encoder", None)

    def default(value: Any) -> Any:
        if encode is None:
            raise TypeError(f"a {type(value).__name__}")
        encoded = encode(value)
        if type(encoded) is type(value):
            raise TypeError(f"a {type(value).__name__}")
        return encoded

    try:
        return json.dumps(document, default=default)
    except Exception as error:
        place, kind = _culprit(document)
        raise RefusedError(
            f"its document holds at `{place}` {kind}, which is no JSON",
            "let the app give a JSON value there",
            f"{type(error).__name__}: {error}",
        ) from None


def _culprit(document: Any) -> tuple[str, str]:
    stack: list[tuple[str, Any, int]] = [("", document, 0)]
    while stack:
        place, value, depth = stack.pop()
        if isinstance(value, dict):
            for key, item in value.items():
                if not isinstance(key, (str, int, float, bool, type(None))):
                    return place or "/", f"a {type(key).__name__} as a key"
                if depth < 200:
                    stack.append((f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}", item, depth + 1))
        elif isinstance(value, (list, tuple)):
            if depth < 200:
                stack.extend((f"{place}/{index}", item, depth + 1) for index, item in enumerate(value))
        elif not isinstance(value, (str, int, float, bool, type(None))):
            return place, f"a {type(value).__name__}"
    return "/", "something that refers to itself"


def _guarded(what: str, action: Callable[[], Any], module: str = "") -> Any:
    """Run the app's code; whatever it raises becomes a refusal with the last line of its traceback."""
    try:
        return action()
    except RefusedError:
        raise
    except SystemExit as error:
        raise RefusedError(
            f"{what}: it calls sys.exit({error.code!r})", "see where with --verbose", traceback.format_exc()
        ) from None
    except BaseException as error:
        last = _last_words(error)
        mend = "see the rest with --verbose"
        missing = getattr(error, "name", None)
        if (
            isinstance(error, ModuleNotFoundError)
            and missing
            and (module == missing or module.startswith(f"{missing}."))
        ):
            mend = _where_is(missing)
        raise RefusedError(f"{what}: {last}", mend, traceback.format_exc()) from None


def _last_words(error: BaseException) -> str:
    lines = [line.strip() for line in traceback.format_exception_only(error)[-1].strip().splitlines()]
    if isinstance(error, SyntaxError) and error.filename:
        lines[0] = f"{error.filename}:{error.lineno}: {lines[0]}"
    return " ".join(lines[:3])


def _where_is(module: str) -> str:
    below = module.replace(".", "/")
    if os.path.exists(f"src/{below}.py") or os.path.isdir(f"src/{below}"):
        return "it lies in src: install the project, or set PYTHONPATH=src"
    folder, _, last = below.rpartition("/")
    if os.path.isdir(folder or "."):
        names = [entry.removesuffix(".py") for entry in sorted(os.listdir(folder or ".")) if entry.endswith(".py")]
        near = difflib.get_close_matches(last, names, n=1)
        if near:
            return f"did you mean `{folder.replace('/', '.')}{'.' if folder else ''}{near[0]}`?"
    return f"run it in the folder that holds `{module.partition('.')[0]}`, or install the project into this Python"


if __name__ == "__main__":
    main()
