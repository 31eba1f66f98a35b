"""Which operations a run is about, where it is not about all of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from fnmatch import translate

from contractkit.fuzz.operation import Api, Operation
from contractkit.model.errors import InputError

LEFT_OUT = "left out by --only"
"""The reason of what is not tested by choice."""
_METHOD = re.compile(r"([A-Za-z]+|\*)\s+([/*]\S*)\Z")


def selected(api: Api, patterns: Iterable[str]) -> frozenset[str]:
    """Return the keys of the operations that any of some patterns names.

    Args:
        api: the contract.
        patterns: `METHOD /path` with the path as the document writes it, `/path` for every method of it, or an
            `operationId`. `*` stands for any text, slashes included, `?` for one character; the method may be `*`.

    Raises:
        InputError: a pattern names no operation.
    """
    found: set[str] = set()
    for pattern in patterns:
        named = [one.key for one in api.all.values() if _is_named(one, pattern.strip())]
        if not named:
            raise InputError("--only", f"no operation of the contract is `{pattern}`", _mend(api, pattern.strip()))
        found.update(named)
    return frozenset(found)


def _is_named(operation: Operation, pattern: str) -> bool:
    split = _METHOD.match(pattern)
    method, path = (split[1].upper(), split[2]) if split else ("*", pattern)
    if method not in ("*", operation.method):
        return False
    names = {operation.endpoint.path, operation.key.partition(" ")[2], operation.template}
    if split is None:
        names.add(_operation_id(operation))
    # `[` is an ordinary character of a path; `fnmatch` would read a set of characters.
    wanted = re.compile(translate(path.replace("[", "[[]")))
    return any(wanted.match(name) for name in names)


def _operation_id(operation: Operation) -> str:
    found = operation.endpoint.operation.get("operationId")
    return found if isinstance(found, str) else ""


def _mend(api: Api, pattern: str) -> str:
    names = list(dict.fromkeys(_names(api)))
    near = [name for name in names if name.startswith(pattern)] or difflib.get_close_matches(pattern, names, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    return "write METHOD /path as the contract has it, with * for any text, or an operationId"


def _names(api: Api) -> Iterator[str]:
    for operation in api.all.values():
        yield from (operation.label, operation.endpoint.path, _operation_id(operation))
