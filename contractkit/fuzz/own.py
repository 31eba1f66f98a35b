"""Which code is the app's own, so that a failure is named by a place that its developer can change."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_INSTALLED = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True)
class OwnCode:
    """The app's own code: what lies below the folder it runs in, and the package it was imported from.

    Attributes:
        folder: the folder.
        package: the top-level package of an app that is installed elsewhere; None for one that lies in the folder.
    """

    folder: Path
    package: Path | None = None

    def name(self, file: str) -> str | None:
        """Return how a file of the app's own is called in reports; None for any other.

        Args:
            file: as a code object has it; generated code (`<string>`) and compiled extensions name no file that exists.
        """
        return _name(self, file)


@lru_cache(maxsize=4_096)
def _name(own: OwnCode, file: str) -> str | None:
    path = Path(file)
    if not path.is_file():
        return None
    path = path.resolve()
    if own.package is not None and path.is_relative_to(own.package):
        return path.relative_to(own.package.parent).as_posix()
    if path.is_relative_to(own.folder) and not _INSTALLED & set(path.parts):
        return path.relative_to(own.folder).as_posix()
    return None


def own_code(folder: Path, module: str) -> OwnCode:
    """Return which code is the app's own.

    Args:
        folder: the folder that the app runs in.
        module: the imported module that holds it.
    """
    folder = folder.resolve()
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return OwnCode(folder)
    path = Path(file).resolve()
    if path.is_relative_to(folder) and not _INSTALLED & set(path.parts):
        return OwnCode(folder)
    levels = module.count(".") + (path.name == "__init__.py")
    return OwnCode(folder, path if levels == 0 else path.parents[levels - 1])
