"""Set algebra as the last resort: jsonschema-rs `covers` on small pairs. Its YES counts, its NO asks for a witness."""

from __future__ import annotations

from contractkit.schema.branch import Branch
from contractkit.schema.dump import TooLargeError, dump
from contractkit.schema.node import KIND_NAME, Node

MAX_SIZE = 60
"""Schemas in a pair at the most: the algebra is superlinear and cannot be interrupted."""


def covers(branch: Branch, receiver: Node, keyword: str) -> bool:
    """Whether it is proved that the part of the receiver that `keyword` names accepts every value of the branch."""
    part = Node(raw=None)
    if keyword == "anyOf":
        part.any_of = receiver.any_of
    elif keyword == "oneOf":
        part.one_of = receiver.one_of
    else:
        part.if_, part.then, part.else_ = receiver.if_, receiver.then, receiver.else_
    try:
        inside = dump(branch.sources, branch.nots, limit=MAX_SIZE)
        outside = dump((part,), limit=MAX_SIZE - inside.size)
    except TooLargeError:
        return False
    if inside.recursive or outside.recursive:
        return False
    if inside.opaque or outside.opaque or {"pattern", "format"} & (inside.keywords | outside.keywords):
        return False
    import jsonschema_rs
    from jsonschema_rs import canonical

    kind = {"allOf": [inside.schema, {"type": KIND_NAME[branch.kind]}]}
    try:
        sender = jsonschema_rs.canonicalize(kind, draft=jsonschema_rs.Draft202012)
        receives = jsonschema_rs.canonicalize(outside.schema, draft=jsonschema_rs.Draft202012)
        return receives.covers(sender) == canonical.Containment.YES
    except (ValueError, RecursionError, canonical.CanonicalizationError):
        return False
