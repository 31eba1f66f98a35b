"""From a place in a document to the file and line where it was written.

For a file that is the value's own line; for an app the field of the model, the parameter of the function, or the
route. Files are read only where a finding asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.model.finding import SourcePlace

if TYPE_CHECKING:
    from contractkit.sources.json_places import JsonPlaces
    from contractkit.sources.positions import Positions
    from contractkit.sources.python_places import PythonPlaces

_PARAMETERS = re.compile(r"^(/paths/[^/]+(?:/[a-z]+)?)/parameters/\d+")
_OPERATION = re.compile(r"^/paths/([^/]+)/([a-z]+)(?:/|$)")
_SCHEMA = re.compile(r"^/components/schemas/([^/]+)(?:/properties/([^/]+))?")


class Origins:
    """The places of one contract.

    Args:
        contract: the contract.
        root: the folder that files are named from.
        read: gives the text of a file below `root`, None where there is none; reads the disk if left out.
    """

    def __init__(self, contract: Contract, root: Path, read: Callable[[str], str | None] | None = None) -> None:
        self._contract = contract
        self._root = root
        self._read = read or self._from_disk

    def place(self, pointer: str, value: Any = None, operation: str = "") -> SourcePlace | None:
        """Return where something was written, None where that is not known.

        Args:
            pointer: its JSON pointer.
            value: what stands there, for parameters.
            operation: the pointer of the operation that it belongs to, which will do if nothing nearer is known.
        """
        if self._contract.file is not None:
            found = self._positions.find(pointer) if self._positions is not None else None
            return None if found is None else SourcePlace(self._shown, *found)
        table = self._contract.origins
        if table is None:
            return None
        return (
            self._schema(table, pointer)
            or self._parameter(table, pointer, value, operation)
            or self._route(table, pointer, operation)
        )

    @cached_property
    def _python(self) -> PythonPlaces:
        from contractkit.sources.python_places import PythonPlaces

        return PythonPlaces(self._read)

    @cached_property
    def _shown(self) -> str:
        assert self._contract.file is not None
        path = Path(self._contract.file).absolute()
        return (path.relative_to(self._root) if path.is_relative_to(self._root) else path).as_posix()

    @cached_property
    def _positions(self) -> Positions | JsonPlaces | None:
        written = self._contract.written
        if written is not None:
            text = written.text
        else:
            from contractkit.sources.text import decode

            try:
                text = decode(Path(str(self._contract.file)).read_bytes(), str(self._contract.file))
            except (OSError, InputError):
                return None
        if text.lstrip()[:1] == "{":
            from contractkit.sources.json_places import JsonPlaces

            return JsonPlaces(text, None if written is None else written.offsets)
        from contractkit.sources.positions import Positions

        return Positions(text)

    def _schema(self, table: Mapping[str, Any], pointer: str) -> SourcePlace | None:
        match = _SCHEMA.match(pointer)
        model = table["models"].get(_plain(match[1])) if match else None
        if match is None or model is None:
            return None
        field = model["fields"].get(_plain(match[2])) if match[2] is not None else None
        if field is not None:
            line = self._python.line(field["file"], field["name"], field["field"])
            if line is not None:
                return SourcePlace(field["file"], line)
        line = self._python.line(model["file"], model["name"])
        return None if line is None else SourcePlace(model["file"], line)

    def _parameter(self, table: Mapping[str, Any], pointer: str, value: Any, operation: str) -> SourcePlace | None:
        if not _PARAMETERS.match(pointer) or not isinstance(value, Mapping):
            return None
        name = str(value.get("name"))
        for function in self._functions(table, operation or pointer):
            for spelled in (name, name.lower()):
                inner = function["parameters"].get(spelled)
                line = None if inner is None else self._python.argument(*_named(function), inner)
                if line is not None:
                    return SourcePlace(function["file"], line)
        return None

    def _route(self, table: Mapping[str, Any], pointer: str, operation: str) -> SourcePlace | None:
        functions = self._functions(table, pointer) or self._functions(table, operation)
        if not functions:
            return None
        first = functions[0]
        return SourcePlace(first["file"], self._python.definition(*_named(first)) or first["line"])

    def _functions(self, table: Mapping[str, Any], pointer: str) -> list[dict[str, Any]]:
        match = _OPERATION.match(pointer)
        if match is None:
            return []
        found: list[dict[str, Any]] = table["routes"].get(f"{match[2].upper()} {_plain(match[1])}", [])
        return found

    def _from_disk(self, file: str) -> str | None:
        try:
            return (self._root / file).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None


def _named(function: Mapping[str, Any]) -> tuple[str, str, int]:
    return function["file"], function["name"], function["line"]


def _plain(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")
