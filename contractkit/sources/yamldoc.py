"""YAML text to values: YAML 1.2, core schema (specification 1.2.2, chapter 10.3), with merge keys of YAML 1.1.

PyYAML only gives the events; what a plain scalar means is decided here, because PyYAML itself follows YAML 1.1, where
`no` is false, `2024-01-01` a date and `1_000` a number. Working on events needs no recursion, so no nesting breaks it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources.jsondoc import MAX_DIGITS, paused_gc, pointer, unread_text

_FREE_NODES = 1_000_000
_TIMES_WRITTEN = 10
_TAG = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_TAGS = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float", "str", "map", "seq")}


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is not finished; `key` is where its next value goes."""

    value: Any
    place: str
    anchor: str | None
    key: str | None = None
    merging: bool = False
    merged: list[dict[str, Any]] = field(default_factory=list)
    nodes: int = 1


class _NoValueError(Exception):
    """The scalar's text is not what its tag says, or is no JSON number."""


def parse_yaml(text: str, subject: str) -> tuple[Any, tuple[Notice, ...]]:
    """Return the value of a YAML text that holds one document, and notices of what was bent on the way.

    Mapping keys become strings as they are written (`200`), with a notice unless they are integers or strings. Of equal
    keys the last one wins, with a notice. `.inf`, `.nan` and other numbers that JSON cannot hold are read as null, with
    a notice. Tags beyond the core schema are dropped, with a notice.

    Args:
        text: the whole text.
        subject: the text's name, for errors.

    Raises:
        InputError: no YAML (with line and column), several documents, a mapping as a key, an anchor inside itself, or
            aliases that expand to far more values than are written (more than a million and 10 times as many).
    """
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(subject)
    with paused_gc():
        try:
            for event in yaml.parse(text, Loader=loader):
                builder.take(event)
        except yaml.MarkedYAMLError as error:
            raise _error(text, subject, error) from None
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            problem = f"not YAML: the character U+{_code(error.character):04X} is not allowed"
            raise InputError(f"{subject}:{line}", problem, "write it as an escape in double quotes") from None
        except RecursionError:  # the parser in pure Python
            raise InputError(subject, "is nested too deeply to be read") from None
    return builder.result, tuple(builder.notices)


def _code(character: Any) -> int:
    return character if isinstance(character, int) else ord(character)


