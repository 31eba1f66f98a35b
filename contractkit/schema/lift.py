"""Lifts schemas of OpenAPI 3.0, 3.1 and 3.2 into nodes of one dialect.

Sources: JSON Schema 2020-12 (core and validation), OpenAPI 3.0.4 section 4.7.24 (nullable, boolean exclusive bounds,
siblings of `$ref` ignored), OpenAPI 3.1.1 section 4.8.24. Annotations are dropped. `readOnly` and `writeOnly` are
applied here, because what they mean depends on who sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contractkit.model.change import Direction
from contractkit.schema.document import Document
from contractkit.schema.keywords import (
    ARRAY_KEYWORDS,
    EMPTY,
    IN_PLACE_KEYWORDS,
    NUMBER_KEYWORDS,
    OBJECT_KEYWORDS,
    STRING_KEYWORDS,
    Reader,
)
from contractkit.schema.node import ANYTHING, FALSE, TRUE, UNSENT, Node
from contractkit.schema.reshape import (
    Marks,
    combines,
    component_name,
    deep_text,
    flat,
    joined,
    short_text,
    unsent_names,
    without_required,
)
from contractkit.schema.sameness import Sameness
from contractkit.schema.tags import Tags

MAX_DEPTH = 1500
"""Schemas nested deeper than this, references not counted, are not read: see `Lift.node`."""


class Lift:
    """Makes nodes of one document's schemas for one direction.

    Args:
        document: the side the schemas stand in.
        direction: who sends; the base sends requests and receives responses, the revision the reverse.
        marks: what occurs in both documents.
        sameness: which parts say the same in both documents.
        twin: the lift of the other document, whose nodes are shared for what says the same.
        untagged: names of alternatives; a union that has one of them is read as if it had no discriminator.

    Attributes:
        tags: the discriminators.
    """

    def __init__(
        self,
        document: Document,
        direction: Direction,
        marks: Marks | None = None,
        sameness: Sameness | None = None,
        twin: Lift | None = None,
        untagged: frozenset[str] = frozenset(),
    ) -> None:
        self.document = document
        self.direction = direction
        self._marks = marks if marks is not None else Marks(Sameness(document, document).mentions)
        self._sameness = sameness
        self._twin = twin
        self._counterparts: dict[int, Any] = {}
        self._bad: set[int] = set()
        self.tags = Tags(untagged)
        self._unsent = "readOnly" if direction is Direction.REQUEST else "writeOnly"
        self._by_ref: dict[str, Node] = {}
        self._inline: dict[int, tuple[Any, Node]] = {}
        self._read = Reader(document)

    def node(self, schema: Any, depth: int = 0, step: str = "", base: Any = None) -> Node:
        """Return the node of a schema as it stands in the document; the same object gives the same node.

        Args:
            schema: an object or a boolean.
            depth: how deep it is nested, references not counted.
            step: the way to it from the schema around it (or the contract point), for notices.
            base: the schema of the other document that it takes the place of.
        """
        if schema is True or schema is None:
            return TRUE
        if schema is False:
            return FALSE
        known = self._inline.get(id(schema))
        if known is not None:
            return known[1]
        if base is not None:
            self._pair(base, schema)
        self._read.place.append(step)
        try:
            return self._new_node(schema, depth)
        finally:
            self._read.place.pop()

    def _new_node(self, schema: Any, depth: int) -> Node:
        if not isinstance(schema, dict):
            self._read.note(f"a schema was expected where {str(schema)[:60]!r} stands; it accepts anything now")
            return TRUE if schema in EMPTY else Node(raw=schema, left_out=(f"a schema that is {short_text(schema)}",))
        if depth > MAX_DEPTH:
            self._read.note(
                f"a schema is nested deeper than {MAX_DEPTH} levels; what lies below is compared by its text"
            )
            return Node(raw=schema, opaque=(f"a schema nested too deep ({deep_text(schema)})",))
        if isinstance(schema.get("$ref"), str) and (self.document.is_30 or self._only_ref(schema)):
            node = self._referenced(schema["$ref"], depth)
        else:
            node = self._inline_node(schema, depth)
        self._inline[id(schema)] = (schema, node)
        return node

    def _inline_node(self, schema: dict[str, Any], depth: int) -> Node:
        shared = self._shared(schema)
        if shared is not None:
            return shared
        node = Node(raw=schema)
        # Registered first: a schema may contain itself.
        self._inline[id(schema)] = (schema, node)
        noted = self.document.noted
        self._fill(node, schema, depth)
        if self.document.noted > noted:
            self._bad.add(id(schema))
        return self._simplified(node)

    def _pair(self, base: Any, revision: Any) -> None:
        """Look for what says the same inside a schema of the base and the one of this document that takes its place.

        Most of what stands in a schema that changed did not. One node for both sides spares its lift here and every
        comparison later (a third of the time of a release).
        """
        if self._sameness is not None:
            for one, other in self._sameness.inside(base, revision):
                self._counterparts.setdefault(id(other), one)

    def _shared(self, schema: dict[str, Any]) -> Node | None:
        """Return the node of what says the same in the base, where it was lifted and nothing was wrong with it."""
        other = self._counterparts.get(id(schema))
        if other is None or self._twin is None or id(other) in self._twin._bad:
            return None
        known = self._twin._inline.get(id(other))
        return None if known is None else known[1]

    def _is_untouched(self, name: str) -> bool:
        return self._sameness is not None and self._sameness.untouched_schema(name)

    def _only_ref(self, schema: Mapping[str, Any]) -> bool:
        return all(key == "$ref" or not self._read.is_assertion(key) for key in schema)

    def referenced(self, ref: str) -> Node:
        """Return the node that a `$ref` leads to."""
        return self._referenced(ref, 0)

    def _referenced(self, ref: str, depth: int) -> Node:
        if ref in self._by_ref:
            return self._by_ref[ref]
        chain = [ref]
        target = self.document.lookup(ref)
        while (
            isinstance(target, dict)
            and isinstance(target.get("$ref"), str)
            and (self.document.is_30 or self._only_ref(target))
        ):
            if target["$ref"] in chain:
                self.document.note(ref, "this $ref leads back to itself; what it means is not compared")
                target = None
                break
            chain.append(target["$ref"])
            target = self.document.lookup(target["$ref"])
        last = chain[-1]
        name = component_name(last)
        if last in self._by_ref:
            node = self._by_ref[last]
        elif self._twin is not None and name is not None and self._is_untouched(name):
            node = self._twin.referenced(last)
        elif isinstance(target, dict):
            node = Node(component=name, raw=target)
            self._by_ref[last] = node
            other = None if self._twin is None else self._twin._by_ref.get(last)
            if other is not None and other.component == name:
                self._pair(other.raw, target)
            # References do not count as depth: only what is nested in the text does.
            around, self._read.place = self._read.place, [last]
            self._fill(node, target, depth=0)
            self._read.place = around
        elif target is None:
            node = Node(raw={"$ref": last}, reference=last)
        else:
            node = self.node(target, depth + 1)
        for one in chain:
            self._by_ref[one] = node
        return node

    def _simplified(self, node: Node) -> Node:
        """Drop wrappers that say nothing: `allOf: [X]`, `anyOf: [X]` alone are X."""
        if not node.has_assertions() and node.not_ is None and node.if_ is None:
            parts = [*node.all_of, *(node.any_of or ()), *(node.one_of or ())]
            if len(parts) == 1 and (node.any_of, node.one_of).count(None) >= 1:
                return parts[0]
            if not parts and node.any_of is None and node.one_of is None:
                return TRUE
        return node

    def _fill(self, node: Node, schema: Mapping[str, Any], depth: int) -> None:
        read = self._read
        around, read.left_out = read.left_out, set()
        read.kinds(node, schema)
        # Most schemas hold two or three keywords: whole groups are passed over.
        if not NUMBER_KEYWORDS.isdisjoint(schema):
            read.numbers(node, schema)
        if not STRING_KEYWORDS.isdisjoint(schema):
            read.strings(node, schema)
            if "contentSchema" in schema and any(text.startswith("media ") for text in node.content):
                # Without a media type it says nothing (2020-12 validation, 8.5).
                node.content_schema = self._child(schema["contentSchema"], depth, "contentSchema")
        if not ARRAY_KEYWORDS.isdisjoint(schema):
            self._arrays(node, schema, depth)
        if not OBJECT_KEYWORDS.isdisjoint(schema):
            self._objects(node, schema, depth)
        if not IN_PLACE_KEYWORDS.isdisjoint(schema):
            self._applicators(node, schema, depth)
        if "enum" in schema or "const" in schema:
            read.enumeration(node, schema)
        if read.left_out:
            node.left_out = tuple(sorted(read.left_out))
        read.left_out = around

    def _arrays(self, node: Node, schema: Mapping[str, Any], depth: int) -> None:
        read = self._read
        prefix = schema.get("prefixItems")
        items = schema.get("items")
        if isinstance(items, list):
            # The array form of `items` (draft 7; FastAPI before 0.99 wrote it for tuples) is `prefixItems` today.
            prefix, items = items, schema.get("additionalItems")
        if prefix is not None:
            node.prefix_items = tuple(
                self.node(one, depth + 1, f"prefixItems/{index}")
                for index, one in enumerate(read.list_of(prefix, "prefixItems"))
            )
        node.items = self._child(items, depth, "items")
        if node.items is None and items is not None and self._marks.unevaluated:
            node.items = ANYTHING
        node.min_items = read.size(schema, "minItems") or 0
        node.max_items = read.size(schema, "maxItems")
        node.unique_items = read.flag(schema, "uniqueItems")
        if schema.get("contains") is not None:
            # `contains: {}` says something: there is an item.
            node.contains = self.node(schema["contains"], depth + 1, "contains")
        if node.contains is not None:
            minimum = read.size(schema, "minContains")
            node.min_contains = 1 if minimum is None else minimum
            node.max_contains = read.size(schema, "maxContains")
            if node.min_contains == 0 and node.max_contains is None and not self._marks.unevaluated:
                node.contains, node.min_contains = None, 1
        node.unevaluated_items = self._marking("unevaluatedItems", schema, depth)

    def _objects(self, node: Node, schema: Mapping[str, Any], depth: int) -> None:
        read = self._read
        required = read.names(schema, "required")
        for name, raw in read.table(schema, "properties"):
            if self._is_unsent(raw):
                node.properties[name] = UNSENT
                required = [one for one in required if one != name]
            else:
                node.properties[name] = self.node(raw, depth + 1, f"properties/{name}")
        for pattern, raw in read.table(schema, "patternProperties"):
            node.pattern_properties[pattern] = self.node(raw, depth + 1, f"patternProperties/{pattern}")
        node.required = tuple(dict.fromkeys(required))
        node.additional = self._child(schema.get("additionalProperties"), depth, "additionalProperties")
        if node.additional is None and "additionalProperties" in schema and self._marks.unevaluated:
            node.additional = ANYTHING
        node.min_properties = read.size(schema, "minProperties") or 0
        node.max_properties = read.size(schema, "maxProperties")
        node.property_names = self._child(schema.get("propertyNames"), depth, "propertyNames")
        node.unevaluated_properties = self._marking("unevaluatedProperties", schema, depth)
        for name, raw in read.table(schema, "dependentRequired"):
            names = read.names({"dependentRequired": raw}, "dependentRequired")
            if names:
                node.dependent_required[name] = tuple(names)
        for name, raw in read.table(schema, "dependentSchemas"):
            node.dependent_schemas[name] = self.node(raw, depth + 1, f"dependentSchemas/{name}")
        for name, raw in read.table(schema, "dependencies"):
            # Draft 7's `dependencies` is both of the above.
            if isinstance(raw, list):
                node.dependent_required[name] = tuple(one for one in raw if isinstance(one, str))
            else:
                node.dependent_schemas[name] = self.node(raw, depth + 1, f"dependentSchemas/{name}")

    def _holder(self, branch: Node, name: str | None, depth: int) -> Node | None:
        """Return what an alternative says of its tag: one that leads back to its union is not read to its end yet."""
        table = branch.raw.get("properties") if isinstance(branch.raw, Mapping) else None
        if name is None or not isinstance(table, Mapping) or name not in table:
            return None
        return branch.properties.get(name) or self.node(table[name], depth + 1, f"properties/{name}")

    def _applicators(self, node: Node, schema: Mapping[str, Any], depth: int) -> None:
        read = self._read
        parts = [
            self.node(one, depth + 1, f"allOf/{index}")
            for index, one in enumerate(read.list_of(schema.get("allOf"), "allOf"))
        ]
        if isinstance(schema.get("$ref"), str) and not self.document.is_30:
            parts.insert(0, self._referenced(schema["$ref"], depth))
        elif isinstance(dynamic := schema.get("$dynamicRef"), str):
            # Without a dynamic scope of its own a $dynamicRef is a $ref (2020-12 core, 8.2.3.2).
            parts.insert(0, self._referenced(dynamic, depth))
        unsent: set[str] = set()
        if self._marks.unsent:
            unsent = unsent_names(node, set()).union(*(unsent_names(part, set()) for part in parts))
        if unsent:
            # `required` in one part and `readOnly` in another: still not required in this direction.
            node.required = tuple(name for name in node.required if name not in unsent)
            parts = [without_required(part, unsent) for part in parts]
        node.all_of = joined(parts)
        for keyword in ("anyOf", "oneOf"):
            raw = schema.get(keyword)
            if not isinstance(raw, list) or not raw:
                if raw is not None:
                    read.leave_out(keyword, raw, f"`{keyword}` should be a list of schemas; it was left out")
                continue
            tag = self.tags.property_of(schema, raw)
            nodes = [self.node(one, depth + 1, f"{keyword}/{index}") for index, one in enumerate(raw)]
            branches = tuple(
                self.tags.narrowed(branch, schema, one, tag, self._holder(branch, tag, depth))
                for branch, one in zip(nodes, raw, strict=True)
            )
            if keyword == "anyOf":
                moot = any(branch is TRUE for branch in branches) and not self._marks.unevaluated
                node.any_of = None if moot else branches if self._marks.unevaluated else flat(branches)
            else:
                node.one_of = branches
        if isinstance(schema.get("not"), Mapping | bool):
            # `not: {}` says something: no value is accepted.
            node.not_ = self.node(schema["not"], depth + 1, "not")
            twice = node.not_.not_
            if twice is not None and not node.not_.has_assertions() and not combines(node.not_):
                node.not_, node.all_of = None, (*node.all_of, twice)
        elif "not" in schema:
            read.leave_out("not", schema["not"], "`not` should be a schema; it was left out")
        if isinstance(schema.get("if"), Mapping | bool):
            node.if_ = self.node(schema["if"], depth + 1, "if")
            node.then = self._child(schema.get("then"), depth, "then")
            node.else_ = self._child(schema.get("else"), depth, "else")
            if node.then is None and node.else_ is None and not self._marks.unevaluated:
                node.if_ = None
        elif "if" in schema:
            read.leave_out("if", schema["if"], "`if` should be a schema; it was left out")

    def _marking(self, keyword: str, schema: Mapping[str, Any], depth: int) -> Node | None:
        """Return the sub-schema of an `unevaluated...` keyword; one that accepts anything still marks what it sees."""
        node = self._child(schema.get(keyword), depth, keyword)
        return ANYTHING if node is None and schema.get(keyword) is not None else node

    def _child(self, raw: Any, depth: int, step: str) -> Node | None:
        """Return a sub-schema that restricts something, None for one that does not or is absent."""
        if raw is None:
            return None
        node = self.node(raw, depth + 1, step)
        return None if node is TRUE else node

    def _is_unsent(self, raw: Any) -> bool:
        """Whether a property is marked as never sent in this direction, itself or where its `$ref` leads."""
        if not self._marks.unsent:
            return False
        for _ in range(20):
            if not isinstance(raw, dict):
                return False
            if raw.get(self._unsent) is True and not (self.document.is_30 and "$ref" in raw):
                return True
            ref = raw.get("$ref")
            if not isinstance(ref, str):
                return False
            raw = self.document.lookup(ref)
        return False
