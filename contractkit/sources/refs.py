"""References to other files: followed where that is safe, and bundled into the one document.

The other file's content stands under the top-level key `x-contractkit-files`, by its path from the document's folder
(or its URL), and every reference to it becomes `#/x-contractkit-files/<path>/...`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.model.records import replace
from contractkit.sources.fetch import without_password
from contractkit.sources.homes import Home, NotFollowedError, Web
from contractkit.sources.jsondoc import pointer
from contractkit.sources.text import parse

FILES = "x-contractkit-files"
"""The key under which other files stand."""

_SAFE = "/~:@!$&()*+,;=-._"
"""What stands in a fragment as it is (RFC 3986, section 3.5)."""
_MAX_FILES = 5_000
_MAX_BYTES = 256 * 2**20

_DATA = frozenset({"example", "default", "enum", "const"})
_NAMED = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
    | {"schemas", "responses", "parameters", "requestBodies", "headers", "securitySchemes", "links", "callbacks"}
    | {"pathItems", "paths", "webhooks", "content", "encoding", "mediaTypes", "additionalOperations", "variables"}
)


@dataclass(frozen=True, slots=True)
class Here:
    """Where a document lies: a path below the home folder, or a URL."""

    path: str
    is_url: bool = False

    @property
    def prefix(self) -> str:
        """The pointer of the file's content in the bundle."""
        return pointer(f"/{FILES}", without_password(self.path) if self.is_url else self.path)


def bundle(
    document: dict[str, Any],
    subject: str,
    at: Here | None = None,
    home: Home | None = None,
    web: Web | None = None,
) -> tuple[Notice, ...]:
    """Follow the references in `document`, which is changed in place; return notices of those not followed.

    Followed are relative references to files below the document's own folder, and with `web` remote ones. Only
    reference positions count: what looks like one inside `example`, `examples`, `default`, `enum` or `const` is data.
    A document whose text holds no reference to another file (`text.may_lead_out`) need not come here.

    Args:
        document: a parsed document that nobody else holds.
        subject: names it in errors.
        at: where it lies; None for stdin, an app and a baseline, which have no folder.
        home: reads the files of its folder, for a document on disk or in git.
        web: reads remote files; None forbids it.

    Raises:
        InputError: a file that is referred to is neither JSON nor YAML, cannot be fetched, or there are too many.
    """
    bundler = _Bundler(document, subject, at, home, web)
    bundler.run()
    return tuple(bundler.notices.values())


class _Bundler:
    def __init__(
        self, document: dict[str, Any], subject: str, at: Here | None, home: Home | None, web: Web | None
    ) -> None:
        self.notices: dict[tuple[str, str], Notice] = {}
        self._document = document
        self._subject = subject
        self._main = at
        self._home = home
        self._web = web
        self._bytes = 0
        self._files: dict[Here, Any] = {}
        self._seen: set[int] = set()
        self._refused: dict[Here, str] = {}
        self._queue: list[tuple[Any, Here | None]] = [(document, at)]
        self._ids = dict(_own_names(document))
        components = document.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        self._schemas = frozenset(schemas) if isinstance(schemas, dict) else frozenset()

    def run(self) -> None:
        while self._queue:
            value, at = self._queue.pop(0)
            self._walk(value, at)
        if self._files:
            stored = self._document.get(FILES)
            files = dict(stored) if isinstance(stored, dict) else {}
            for here, value in self._files.items():
                files[without_password(here.path) if here.is_url else here.path] = value
            self._document[FILES] = dict(sorted(files.items()))

    def _walk(self, value: Any, at: Here | None) -> None:
        """Visit the objects of one file; each once, since YAML aliases share them and a reference is rewritten once."""
        prefix = "" if at == self._main or at is None else at.prefix
        seen = self._seen
        stack: list[tuple[Any, str, bool]] = [(value, prefix, False)]
        while stack:
            node, place, names = stack.pop()
            if id(node) in seen:
                continue
            if isinstance(node, list):
                seen.add(id(node))
                below = [(item, pointer(place, index), False) for index, item in enumerate(node)]
                stack.extend(reversed(below))
            elif isinstance(node, dict):
                seen.add(id(node))
                if names:
                    below = [(item, pointer(place, key), False) for key, item in node.items()]
                else:
                    self._object(node, place, at)
                    below = list(_children(node, place))
                stack.extend(reversed(below))

    def _object(self, node: dict[str, Any], place: str, at: Here | None) -> None:
        for key in ("$ref", "operationRef"):
            if isinstance(node.get(key), str):
                node[key] = self._rewritten(node[key], pointer(place, key), at)
        discriminator = node.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        if isinstance(mapping, dict) and id(mapping) not in self._seen:
            self._seen.add(id(mapping))
            for key, target in mapping.items():
                # A mapping's value may be a component's name as well as a reference (OpenAPI 3.1.1, 4.8.25.3).
                if isinstance(target, str) and target not in self._schemas and _is_reference(target):
                    mapping[key] = self._rewritten(target, pointer(f"{place}/discriminator/mapping", key), at)

    def _rewritten(self, ref: str, place: str, at: Here | None) -> str:
        """Return what the reference becomes in the bundle; unchanged where it is not followed."""
        if ref.startswith(f"#/{FILES}/"):
            return ref  # the document was bundled before
        file, _, fragment = ref.partition("#")
        if file in self._ids:
            return _pointed(*self._ids[file], fragment)
        try:
            target = self._target(file, at) if file else at
            if target is None or target == self._main:
                return f"#{fragment}"
            self._load(target, place)
        except NotFollowedError as reason:
            shown = without_password(file)
            self.notices.setdefault((file, str(reason)), Notice(place, f"`{shown}` is not followed: {reason}"))
            return ref
        return _pointed(quote(target.prefix, safe=_SAFE), self._files[target], fragment)

    def _target(self, file: str, at: Here | None) -> Here:
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", file)
        if scheme or (at is not None and at.is_url):
            try:
                url = urljoin(at.path, file) if at is not None and at.is_url else file
                kind = urlsplit(url).scheme.lower()
            except ValueError:
                raise NotFollowedError("it is no address") from None
            if kind not in ("http", "https"):
                raise NotFollowedError("only files below the document's own folder are")
            if self._web is None:
                raise NotFollowedError("it is remote; --allow-remote-refs fetches it")
            return Here(url, is_url=True)
        if at is None:
            raise NotFollowedError("a document that is no file has no folder to look in")
        path = unquote(file)
        if path.startswith("/") or "\\" in path:
            raise NotFollowedError("it is an absolute path")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(at.path), path))
        if path.startswith("../") or path == "..":
            raise NotFollowedError("it leads out of the document's folder")
        return Here(path)

    def _load(self, target: Here, place: str) -> None:
        if target in self._files:
            return
        if target in self._refused:
            raise NotFollowedError(self._refused[target])
        if len(self._files) >= _MAX_FILES or self._bytes > _MAX_BYTES:
            problem = f"refers to more than {_MAX_FILES} files or {_MAX_BYTES // 2**20} MiB"
            raise InputError(self._subject, problem, "bundle it first")
        try:
            data, name, subject = self._read(target, place)
        except NotFollowedError as reason:
            self._refused[target] = str(reason)
            raise
        self._bytes += len(data)
        parsed = parse(data, subject, name)
        for notice in parsed.notices:
            self.notices[target.path + notice.place, notice.text] = replace(notice, place=target.prefix + notice.place)
        self._files[target] = parsed.value
        self._queue.append((parsed.value, target))

    def _read(self, target: Here, place: str) -> tuple[bytes, str, str]:
        if target.is_url:
            assert self._web is not None
            shown = without_password(target.path)
            try:
                answer = self._web.read(target.path)
            except InputError as error:
                # What is fetched is no API's document: the advice is another.
                mend = "mend the $ref, or do without --allow-remote-refs"
                raise InputError(f"{self._subject}#{place}", f"`{shown}` {error.problem}", mend) from None
            return answer.data, answer.name, shown
        assert self._home is not None
        return self._home.read(target.path), target.path, self._home.subject(target.path)


