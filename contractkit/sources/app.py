"""The document of a FastAPI app, taken in a child process.

The child runs this same Python in the given folder, which comes first on `sys.path`; PYTHONPATH is honoured. What the
app prints never mixes with the result. Hash randomisation is off in the child, so that a document with sets in it is
the same on every run.

Where an app adds its routes in its startup (lifespan), its document has no paths before. Startups often need a database
or a network, so contractkit runs one only then, or where the user asks for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.model.records import replace
from contractkit.sources.git import Worktree
from contractkit.sources.jsondoc import parse_json

_CHILD = Path(__file__).with_name("child.py")
_KEPT_OUTPUT = 64 * 2**10


@dataclass(frozen=True, slots=True)
class AppDocument:
    """What an app gives: its document and its text, hints, notices of numbers JSON cannot hold, and its origins.

    `sockets` is the AsyncAPI document of its WebSockets, where it was asked for.
    """

    document: Any
    text: str
    hints: tuple[str, ...]
    notices: tuple[Notice, ...]
    origins: dict[str, Any] | None
    sockets: dict[str, Any] | None


def take_document(
    subject: str,
    module: str,
    attribute: str,
    *,
    folder: Path,
    timeout: float,
    lifespan: bool = False,
    verbose: bool = False,
    worktree: Worktree | None = None,
    origins: bool = False,
    imported: int | None = None,
    sockets: bool = False,
) -> AppDocument:
    """Return the OpenAPI document of `module:attribute`.

    Args:
        subject: the source, for errors.
        module: the module to import.
        attribute: the app, or a factory without arguments; may be dotted.
        folder: the folder to run in.
        timeout: seconds until the child and all that it started are killed.
        lifespan: run the app's startup first, even if it has paths without it.
        verbose: copy what the app prints to stderr.
        worktree: the temporary checkout that `folder` lies in, if any; the module must come from it.
        origins: ask the app where its routes and models come from, too.
        imported: a descriptor that is written to once the app is imported, before its document is made.
        sockets: ask the app for its WebSockets, too.

    Raises:
        InputError: whatever keeps the app from giving its document, in one line, the app's own traceback in `detail`.
    """
    with tempfile.TemporaryDirectory(prefix="contractkit-") as holder:
        result = Path(holder) / "result.json"
        request = {
            "module": module,
            "attribute": attribute,
            "result": str(result),
            "timeout": timeout,
            "lifespan": lifespan,
            "imported": imported,
            "origins": origins,
            "sockets": sockets,
            "moved": [str(worktree.repository), str(worktree.top)] if worktree else None,
        }
        code, output = _run(request, folder, timeout, subject, verbose)
        if result.exists():
            return _result(result.read_text(encoding="utf-8"), subject, output)
    ended = f"was killed by signal {_signal_name(-code)}" if code < 0 else f"ended its process with exit code {code}"
    mend = "see what it printed with --verbose" if output else "importing it must not end the process"
    raise InputError(subject, f"the app {ended} before it gave its document", mend, detail=output)


def _run(request: dict[str, Any], folder: Path, timeout: float, subject: str, verbose: bool) -> tuple[int, str]:
    """Run the child; return its exit code and the end of what it printed."""
    ours, theirs = None, None
    try:
        theirs, ours = os.pipe()
        child = subprocess.Popen(
            [sys.executable, "-P", str(_CHILD), json.dumps({**request, "lifeline": theirs})],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(theirs, *([] if request["imported"] is None else [request["imported"]])),
            start_new_session=True,
        )
        assert child.stdout is not None
        output = _Tail(child.stdout, verbose)
        try:
            code = child.wait(timeout)
        except subprocess.TimeoutExpired:
            _kill(child)
            problem = f"the app gave no document within {timeout:g} s"
            raise InputError(
                subject, problem, "see where with --verbose, or give it more with --timeout", detail=output.text()
            ) from None
        finally:
            _kill(child)
        return code, output.text()
    finally:
        for descriptor in (ours, theirs):
            if descriptor is not None:
                os.close(descriptor)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child's whole process group: what it started must not outlive it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


class _Tail:
    """Reads a pipe to its end and keeps the last part."""

    def __init__(self, pipe: IO[bytes], copy: bool) -> None:
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, args=(pipe, copy), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[bytes], copy: bool) -> None:
        with pipe:
            while chunk := os.read(pipe.fileno(), 65_536):
                self._kept += chunk
                del self._kept[:-_KEPT_OUTPUT]
                if copy:
                    sys.stderr.write(chunk.decode(errors="replace"))

    def text(self) -> str:
        """Return what came, once all writers of the pipe are gone; a daemon that left the group is not waited for."""
        self._thread.join(1.0)
        return self._kept.decode(errors="replace").strip()


def _result(text: str, subject: str, output: str) -> AppDocument:
    value, notices = parse_json(text, subject)
    if "problem" in value:
        detail = "\n".join(part for part in (output, value["detail"]) if part)
        raise InputError(subject, value["problem"], value["mend"], detail=detail)
    notices = tuple(replace(notice, place=notice.place.removeprefix("/document")) for notice in notices)
    return AppDocument(value["document"], text, tuple(value["hints"]), notices, value["origins"], value["sockets"])


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
