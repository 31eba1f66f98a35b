"""Changes at places of a document; what lies beside the way to a place is shared with the original."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contractkit.openapi.part import escape, unescape

Path = tuple[str | int, ...]
"""The keys and indexes from the root to a value."""

_MOST_REFS = 30


class _Removed:
    """The value of a place that is no longer there."""


REMOVED = _Removed()


class Edit(NamedTuple):
    """One change of a document.

    Attributes:
        where: the operation and the place, in words.
        changes: new values by their places, `REMOVED` for what goes; in the order in which they are made.
    """

    where: str
    changes: tuple[tuple[Path, Any], ...]

    def apply(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document with the change; the original stays as it is.

        Raises:
            KeyError, IndexError, TypeError: a place is not there.
        """
        made: Any = document
        for path, value in self.changes:
            made = _with(made, path, value)
        return dict(made)


def _with(holder: Any, path: Path, value: Any) -> Any:
    key, rest = path[0], path[1:]
    if isinstance(holder, Mapping):
        fields = dict(holder)
        if rest:
            fields[str(key)] = _with(holder[str(key)], rest, value)
        elif value is REMOVED:
            del fields[str(key)]
        else:
            fields[str(key)] = value
        return fields
    items, index = list(holder), int(key)
    if rest:
        items[index] = _with(items[index], rest, value)
    elif value is REMOVED:
        del items[index]
    elif index == len(items):
        items.append(value)
    else:
        items[index] = value
    return items


def value_at(document: Any, path: Path) -> Any:
    """Return what stands at a place.

    Raises:
        KeyError, IndexError: nothing does.
    """
    for key in path:
        document = document[key]
    return document


def followed(document: Mapping[str, Any], path: Path) -> tuple[Path, Any]:
    """Return the place and value that the `$ref`s at a place lead to; the place itself where there are none.

    References out of the document, and those that lead nowhere or round in a circle, are not followed.
    """
    value = value_at(document, path)
    here, found = path, value
    for _ in range(_MOST_REFS):
        ref = found.get("$ref") if isinstance(found, Mapping) else None
        if ref is None:
            return here, found
        if not isinstance(ref, str) or not ref.startswith("#/"):
            break
        here = tuple(unescape(token) for token in ref[2:].split("/"))
        try:
            found = value_at(document, here)
        except (KeyError, IndexError, TypeError):
            break
    return path, value


def pointer(path: Path) -> str:
    """Return a place as a `$ref` into the same document (RFC 6901, section 6)."""
    return "#/" + "/".join(escape(str(key)) for key in path)


def every(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every object and list of a document with its place, the outer before the inner."""
    stack = [(path, value)]
    while stack:
        here, one = stack.pop()
        if isinstance(one, Mapping):
            yield here, one
            stack += [((*here, key), inner) for key, inner in one.items()]
        elif isinstance(one, list):
            yield here, one
            stack += [((*here, index), inner) for index, inner in enumerate(one)]


def words(path: Sequence[str]) -> str:
    """Return steps into a value as the reports write them: `items[].qty`."""
    text = ""
    for step in path:
        text += step if step == "[]" or not text else f".{step}"
    return text