def _pointed(prefix: str, resource: Any, fragment: str) -> str:
    """Return a reference into a resource that stands at a prefix, by pointer.

    An anchor names a schema of its own resource alone (2020-12 core, 8.2.2); one that is not there is left as it is.
    """
    if not fragment or fragment.startswith("/"):
        return f"#{prefix}{fragment}"
    stack: list[tuple[Any, str, bool]] = [(resource, "", False)]
    seen = set[int]()
    while stack:
        node, place, names = stack.pop()
        if id(node) in seen:
            continue  # YAML's aliases may lead back
        seen.add(id(node))
        if isinstance(node, list):
            below = [(item, pointer(place, index), False) for index, item in enumerate(node)]
        elif not isinstance(node, dict):
            continue
        elif names:
            below = [(item, pointer(place, key), False) for key, item in node.items()]
        elif unquote(fragment) in (node.get("$anchor"), node.get("$dynamicAnchor")):
            return f"#{prefix}{quote(place, safe=_SAFE)}"
        else:
            below = list(_children(node, place))
        stack.extend(reversed(below))
    return f"#{fragment}"


def _children(node: dict[str, Any], place: str) -> Iterator[tuple[Any, str, bool]]:
    """Give the values of an object that may hold references, and whether their keys are names and no keywords."""
    for key, value in node.items():
        if key in _DATA or key.startswith("x-") or not isinstance(value, (dict, list)):
            continue
        if key != "examples":
            yield value, pointer(place, key), key in _NAMED and isinstance(value, dict)
        elif isinstance(value, dict):  # Example Objects may be references, their values are data
            for name, example in value.items():
                if isinstance(example, dict) and isinstance(example.get("$ref"), str):
                    yield example, pointer(pointer(place, key), name), False


def _is_reference(target: str) -> bool:
    return "/" in target or "#" in target or target.lower().endswith((".json", ".yaml", ".yml"))


def _own_names(document: dict[str, Any]) -> Iterator[tuple[str, tuple[str, Any]]]:
    """Give the names that the document has for itself and its schemas (`$self`, `$id`): their pointers, and them."""
    name = document.get("$self")
    if isinstance(name, str) and name:
        yield name, ("", document)
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    for key, schema in schemas.items() if isinstance(schemas, dict) else ():
        name = schema.get("$id") if isinstance(schema, dict) else None
        if isinstance(name, str) and name and not name.startswith("#"):
            yield name, (pointer("/components/schemas", key), schema)
