"""Adds to a witness what the receiver asks for, so that it shows one break and not two.

The smallest value of a sender lacks all that it need not send. Where the receiver requires such a name, it would refuse
the value for that, whatever the value is to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contractkit.schema.branch import Branch
from contractkit.schema.expand import Branches, TooManyError
from contractkit.schema.node import Node, kind_of
from contractkit.schema.sample import Sampler, belongs, valid
from contractkit.schema.sendable import nodes_at, nodes_of_item

MAX_DEPTH = 12
"""Values nested deeper are left as they are."""


class Completion:
    """Completes values of a sender for a receiver.

    Args:
        branches: splits what the sender says.
        sampler: makes the values that are added.
    """

    def __init__(self, branches: Branches, sampler: Sampler) -> None:
        self._branches = branches
        self._sampler = sampler

    def completed(
        self,
        sender: Sequence[Node],
        receiver: Sequence[Node],
        value: Any,
        without: Sequence[str] | None = (),
        depth: int = 0,
        *,
        beside: bool = False,
    ) -> Any:
        """Return the value with the names that the receiver requires and the sender declares.

        What stands beside the place and the receiver refuses becomes something that both accept, where that is known.

        Args:
            sender: the schemas that the value is valid for.
            receiver: the schemas that it is for.
            value: a JSON value; it is not changed.
            without: the path of a place (`items`, `[]`, `qty`) at which nothing is added; None where the value is
                beside that path.
            depth: how deep the value stands in the whole.
            beside: whether the value stands beside the place, and neither holds it nor is in it.
        """
        if not isinstance(value, dict | list) or depth >= MAX_DEPTH:
            return value
        branch = self._fitting(sender, value)
        if branch is None:
            return value
        asked = _certain(receiver, value)

        def below(step: str) -> Sequence[str] | None:
            return without[1:] if without and without[0] in (step, "*") else None

        def part(step: str, own: Sequence[Node], wanted: Sequence[Node], item: Any) -> Any:
            is_beside = beside or (bool(without) and below(step) is None)
            made = self.completed(own, wanted, item, below(step), depth + 1, beside=is_beside)
            if not is_beside or valid(wanted, made):
                return made
            return next(iter(self._sampler.values((*own, *wanted))), made)

        if isinstance(value, list):
            return [
                part("[]", branch.item(index), [one for node in asked for one in nodes_of_item(node, index)], item)
                for index, item in enumerate(value)
            ]
        made = {
            name: part(name, branch.at(name), [one for node in asked for one in nodes_at(node, name)], item)
            for name, item in value.items()
        }
        for name in sorted({name for node in asked for name in node.required} - {*value}):
            if branch.declares(name) and below(name) != ():
                choices = self._sampler.values(branch.at(name))
                if choices:
                    made[name] = choices[0]
        return made

    def _fitting(self, sender: Sequence[Node], value: Any) -> Branch | None:
        """Return the only branch of the sender that the value is of; None where there are several."""
        try:
            branches = self._branches.of(sender)
        except TooManyError:
            return None
        kind = kind_of(value)
        fitting = [one for one in branches if one.kind == kind]
        if len(fitting) > 1:
            # The only branch of a kind needs no look at the whole value, which would be taken again at every level.
            fitting = [one for one in fitting if one.values is None and belongs(one, value)]
        return fitting[0] if len(fitting) == 1 and fitting[0].values is None else None


def _certain(receiver: Sequence[Node], value: Any) -> list[Node]:
    """Return the schemas that speak of the value for certain: `allOf` parts, and the only alternative for its type."""
    found: dict[int, Node] = {}
    todo = list(receiver)
    while todo:
        node = todo.pop()
        if id(node) in found:
            continue
        found[id(node)] = node
        todo += node.all_of
        for union in (node.any_of, node.one_of):
            fitting = [part for part in union or () if part.kinds & kind_of(value)]
            todo += fitting if len(fitting) == 1 else ()
    return list(found.values())
