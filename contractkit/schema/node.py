"""The schema as the deciding engine sees it: one dialect, references gone, annotations dropped.

A `Node` is a JSON Schema 2020-12 object whose `$ref`s are edges to other nodes, so that the graph may be cyclic. Nodes
are filled once by `lift` and never changed afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from contractkit.model.records import field, record

NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = 1, 2, 4, 8, 16, 32
ANY = NULL | BOOLEAN | NUMBER | STRING | ARRAY | OBJECT
KIND_OF_TYPE = {
    "null": NULL,
    "boolean": BOOLEAN,
    "integer": NUMBER,
    "number": NUMBER,
    "string": STRING,
    "array": ARRAY,
    "object": OBJECT,
}
KINDS = (NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT)
KIND_NAME = {NULL: "null", BOOLEAN: "boolean", NUMBER: "number", STRING: "string", ARRAY: "array", OBJECT: "object"}


def kind_of(value: Any) -> int:
    """Return the kind of a JSON value; numbers, integer or not, are one kind."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return STRING
    return ARRAY if isinstance(value, list) else OBJECT


class Spelling(str):
    """A pattern of how values are written; no document says it."""

    __slots__ = ()


@record(eq=False, slots=True)
class Node:
    """One schema. Absent keywords are None, zero or empty; `never` is the schema `false`.

    Attributes:
        component: the name of the component whose root this is, None for an inline schema.
        raw: the schema as it stands in the document, for reports.
        opaque: texts of what cannot be read; two equal opaque texts mean the same.
        left_out: keywords whose value is none that they can have, with that value, sorted. Nobody knows what they mean;
            two equal ones mean the same, and where something else is looked for they say nothing.
        reference: a `$ref` that leads nowhere. Nobody knows what stands there, and two equal ones mean the same; where
            something else is looked for it accepts anything, so that one such place does not hide all around it.
    """

    component: str | None = None
    raw: Any = None
    never: bool = False
    kinds: int = ANY
    integer: bool = False
    enum: tuple[Any, ...] | None = None
    enum_texts: frozenset[str] = frozenset()
    minimum: Fraction | None = None
    minimum_open: bool = False
    maximum: Fraction | None = None
    maximum_open: bool = False
    multiple_of: Fraction | None = None
    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    content: tuple[str, ...] = ()
    content_schema: Node | None = None
    prefix_items: tuple[Node, ...] = ()
    items: Node | None = None
    min_items: int = 0
    max_items: int | None = None
    unique_items: bool = False
    contains: Node | None = None
    min_contains: int = 1
    max_contains: int | None = None
    unevaluated_items: Node | None = None
    properties: dict[str, Node] = field(default_factory=dict)
    pattern_properties: dict[str, Node] = field(default_factory=dict)
    additional: Node | None = None
    required: tuple[str, ...] = ()
    min_properties: int = 0
    max_properties: int | None = None
    property_names: Node | None = None
    dependent_required: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dependent_schemas: dict[str, Node] = field(default_factory=dict)
    unevaluated_properties: Node | None = None
    all_of: tuple[Node, ...] = ()
    any_of: tuple[Node, ...] | None = None
    one_of: tuple[Node, ...] | None = None
    not_: Node | None = None
    if_: Node | None = None
    then: Node | None = None
    else_: Node | None = None
    opaque: tuple[str, ...] = ()
    reference: str | None = None
    left_out: tuple[str, ...] = ()
    # Filled by `identity`.
    local_key: tuple[object, ...] | None = None
    below: list[tuple[str, Node]] | None = None

    def children(self) -> list[tuple[str, Node]]:
        """Return all sub-schemas with a label each, in the order that `unordered` knows, once the node is filled."""
        if self.below is not None:
            return self.below
        found: list[tuple[str, Node]] = []
        for label, one in (
            ("items", self.items),
            ("contains", self.contains),
            ("unevaluated_items", self.unevaluated_items),
            ("additional", self.additional),
            ("property_names", self.property_names),
            ("unevaluated_properties", self.unevaluated_properties),
            ("not", self.not_),
            ("if", self.if_),
            ("then", self.then),
            ("else", self.else_),
            ("content", self.content_schema),
        ):
            if one is not None:
                found.append((label, one))
        for label, table in (
            ("property", self.properties),
            ("pattern", self.pattern_properties),
            ("dependent", self.dependent_schemas),
        ):
            if table:
                found += [(f"{label} {name}", table[name]) for name in sorted(table)]
        for label, row in (
            ("prefix", self.prefix_items),
            ("all", self.all_of),
            ("any", self.any_of),
            ("one", self.one_of),
        ):
            if row:
                found += [(f"{label} {index}", node) for index, node in enumerate(row)]
        self.below = found
        return found

    def unordered(self) -> list[slice]:
        """Return where several children stand among all whose order says nothing: alternatives and parts of `allOf`."""
        rows, end = [], 0
        for parts in (self.one_of, self.any_of, self.all_of):
            size = len(parts or ())
            if size > 1:
                stop = len(self.children()) - end
                rows.append(slice(stop - size, stop))
            end += size
        return rows

    def packed_as(self) -> dict[str, str]:
        """Return what the content keywords say: `encoding` and `media`, with their values."""
        return {name: value for name, _, value in (text.partition(" ") for text in self.content)}

    def is_plain_type(self) -> bool:
        """Whether the schema says nothing but a type."""
        if self.kinds == ANY or self.applies_in_place():
            return False
        kinds, self.kinds, integer, self.integer = self.kinds, ANY, self.integer, False
        plain = not self.has_assertions()
        self.kinds, self.integer = kinds, integer
        return plain

    def is_plain_union(self) -> bool:
        """Whether the schema says nothing but `anyOf` or nothing but `oneOf`."""
        union = self.any_of if self.any_of is not None else self.one_of
        if union is None or (self.any_of is not None and self.one_of is not None):
            return False
        return not self.has_assertions() and not self.all_of and self.not_ is None and self.if_ is None

    def applies_in_place(self) -> bool:
        """Whether a keyword applies schemas to the same value, or sees what they evaluated."""
        return bool(
            self.all_of
            or self.any_of is not None
            or self.one_of is not None
            or self.not_ is not None
            or self.if_ is not None
            or self.unevaluated_properties is not None
            or self.unevaluated_items is not None
        )

    def only_closes(self) -> bool:
        """Whether nothing applies in place but `unevaluated...`, which then see the keywords of this schema alone."""
        others = self.all_of or self.any_of is not None or self.one_of is not None or self.not_ is not None
        hidden = self.unevaluated_items is not None and self.contains is not None
        return not (others or self.if_ is not None or self.dependent_schemas or hidden)

    def has_assertions(self) -> bool:
        """Whether a keyword other than the in-place applicators restricts values."""
        return bool(
            self.never
            or self.kinds != ANY
            or self.integer
            or self.enum is not None
            or self.minimum is not None
            or self.maximum is not None
            or self.multiple_of is not None
            or self.min_length
            or self.max_length is not None
            or self.pattern is not None
            or self.format is not None
            or self.content
            or self.prefix_items
            or self.items is not None
            or self.min_items
            or self.max_items is not None
            or self.unique_items
            or self.contains is not None
            or self.unevaluated_items is not None
            or self.properties
            or self.pattern_properties
            or self.additional is not None
            or self.required
            or self.min_properties
            or self.max_properties is not None
            or self.property_names is not None
            or self.dependent_required
            or self.dependent_schemas
            or self.unevaluated_properties is not None
            or self.opaque
            or self.reference is not None
            or self.left_out
        )

    def is_anything(self) -> bool:
        """Whether every value is accepted because nothing is said."""
        if self.kinds != ANY or self.never:
            return False  # most schemas have a type
        # What is quick to tell comes first.
        return not (
            self.any_of is not None
            or self.all_of
            or self.one_of is not None
            or self.not_ is not None
            or self.if_ is not None
            or self.has_assertions()
        )


