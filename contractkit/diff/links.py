"""Compares the links of a response (OpenAPI 3.1.1, 4.8.20)."""

from __future__ import annotations

from contractkit.diff.record import Place
from contractkit.openapi.endpoint import erased
from contractkit.openapi.part import Part, root_of
from contractkit.schema.document import Document
from contractkit.schema.sameness import unit_of

_KNOWN = frozenset({"$ref", "operationRef", "operationId", "parameters", "requestBody", "description", "server"})


def compare_links(here: Place, old: Part, new: Part) -> None:
    """Compare the links of two responses by name."""
    before, after = old.table("links"), new.table("links")
    for name in sorted({*before, *after}):
        there = here.at("link", f"{here.location}.link.{name}", name=name)
        if name not in before:
            there.add("presence", "added", None, name)
        elif name not in after:
            there.add("presence", "removed", name, None)
        else:
            first, second = before[name], after[name]
            there.compare(first, second, ("description", "parameters", "requestBody", "server"))
            targets = [side.text("operationId") or side.text("operationRef") for side in (first, second)]
            if targets[0] != targets[1] and _target(first) != _target(second):
                there.add("target", "changed", *targets)
            there.compare_rest(first, second, _KNOWN)


def _target(link: Part) -> str:
    """Return the key of the operation that a link leads to; its own text where that is not in the document."""
    name = link.text("operationId")
    if name is not None:
        return _operation(link.document, name) or name
    ref = link.text("operationRef") or ""
    unit = unit_of(ref)
    method = ref.rpartition("/")[2]
    return f"{method.upper()} {erased(unit[1])}" if unit[:1] == ("paths",) else ref


def _operation(document: Document, name: str) -> str | None:
    for path, item in root_of(document).table("paths", patterned=True).items():
        for method, operation in item.fields.items():
            if isinstance(operation, dict) and operation.get("operationId") == name:
                return f"{str(method).upper()} {erased(path)}"
    return None
