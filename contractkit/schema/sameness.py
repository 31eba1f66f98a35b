"""What is untouched: the parts of two documents that say the same, references followed.

Most of a large document does not change between two releases. A part whose text is equal on both sides, and whose
references all lead to parts of equal text, needs no look at all. Python's `==` alone cannot tell (`1 == True == 1.0`),
so equal values are compared by their serialised bytes as well.
"""

from __future__ import annotations

import itertools
import json
import marshal
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from contractkit.schema.document import Document

Unit = tuple[str, ...]
"""A part that references lead to: `("components", "schemas", "Order")`, `("paths", "/orders")`."""

_VERSION = 2
"""The newest marshal format without back references: equal values give equal bytes."""
_REFERENCE = re.compile(rb"\$(?:r|dynamicR)efu(.{4})", re.DOTALL)
"""The key of a reference and the length of its text, as marshal writes them: `u`, four bytes, the UTF-8 text."""

_AS_JSON = re.compile(r'"\$(?:r|dynamicR)ef": ("(?:[^"\\]|\\.)*")')
"""A reference as `json.dumps` writes it."""
_OUTSIDE = re.compile(rb"\$(?:r|dynamicR)efu.{4}(?!#/components/)", re.DOTALL)
"""A reference that leads elsewhere than to a component."""


def same_text(one: Any, other: Any) -> bool:
    """Return whether two JSON values have the same text, key order aside; `1`, `1.0` and `true` differ."""
    try:
        return _equal_bytes(one, other) is not None
    except (ValueError, TypeError, RecursionError):
        return _same_slowly(one, other)


def _equal_bytes(one: Any, other: Any) -> bytes | None:
    """Return the bytes of two values of equal text, None where they differ.

    Raises:
        ValueError, TypeError, RecursionError: what JSON does not know, or nesting too deep for this quick way.
    """
    if one is other:
        return marshal.dumps(one, _VERSION)
    if one != other:
        return None
    # What is equal for Python may differ in the type of a number or a boolean, or in the order of its keys.
    first = marshal.dumps(one, _VERSION)
    if first == marshal.dumps(other, _VERSION) or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True):
        return first
    return None


def _bytes_of(value: Any) -> bytes | None:
    """Return the bytes of a value, None where it is nested too deep to be written."""
    try:
        return marshal.dumps(value, _VERSION)
    except ValueError:
        return None


def _same_slowly(one: Any, other: Any) -> bool:
    stack = [(one, other)]
    while stack:
        left, right = stack.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, dict):
            if left.keys() != right.keys():
                return False
            stack += [(value, right[key]) for key, value in left.items()]
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            stack += zip(left, right, strict=True)
        elif left != right:
            return False
    return True


