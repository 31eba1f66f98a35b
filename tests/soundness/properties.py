"""What must hold of verdicts whatever the schemas mean: no oracle is needed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from contractkit.mutants.respell import shuffled
from tests.soundness.components import SIDE_REWRITES, anchored, in_30, inlined, renamed, respelled, split
from tests.soundness.places import Pair, Side, is_productive
from tests.soundness.rewrites import REWRITES, rewritten
from tests.soundness.trials import COMPATIBLE, CPU_SECONDS, Failure, HangError, changes, described, limited

DIRECTIONS = ("request", "response")


def reflexive(side: Side) -> list[Failure]:
    """A side against a copy of itself: no change at all."""
    failures = []
    pair = Pair(side, side.copy())
    for direction in DIRECTIONS:
        said = _said(pair, direction)
        if said != COMPATIBLE:
            failures.append(Failure("not-silent-on-itself", pair, direction, said))
    return failures


def unmoved(pair: Pair, rng: Random) -> list[Failure]:
    """The verdict of a pair does not change with key order, names, spelling of references, inlining, branch order."""
    failures = []
    for direction in DIRECTIONS:
        first = _verdict(pair, direction)
        for name, other in _spellings(pair, rng):
            second = _verdict(other, direction)
            if "hang" in (first, second):
                failures.append(Failure("hang", pair, direction, f"{first}, then {second}"))
                break
            if second != first:
                shown = other if name == "order" else pair
                failures.append(Failure(f"moved-by-{name}", shown, direction, f"{first}, then {second}"))
    return failures


def _spellings(pair: Pair, rng: Random) -> Iterator[tuple[str, Pair]]:
    for way in (renamed, respelled, anchored, inlined, split):
        yield way.__name__, Pair(way(pair.base, rng) or pair.base, way(pair.revision, rng) or pair.revision)
    yield "order", Pair(shuffled_side(pair.base, rng), shuffled_side(pair.revision, rng))


def shuffled_side(side: Side, rng: Random) -> Side:
    """The side with all keys and all lists without meaning in another order."""
    names = rng.sample(list(side.components), len(side.components))

    def turn(schema: object) -> object:
        return shuffled(schema, rng) if isinstance(schema, dict) else schema

    return Side(turn(side.root), {name: turn(side.components[name]) for name in names})


def silent(side: Side, rng: Random) -> list[tuple[str, Failure | None]]:
    """Every rewrite that applies: its name, and the failure where the same values did not count as compatible."""
    results: list[tuple[str, Failure | None]] = []
    for rewrite in REWRITES:
        made = rewritten(side, rewrite, rng)
        if made is not None and is_productive(made):
            results += _both_ways(rewrite.__name__, side, made)
    for side_rewrite in SIDE_REWRITES:
        made = side_rewrite(side, rng)
        if made is not None:
            results += _both_ways(side_rewrite.__name__, side, made)
    lowered = in_30(side)
    if lowered is not None:
        results += _both_ways("in_30", lowered, side, ("3.0.3", "3.1.0"))
    return results


def _both_ways(
    name: str, one: Side, other: Side, openapi: tuple[str, str] = ("3.1.0", "3.1.0")
) -> list[tuple[str, Failure | None]]:
    results: list[tuple[str, Failure | None]] = []
    for pair, versions in ((Pair(one, other), openapi), (Pair(other, one), openapi[::-1])):
        for direction in DIRECTIONS:
            said = _said(pair, direction, versions)
            failure = None if said.startswith(COMPATIBLE) else Failure(f"not-silent-{name}", pair, direction, said)
            results.append((name, failure))
    return results


def _said(pair: Pair, direction: str, openapi: tuple[str, str] = ("3.1.0", "3.1.0")) -> str:
    try:
        with limited(CPU_SECONDS):
            found = changes(pair, direction, openapi=openapi)
    except HangError:
        return "hang"
    except Exception as error:
        return f"exception {type(error).__name__}: {str(error)[:200]}"
    return described(found)


def _verdict(pair: Pair, direction: str) -> str:
    said = _said(pair, direction)
    return said.split(":")[0]
