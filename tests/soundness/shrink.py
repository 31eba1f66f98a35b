"""Makes a failing pair small: keywords, branches and components are left out while it still fails alike."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from tests.soundness.places import Json, Pair, Side, at, is_productive, places, replaced

MOST_STEPS = 500


def shrunk(pair: Pair, still_fails: Callable[[Pair], bool], steps: int = MOST_STEPS) -> Pair:
    """The smallest pair found; `still_fails` says whether a candidate shows the same fault."""
    improved = True
    while improved and steps > 0:
        improved = False
        for candidate in _smaller(pair):
            steps -= 1
            if steps <= 0:
                break
            if is_productive(candidate.base) and is_productive(candidate.revision) and still_fails(candidate):
                pair, improved = candidate, True
                break
    return pair


def _smaller(pair: Pair) -> Iterator[Pair]:
    base, revision = pair.base, pair.revision
    # The same cut on both sides first: a pair is mostly one schema twice.
    common = [path for path in places(base) if path in set(places(revision))]
    for path in common:
        one, other = list(_cuts(at(base, path))), list(_cuts(at(revision, path)))
        for label, schema in one:
            for second, twin in other:
                if label == second:
                    yield _pair(replaced(base, path, schema), replaced(revision, path, twin))
    for path in places(base):
        for _, schema in _cuts(at(base, path)):
            yield _pair(replaced(base, path, schema), revision)
    for path in places(revision):
        for _, schema in _cuts(at(revision, path)):
            yield _pair(base, replaced(revision, path, schema))


def _pair(base: Side, revision: Side) -> Pair:
    return Pair(base.reachable(), revision.reachable())


def _cuts(schema: Json) -> Iterator[tuple[str, Json]]:
    """Smaller schemas in place of one, each with a label of what was left out."""
    if not isinstance(schema, dict):
        return
    if schema:
        yield "true", True
    for keyword, value in schema.items():
        yield f"-{keyword}", {key: one for key, one in schema.items() if key != keyword}
        if keyword in ("allOf", "anyOf", "oneOf"):
            for index, one in enumerate(value):
                yield f"={keyword}{index}", one
        if isinstance(value, list) and len(value) > 1:
            for index in range(len(value)):
                yield f"-{keyword}{index}", _with(schema, keyword, [*value[:index], *value[index + 1 :]])
        if isinstance(value, dict) and keyword in ("properties", "patternProperties", "dependentSchemas"):
            for name in value:
                yield f"-{keyword} {name}", _with(schema, keyword, {key: value[key] for key in value if key != name})


def _with(schema: dict[str, Any], keyword: str, value: Any) -> Json:
    made = copy.copy(schema)
    made[keyword] = value
    return made