TRUE = Node(raw=True)
FALSE = Node(raw=False, never=True)
UNSENT = Node(raw=True, never=True)
"""A property that is not sent in this direction (`readOnly` in requests, `writeOnly` in responses): impossible for the
sender, anything to the receiver; one node for both, so that both sides are equal where both mark it."""
ANYTHING = Node(raw=True)
"""Accepts everything, as TRUE does, but was written down: `unevaluatedProperties` and `unevaluatedItems` see that."""


def unknown_of(nodes: Sequence[Node]) -> str | None:
    """Return a `$ref` that leads nowhere where all that schemas say together is such references."""
    first = None
    for node in nodes:
        if node.has_assertions():
            if node.reference is None:
                return None
            first = first or node.reference
    return first


def negation(node: Node) -> Node:
    """Return the schema `{"not": node}`."""
    return Node(not_=node, raw={"not": node.raw})


def fraction(value: int | float) -> Fraction:
    """Return the exact decimal that a JSON number was written as (`0.1` is one tenth)."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def number(value: Fraction) -> int | float:
    """Return the JSON number for an exact one: an integer where it is one."""
    if value.denominator == 1:
        return int(value)
    try:
        return float(value)
    except OverflowError:
        return int(value)


def in_place(nodes: Sequence[Node]) -> list[Node]:
    """Return the schemas and all that apply at the same place through unions, `allOf` and conditions."""
    found: dict[int, Node] = {}
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if id(node) in found:
            continue
        found[id(node)] = node
        for parts in (node.all_of, node.any_of, node.one_of):
            if parts:
                stack += parts
        if node.dependent_schemas:
            stack += node.dependent_schemas.values()
        if node.if_ is not None:
            stack += [one for one in (node.if_, node.then, node.else_) if one is not None]
    return list(found.values())
