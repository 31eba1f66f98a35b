"""New requests from parts of requests that were made before: random combinations without the price of a generator.

A generator of random values takes most of a run's time. What its first requests and the ones at the limits of each part
consist of is put together anew instead: another query value here, a property more or less there.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from contractkit.fuzz.edit import with_body, with_header, with_pairs
from contractkit.fuzz.message import Request, header

_CHANCE = 0.5
"""How often a part is replaced."""
_KEPT_HEADERS = frozenset({"content-type", "cookie"})


def recombined(parents: Sequence[Request], rng: random.Random, count: int) -> Iterator[Request]:
    """Yield requests in which each part is one of a parent's, or is left out as a parent leaves it out.

    Args:
        parents: requests of one operation.
        rng: makes all choices.
        count: how many to make; those that were made already, or are a parent, are passed over and count as well.
    """
    known = set(parents)
    for _ in range(count if len(parents) > 1 else 0):
        child = rng.choice(parents)
        for other in rng.sample(parents, min(3, len(parents))):
            child = _crossed(child, other, rng)
        if child not in known:
            known.add(child)
            yield child


def grafted(hosts: Sequence[Request], donors: Sequence[Request], rng: random.Random, count: int) -> Iterator[Request]:
    """Yield requests of the first kind, each with some parts of one of the second kind."""
    known = {*hosts, *donors}
    for _ in range(count if hosts and donors else 0):
        child = _crossed(rng.choice(donors), rng.choice(hosts), rng)
        if child not in known:
            known.add(child)
            yield child


def _crossed(one: Request, other: Request, rng: random.Random) -> Request:
    """Return a request with some parts taken from another."""
    child = one
    names = dict.fromkeys(name for name, _ in (*one.pairs, *other.pairs))
    if names:
        sources = {name: other if rng.random() < _CHANCE else one for name in names}
        child = with_pairs(
            child, [pair for name, source in sources.items() for pair in source.pairs if pair[0] == name]
        )
    for name in {name.lower(): name for name, _ in (*one.headers, *other.headers)}.values():
        if name.lower() not in _KEPT_HEADERS and rng.random() < _CHANCE:
            child = with_header(child, name, header(other.headers, name) or None)
    mine, theirs = one.json, other.json
    if isinstance(mine, dict) and isinstance(theirs, dict) and one.media_type == other.media_type:
        keys = dict.fromkeys((*mine, *theirs))
        chosen = {key: theirs if rng.random() < _CHANCE else mine for key in keys}
        body = {key: source[key] for key, source in chosen.items() if key in source}
        child = child if body == mine else with_body(child, body)
    return child
