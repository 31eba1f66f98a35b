"""Draws changed documents of all kinds, the same ones for the same seed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from contractkit.mutants.edit import Edit
from contractkit.mutants.kinds import Kind
from contractkit.mutants.operation_breaks import OPERATION_BREAKS
from contractkit.mutants.rewrites import REWRITES
from contractkit.mutants.schema_breaks import SCHEMA_BREAKS
from contractkit.mutants.survey import Survey

KINDS: tuple[Kind, ...] = (*OPERATION_BREAKS, *SCHEMA_BREAKS, *REWRITES)
"""All kinds of changes: first those that break clients."""
_MOST_PLACES = 20_000


@dataclass(frozen=True)
class Mutant:
    """A document made of another.

    Attributes:
        kind: what was done.
        number: which of its kind it is, from 1.
        edit: where, and the change itself.
        document: the changed document.
    """

    kind: Kind
    number: int
    edit: Edit
    document: Mapping[str, Any]


def mutants(document: Mapping[str, Any], *, seed: int, each: int, kinds: Sequence[Kind] = KINDS) -> Iterator[Mutant]:
    """Yield up to `each` changed documents of every kind that applies, at places drawn by the seed.

    Args:
        document: an OpenAPI document, which stays as it is.
        seed: the same seed gives the same documents, and a kind gives the same whichever others are asked for.
        each: the most of one kind.
        kinds: which kinds.
    """
    survey = Survey(document)
    for kind in kinds:
        rng = Random(f"{seed} {kind.name}")
        found = itertools.islice(kind.find(survey, rng), _MOST_PLACES if kind.breaks else each)
        edits = list(found)
        chosen = edits if len(edits) <= each else rng.sample(edits, each)
        for number, edit in enumerate(chosen, 1):
            yield Mutant(kind, number, edit, edit.apply(document))