class _Builder:
    """Makes the value from the events of the parser."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.notices: list[Notice] = []
        self.result: Any = None
        self._documents = 0
        self._written = 0
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._open_anchors: list[str] = []
        self._plain: dict[str, Any] = {}

    def take(self, event: Any) -> None:
        """Take the next event."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._written += 1
            if self._wants_key():
                self._key(event)
            else:
                value = self._scalar(event)
                if event.anchor:
                    self._anchors[event.anchor] = (value, 1)
                self._add(value, 1, event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._start(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end(event)
        elif kind is yaml.AliasEvent:
            self._written += 1
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            self._anchors.clear()

    def _wants_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].key is None and isinstance(self._stack[-1].value, dict)

    def _start(self, event: Any, value: Any) -> None:
        self._written += 1
        if self._wants_key():
            raise self._fail(event, "a mapping or list is used as a key", "OpenAPI's keys are texts")
        place = self._place()
        if event.tag and event.tag not in _TAGS:
            self._note(place, f"the tag {event.tag} is dropped")
        self._stack.append(_Open(value, place, event.anchor))
        if event.anchor:
            self._open_anchors.append(event.anchor)

    def _end(self, event: Any) -> None:
        done = self._stack.pop()
        value = done.value
        if done.merged:  # merge keys: what is written here wins over what is merged, earlier over later
            merged: dict[str, Any] = {}
            for source in done.merged:
                for key, item in source.items():
                    merged.setdefault(key, item)
            merged.update(value)
            value.clear()
            value.update(merged)
        if done.anchor:
            self._open_anchors.remove(done.anchor)
            self._anchors[done.anchor] = (value, done.nodes)
        self._add(value, done.nodes, event)

    def _alias(self, event: Any) -> None:
        if event.anchor in self._open_anchors:
            raise self._fail(event, f"`*{event.anchor}` stands inside what it names", "write it out, or use a $ref")
        if event.anchor not in self._anchors:
            raise self._fail(event, f"nothing is named `&{event.anchor}` before this", "name it first")
        value, nodes = self._anchors[event.anchor]
        if self._wants_key():
            if not isinstance(value, str):
                raise self._fail(event, "an alias of something else than a text is used as a key", "write it out")
            self._set_key(value, event)
        else:
            self._add(value, nodes, event)

    def _add(self, value: Any, nodes: int, event: Any) -> None:
        if not self._stack:
            if self._documents > 1:
                if value is None:
                    return  # a lone `---` at the end
                raise self._fail(event, "a second document begins before this", "keep one document in a file")
            self.result = value
            return
        parent = self._stack[-1]
        parent.nodes += nodes
        if parent.nodes > _FREE_NODES and parent.nodes > _TIMES_WRITTEN * self._written:
            problem = f"aliases blow {self._written} written values up to {parent.nodes}"
            raise self._fail(event, problem, "write fewer aliases of aliases")
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.merging:
            sources = value if isinstance(value, list) else [value]
            if not all(isinstance(source, dict) for source in sources):
                raise self._fail(event, "`<<` merges something that is no mapping", "name a mapping or a list of them")
            parent.merged.extend(sources)
            parent.key, parent.merging = None, False
        else:
            parent.value[parent.key] = value
            parent.key = None

    def _key(self, event: Any) -> None:
        if event.implicit[0] and event.value == "<<":
            self._stack[-1].key, self._stack[-1].merging = "<<", True
            return
        if event.anchor:
            self._anchors[event.anchor] = (event.value, 1)
        if (event.implicit[0] and event.value[:1] not in _LETTERS) or event.value in _WORDS:
            self._check_key(event)
        self._set_key(event.value, event)

    def _check_key(self, event: Any) -> None:
        try:
            value = self._scalar(event)
        except _NoValueError:
            return
        if not isinstance(value, str) and (isinstance(value, bool) or not isinstance(value, int)):
            self._note(pointer(self._stack[-1].place, event.value), "this key is read as a text")

    def _set_key(self, key: str, event: Any) -> None:
        parent = self._stack[-1]
        if key in parent.value:
            line = event.start_mark.line + 1
            self._note(pointer(parent.place, key), f"this key stands twice (again in line {line}); the last one counts")
        parent.key = key

    def _scalar(self, event: Any) -> Any:
        tag, text = event.tag, event.value
        if tag is None:
            if not event.implicit[0]:
                return text
            if text in self._plain:
                return self._plain[text]
        elif tag == "!":
            return text
        elif tag not in _TAGS:
            self._note(self._place(), f"the tag {tag} is dropped; its text is kept")
            return text
        try:
            if tag:
                return _tagged(text, tag)
            value = self._plain[text] = _plain(text)
        except _NoValueError as problem:
            unread = unread_text(_SPELLED.get(text, text))
            self.notices.append(Notice(self._place(), f"{problem}; it is read as null", unread))
            return None
        return value

    def _place(self) -> str:
        if not self._stack:
            return ""
        parent = self._stack[-1]
        return pointer(parent.place, len(parent.value) if isinstance(parent.value, list) else parent.key)

    def _note(self, place: str, text: str) -> None:
        self.notices.append(Notice(place, text))

    def _fail(self, event: Any, problem: str, mend: str) -> InputError:
        mark = event.start_mark
        return InputError(f"{self.subject}:{mark.line + 1}:{mark.column + 1}", f"not usable YAML: {problem}", mend)


_SPELLED = {
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "NaN"),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), "Infinity"),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), "-Infinity"),
}
"""How JSON texts spell what is no number in YAML (chapter 10.3.2 of YAML 1.2.2), so that both are the same."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/$_")
"""First characters of plain keys that no number has."""


def _plain(text: str) -> Any:
    if text[:1] in _LETTERS or not text or text == "~":
        return _WORDS.get(text, text)
    if _INT.fullmatch(text):
        return _int(text)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _NO_NUMBER.fullmatch(text):
        raise _NoValueError(f"{text} is no number JSON can hold")
    return text


def _tagged(text: str, tag: str) -> Any:
    name = tag.removeprefix(_TAG)
    if name == "int" and _INT.fullmatch(text):
        return _int(text)
    if name == "float" and _FLOAT.fullmatch(text):
        return _float(text)
    if name == "null" or (name == "bool" and isinstance(_WORDS.get(text), bool)):
        return _WORDS.get(text)
    if name == "str":
        return text
    raise _NoValueError(f"{text[:40]!r} is no {name}")


def _int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _NoValueError(f"an integer of {len(text)} digits is too long")
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _NoValueError(f"{text[:20]} is no number JSON can hold")
    return value


def _error(text: str, subject: str, error: yaml.MarkedYAMLError) -> InputError:
    mark = error.problem_mark or error.context_mark
    place = f"{subject}:{mark.line + 1}:{mark.column + 1}" if mark else subject
    lines = text.splitlines()[: mark.line + 1][-2:] if mark else []
    if any(line.startswith(("<<<<<<<", "=======", ">>>>>>>")) for line in lines):
        return InputError(place, "not YAML: a merge conflict is left open here", "resolve it")
    if "cannot start any token" in (error.problem or "") and lines and "\t" in lines[-1]:
        return InputError(place, "not YAML: a tab is used to indent", "indent with spaces")
    problem = " ".join(part for part in (error.context, error.problem) if part)
    return InputError(place, f"not YAML: {problem}", "mend the file there")
