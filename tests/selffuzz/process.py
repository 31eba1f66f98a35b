"""`python -m tests.selffuzz.process NAME FOLDER ARGUMENTS`: the process that fuzzes one target; libFuzzer ends it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["contractkit"]):
    from tests.selffuzz.targets import TARGETS

from contractkit.api.deep import run_deep
from contractkit.model.errors import InputError
from tests.selffuzz.mutation import Mutator

SLOW = 20
"""Seconds of processor time that an input may take."""
ROOT = Path(__file__).parents[2]
_NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec")


class Watch:
    """Sees to it that an input opens no file elsewhere, no connection and no process.

    Args:
        folder: where files may be opened, besides those of Python and of the project.
    """

    def __init__(self, folder: Path) -> None:
        ours = (folder, ROOT, Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_exec_prefix))
        self._allowed = tuple(f"{one.resolve()}{os.sep}" for one in ours)
        self.armed = False
        self.seen: list[str] = []
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: Iterable[object]) -> None:
        if not self.armed:
            return
        if event in _NETWORK:
            self.seen.append(f"{event} {arguments!r:.200}")
        elif event == "open":
            name = next(iter(arguments))
            if isinstance(name, str | bytes) and not os.path.realpath(os.fsdecode(name)).startswith(self._allowed):
                self.seen.append(f"open {os.fsdecode(name)}")


def main() -> None:
    """Fuzz until libFuzzer's time is up."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    target, known = TARGETS[name], set[str]()
    work = Path(tempfile.mkdtemp(dir=folder))
    watch = Watch(work)
    os.chdir(work)
    for number, seed in enumerate(target.seeds()):
        (folder / "corpus" / f"seed-{number}").write_bytes(seed)

    def tell(head: str, data: bytes, detail: str) -> None:
        if head not in known:
            known.add(head)
            file = folder / f"find-{os.getpid()}-{len(known)}"
            file.write_bytes(data)
            print(f"\nFIND {head}\ninput: {file}\n{detail}\nEND", file=sys.stderr, flush=True)

    def once(data: bytes) -> None:
        watch.seen.clear()
        started = time.process_time()
        watch.armed = True
        try:
            run_deep(lambda: target.run(data, work))
        except (InputError, RecursionError):
            pass  # what the command line makes one line of
        except Exception as error:
            watch.armed = False
            place = [one for one in traceback.extract_tb(error.__traceback__) if "contractkit" in one.filename]
            where = f"{Path(place[-1].filename).name}:{place[-1].name}" if place else "elsewhere"
            tell(f"{type(error).__name__} in {where}", data, traceback.format_exc()[-2500:])
        finally:
            watch.armed = False
        seconds = time.process_time() - started
        if seconds > SLOW:
            tell(f"more than {SLOW} seconds", data, f"{seconds:.0f} s of processor time")
        for one in watch.seen:
            tell(f"outside: {one.split()[0]}", data, one)

    def changed(data: bytes, size: int, seed: int) -> bytes:
        rng = Random(seed)
        if rng.random() < 0.15:
            mutated: bytes = atheris.Mutate(data, size)
            return mutated
        return run_deep(lambda: Mutator(rng).data(data, target.form))[:size]

    atheris.Setup([sys.argv[0], *sys.argv[3:]], once, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
