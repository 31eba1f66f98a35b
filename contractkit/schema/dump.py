"""Writes nodes back as JSON Schema 2020-12, for validators and set algebra that share no code with the search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from contractkit.model.records import field, record
from contractkit.schema.formats import FORMATS, VERSIONED
from contractkit.schema.node import ANY, KIND_NAME, KINDS, NUMBER, UNSENT, Node, number

MAX_NESTED = 40
"""Schemas inside each other after which the next one is put beside them: validators bound the depth of a text."""


@record(eq=False)
class Dump:
    """A schema and what is worth knowing about it.

    Attributes:
        schema: the JSON Schema, with `$defs` where schemas are shared or recursive.
        size: how many schemas it holds.
        keywords: the contested keywords that occur: `pattern`, `format`, `multipleOf`; and `backtracking` where a
            pattern repeats a repetition, on which engines like Python's `re` may take for ever.
        opaque: whether a part that could not be read stands where neither accepting nor refusing it is careful.
        recursive: whether a `$ref` occurs.
        written: the schemas that were written.
    """

    schema: dict[str, Any] | bool = True
    size: int = 0
    keywords: set[str] = field(default_factory=set)
    opaque: bool = False
    recursive: bool = False
    written: list[Node] = field(default_factory=list)


class TooLargeError(Exception):
    """There are more schemas to write than were asked for."""


def dump(
    conjunction: Sequence[Node],
    refused: Sequence[Node] = (),
    *,
    opaque: bool | None = None,
    unsent: bool = True,
    limit: int | None = None,
) -> Dump:
    """Return the schema of all values that every node accepts and none of `refused`.

    Args:
        conjunction: schemas that hold.
        refused: schemas that do not.
        opaque: what to write for a part that cannot be read: False accepts only values that surely are accepted, True
            refuses only values that surely are refused, None writes that nothing is known.
        unsent: what to write for a property that is not sent in this direction: False for a sender, True for a
            receiver.
        limit: how many schemas to write at the most.

    Raises:
        TooLargeError: there are more.
    """
    return _Writer(opaque, limit, unsent=unsent).write(conjunction, refused)


_REPEATED_REPETITION = re.compile(r"[*+}?]\)*\)[*+{]")


class _Writer:
    def __init__(self, opaque: bool | None, limit: int | None, *, unsent: bool) -> None:
        self._opaque = opaque
        self._unsent = unsent
        self._limit = limit
        self._turned = 0
        self._dump = Dump()
        self._defs: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._open: set[int] = set()

    def write(self, conjunction: Sequence[Node], refused: Sequence[Node]) -> Dump:
        parts = [self._node(node) for node in conjunction] + [{"not": self._node(node)} for node in refused]
        schema: dict[str, Any] = parts[0] if len(parts) == 1 and isinstance(parts[0], dict) else {"allOf": parts}
        if not parts:
            schema = {}
        if self._defs:
            schema = {"allOf": [schema], "$defs": self._defs} if "$defs" not in schema else schema
        self._dump.schema = schema
        return self._dump

    def _node(self, node: Node, place: frozenset[int] = frozenset()) -> dict[str, Any] | bool:
        """Write one node; `place` holds the nodes that apply to the same value on the way to it."""
        if node.never:
            return node is UNSENT and self._unsent
        if id(node) in place:
            # Without an end: validators would go round for ever.
            return self._unreadable()
        name = self._names.get(id(node))
        if name is not None:
            self._dump.recursive = True
            return {"$ref": f"#/$defs/{name}"}
        if id(node) in self._open:
            # Met inside itself: from now on it has a name.
            name = self._names[id(node)] = f"n{len(self._names)}"
            self._dump.recursive = True
            return {"$ref": f"#/$defs/{name}"}
        if node.component is not None or len(self._open) % MAX_NESTED == MAX_NESTED - 1:
            self._names[id(node)] = f"n{len(self._names)}"
        self._open.add(id(node))
        self._dump.size += 1
        self._dump.written.append(node)
        if self._limit is not None and self._dump.size > self._limit:
            raise TooLargeError
        schema = self._schema(node, place | {id(node)})
        self._open.discard(id(node))
        name = self._names.get(id(node))
        if name is None:
            return schema
        self._defs[name] = schema
        self._dump.recursive = True
        return {"$ref": f"#/$defs/{name}"}

    def _note_pattern(self, pattern: str) -> None:
        self._dump.keywords.add("pattern")
        if _REPEATED_REPETITION.search(pattern):
            self._dump.keywords.add("backtracking")

    def _unreadable(self) -> bool:
        """Return what to write for a part that cannot be read; where that would not be careful, say so."""
        if self._opaque is None or self._turned:
            self._dump.opaque = True
            return True
        return self._opaque

    def _schema(self, node: Node, place: frozenset[int]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        if node.opaque and not self._unreadable():
            return {"not": {}}
        if node.reference is not None and self._opaque is None:
            self._dump.opaque = True
        if node.left_out and self._turned:
            self._dump.opaque = True  # what it leaves out might accept or refuse more here
        if node.enum is not None:
            out["enum"] = list(node.enum)
        elif node.kinds != ANY:
            names = [
                "integer" if kind == NUMBER and node.integer else KIND_NAME[kind] for kind in KINDS if node.kinds & kind
            ]
            out["type"] = names[0] if len(names) == 1 else names
        self._scalars(node, out)
        self._arrays(node, out)
        self._objects(node, out)
        for keyword, row in (("allOf", node.all_of), ("anyOf", node.any_of)):
            if row:
                # Said twice it says no more, and would have to be looked at twice.
                once = {id(part): part for part in row}.values()
                out[keyword] = [*out.get(keyword, ()), *(self._node(part, place) for part in once)]
        if node.dependent_schemas:
            out["dependentSchemas"] = {name: self._node(part, place) for name, part in node.dependent_schemas.items()}
        # Under these an acceptance may become a refusal.
        self._turned += 1
        if node.one_of:
            out["oneOf"] = [self._node(part, place) for part in node.one_of]
        for keyword, one in (("not", node.not_), ("if", node.if_), ("then", node.then), ("else", node.else_)):
            if one is not None:
                out[keyword] = self._node(one, place)
        self._turned -= 1
        return out

    def _scalars(self, node: Node, out: dict[str, Any]) -> None:
        if node.minimum is not None:
            out["exclusiveMinimum" if node.minimum_open else "minimum"] = number(node.minimum)
        if node.maximum is not None:
            out["exclusiveMaximum" if node.maximum_open else "maximum"] = number(node.maximum)
        if node.multiple_of is not None:
            out["multipleOf"] = number(node.multiple_of)
            self._dump.keywords.add("multipleOf")
        if node.pattern is not None:
            out["pattern"] = node.pattern
            self._note_pattern(node.pattern)
        if node.format is not None:
            if node.format in VERSIONED:
                out["allOf"] = [{"pattern": f"^{FORMATS[node.format].over}$"}]
            else:
                out["format"] = node.format
                self._dump.keywords.add("format")
        for keyword, count in (("minLength", node.min_length), ("maxLength", node.max_length)):
            if count is not None and (count or keyword.startswith("max")):
                out[keyword] = count

    def _arrays(self, node: Node, out: dict[str, Any]) -> None:
        if node.prefix_items:
            out["prefixItems"] = [self._node(part) for part in node.prefix_items]
        for keyword, one in (("items", node.items), ("unevaluatedItems", node.unevaluated_items)):
            if one is not None:
                out[_plainly(node, keyword)] = self._node(one)
        for keyword, count in (("minItems", node.min_items), ("maxItems", node.max_items)):
            if count is not None and (count or keyword.startswith("max")):
                out[keyword] = count
        if node.unique_items:
            out["uniqueItems"] = True
        if node.contains is not None:
            out["contains"] = self._node(node.contains)
            out["minContains"] = node.min_contains
            if node.max_contains is not None:
                out["maxContains"] = node.max_contains

    def _objects(self, node: Node, out: dict[str, Any]) -> None:
        for keyword, table in (
            ("properties", node.properties),
            ("patternProperties", node.pattern_properties),
        ):
            if table:
                out[keyword] = {name: self._node(part) for name, part in table.items()}
        for pattern in node.pattern_properties:
            self._note_pattern(pattern)
        for keyword, one in (
            ("additionalProperties", node.additional),
            ("propertyNames", node.property_names),
            ("unevaluatedProperties", node.unevaluated_properties),
        ):
            if one is not None:
                out[_plainly(node, keyword)] = self._node(one)
        if node.required:
            out["required"] = list(node.required)
        if node.dependent_required:
            out["dependentRequired"] = {name: list(names) for name, names in node.dependent_required.items()}
        for keyword, count in (("minProperties", node.min_properties), ("maxProperties", node.max_properties)):
            if count is not None and (count or keyword.startswith("max")):
                out[keyword] = count


def _plainly(node: Node, keyword: str) -> str:
    """Return the keyword that says the same: what sees its own schema alone says no more than those beside it.

    Validators look twice at what `unevaluatedItems` holds, and so four times at what that holds.
    """
    if keyword == "unevaluatedItems" and node.items is None and node.only_closes():
        return "items"
    if keyword == "unevaluatedProperties" and node.additional is None and node.only_closes():
        return "additionalProperties"
    return keyword