class Sameness:
    """Answers for two documents which parts say the same, references followed.

    Where the documents speak different dialects (OpenAPI 3.0 against 3.1 and later) equal text may mean different
    values, so nothing is called the same.
    """

    def __init__(self, base: Document, revision: Document) -> None:
        self._comparable = base.is_30 == revision.is_30
        self._names: dict[bytes | str, Unit] = {}
        self._touched: set[Unit] = set()
        # What both sides share needs no bytes where the text of the base tells its references and words.
        self._told = base.contract.references or {}
        self._text = base.contract.written.text if base.contract.written is not None and self._told else ""
        self._untouched: dict[Unit, bytes | None] = {}
        # What differs, with the bytes of each side that has it (None: nested too deep).
        self._different: dict[Unit, list[bytes | None]] = {}
        self._users: dict[Unit, list[Unit]] = {}
        self._used: dict[Unit, bool] = {}
        self._targets: dict[Unit, set[Unit]] = {}
        self._sides = dict(_units_of(base.root)), dict(_units_of(revision.root))
        self._compare_units(*self._sides)

    def untouched(self, unit: Unit) -> bool:
        """Return whether a part with this name stands in both documents and says the same."""
        return unit in self._untouched and unit not in self._touched

    @property
    def touched(self) -> int:
        """How many parts do not say the same, or stand in one document alone."""
        return len(self._touched)

    def untouched_schema(self, name: str) -> bool:
        """Return whether the component schema of this name stands in both documents and says the same."""
        return self.untouched(("components", "schemas", name))

    def same(self, one: Any, other: Any) -> bool:
        """Return whether a part of the base and one of the revision say the same, references followed."""
        if not self._comparable:
            return False
        text = self._equal(one, other)
        return text is not None and self._leads_nowhere_touched(text)

    def inside(self, one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
        """Yield the largest objects inside two values, or these, that say the same at the same place.

        The way down to a difference is compared once and not on each level: where all else in a value is equal, the
        one part that is left is what differs.
        """
        if not self._comparable:
            return
        stack = [(one, other, False)]
        seen: set[tuple[int, int]] = set()
        while stack:
            one, other, differs = stack.pop()
            if type(one) is not type(other) or not isinstance(one, dict | list) or (id(one), id(other)) in seen:
                continue  # YAML aliases may lead back, and to one object in many ways
            seen.add((id(one), id(other)))
            text = None if differs else self._equal(one, other)
            if isinstance(one, list):
                parts = list(zip(one, other, strict=False))
                whole = len(one) == len(other)
            elif text is not None and self._leads_nowhere_touched(text):
                yield one, other
                continue
            else:
                parts = [(one[key], value) for key, value in other.items() if key in one]
                whole = len(one) == len(other) == len(parts)
            inner = [pair for pair in parts if isinstance(pair[0], dict | list) and type(pair[0]) is type(pair[1])]
            differing = None
            if whole and inner and (differs or _surely_differ(one, other)) and _plain_parts_equal(parts):
                inner.sort(key=lambda pair: _weight(pair[0]))
                differing = next((pair for pair in inner[:-1] if _surely_differ(*pair)), inner[-1])
            stack += [(*pair, pair is differing) for pair in inner]

    def _equal(self, one: Any, other: Any) -> bytes | None:
        try:
            return _equal_bytes(one, other)
        except (ValueError, TypeError, RecursionError):
            return None

    def _leads_nowhere_touched(self, text: bytes) -> bool:
        return not self._touched or self._touched.isdisjoint(self._units(_references(text)))

    def mentions(self, word: bytes) -> bool:
        """Return whether a word occurs in either document, perhaps inside a longer one; True where nobody can tell."""
        name = word.decode()
        if name in self._text or any(text is not None and word in text for text in self._untouched.values()):
            return True
        if any(text is None or word in text for text in itertools.chain(*self._different.values())):
            return True
        return any(name in unit[-1] for unit in itertools.chain(self._untouched, self._different))

    def is_used(self, unit: Unit) -> bool:
        """Return whether references lead from outside the components to a touched part, in either document.

        What looks like a reference to it is looked at again: an example may do so, and a name that stands twice.
        """
        reached_from: dict[Unit, Unit] = {}
        waiting = [unit]
        while waiting:
            target = waiting.pop()
            known = self._is_known(target)
            if known is not None:
                if known:
                    while target != unit:
                        self._used[target] = True
                        target = reached_from[target]
                    self._used[unit] = True
                    return True
                continue
            for user in self._users.get(target, ()):
                if user != unit and user not in reached_from and target in self._refers_to(user):
                    reached_from[user] = target
                    waiting.append(user)
                    if self._is_known(user):
                        break  # nobody else needs to be looked at
        self._used |= dict.fromkeys([unit, *reached_from], False)
        return False

    def _is_known(self, unit: Unit) -> bool | None:
        """Return whether a part is used, None where nobody looked yet."""
        return True if unit[:1] != ("components",) else self._used.get(unit)

    def _refers_to(self, unit: Unit) -> set[Unit]:
        """Return the parts that a part refers to, in either document."""
        found = self._targets.get(unit)
        if found is None:
            found = self._targets[unit] = set()
            values = [side.get(unit) for side in self._sides]
            for value in values if values[0] is not values[1] else values[:1]:
                try:
                    text = json.dumps(value)
                except (ValueError, TypeError, RecursionError):
                    found.update(_slow_references(value))
                else:
                    found |= self._units(json.loads(ref) for ref in _AS_JSON.findall(text))
        return found

    def _compare_units(self, base: dict[Unit, Any], revision: dict[Unit, Any]) -> None:
        for unit, value in base.items():
            if unit not in revision:
                self._different[unit] = [_bytes_of(value)]
                continue
            if not self._comparable:
                self._different[unit] = [_bytes_of(value), _bytes_of(revision[unit])]
                continue
            is_told = value is revision[unit] and unit in self._told
            text = None if is_told else self._equal(value, revision[unit])
            if is_told or text is not None:
                self._untouched[unit] = text
            else:
                self._different[unit] = [_bytes_of(value), _bytes_of(revision[unit])]
        self._different |= {unit: [_bytes_of(value)] for unit, value in revision.items() if unit not in base}
        self._touched.update(self._different)
        if not self._touched:
            return
        spreads = self._may_spread()
        # A reference to an anchor or to the whole document may lead anywhere.
        self._touched.add(())
        if not spreads:
            return
        for unit in self._untouched:
            self._use(unit, self._units_used(unit))
        for unit, texts in self._different.items():
            if None in texts:
                for side in (base, revision):
                    self._use(unit, set(_slow_references(side.get(unit))))
            for text in texts:
                self._use(unit, self._units(_references(text or b"")))
        self._spread()

    def _may_spread(self) -> bool:
        """Return whether references can lead to what is touched; hardly ever where no component is."""
        if any(unit[0] == "components" for unit in self._touched):
            return True
        return any(self._leads_elsewhere(unit, text) for unit, text in self._untouched.items())

    def _leads_elsewhere(self, unit: Unit, text: bytes | None) -> bool:
        """Whether references of an untouched part lead elsewhere than to a component."""
        if text is None:
            return not all(ref.startswith("#/components/") for ref in self._told[unit])
        return _OUTSIDE.search(text) is not None

    def _use(self, user: Unit, targets: set[Unit]) -> None:
        for target in targets:
            self._users.setdefault(target, []).append(user)

    def _spread(self) -> None:
        """Carry what is touched over to all that refers to it."""
        waiting = list(self._touched)
        while waiting:
            for user in self._users.get(waiting.pop(), ()):
                if user not in self._touched:
                    self._touched.add(user)
                    waiting.append(user)

    def _units_used(self, unit: Unit) -> set[Unit]:
        """Return the parts that the references of an untouched part lead to."""
        text = self._untouched[unit]
        return self._units(self._told[unit] if text is None else _references(text))

    def _units(self, refs: Iterable[bytes | str]) -> set[Unit]:
        return set(map(self._unit, refs))

    def _unit(self, ref: bytes | str) -> Unit:
        unit = self._names.get(ref)
        if unit is None:
            text = ref if isinstance(ref, str) else ref.decode("utf-8", "surrogatepass")
            unit = self._names[ref] = unit_of(text)
        return unit


def _surely_differ(one: Any, other: Any) -> bool:
    """Whether two values differ; False where they lead back into themselves or too deep to tell."""
    try:
        return bool(one != other)
    except RecursionError:
        return False


def _plain_parts_equal(parts: Iterable[tuple[Any, Any]]) -> bool:
    """Whether what is neither an object nor a list is equal on both sides, and the rest is of one kind."""
    return all(type(one) is type(other) if isinstance(one, dict | list) else one == other for one, other in parts)


def _weight(value: Any) -> int:
    """Return how much stands in an object or a list, two levels deep."""
    parts = value.values() if isinstance(value, dict) else value
    return len(value) + sum(len(part) for part in parts if isinstance(part, dict | list))


def _references(text: bytes) -> set[bytes]:
    """Return the references in the bytes of a value; a string that looks like one may be among them."""
    found = set()
    for match in _REFERENCE.finditer(text):
        start = match.end()
        found.add(text[start : start + int.from_bytes(match[1], "little")])
    return found


def _slow_references(value: Any) -> Iterator[Unit]:
    stack, seen = [value], set[int]()
    while stack:
        node = stack.pop()
        if not isinstance(node, Mapping | list) or id(node) in seen:
            continue  # YAML aliases may lead back
        seen.add(id(node))
        if isinstance(node, Mapping):
            for key in ("$ref", "$dynamicRef"):
                if isinstance(ref := node.get(key), str):
                    yield unit_of(ref)
            stack.extend(node.values())
        else:
            stack.extend(node)


def unit_of(ref: str) -> Unit:
    """Return the part that a reference leads into; the empty one for an anchor and for the whole document."""
    if not ref.startswith("#/"):
        # What leads out of the document cannot be resolved on either side: equal text says the same.
        return () if ref.startswith("#") else ("", ref)
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in unquote(ref[2:]).split("/")]
    length = 3 if tokens[0] == "components" else 2
    return tuple(tokens[:length]) if len(tokens) >= length else ()


def _units_of(root: Mapping[str, Any]) -> Iterator[tuple[Unit, Any]]:
    for key, value in root.items():
        if not isinstance(value, Mapping):
            yield (key,), value
            if isinstance(value, list):
                yield from (((key, str(index)), part) for index, part in enumerate(value))
        elif key != "components":
            for name, part in value.items():
                yield (key, name), part
        else:
            for section, parts in value.items():
                if isinstance(parts, Mapping):
                    for name, part in parts.items():
                        yield (key, section, name), part
                else:
                    yield (key, section), parts
