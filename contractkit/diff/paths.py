"""Matches the paths of two documents: parameter names erased, base paths and whole-prefix moves understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from contractkit.model.records import NamedTuple, field, record
from contractkit.openapi.endpoint import erased

_MAX_CANDIDATES = 8
"""How many base paths of one ending are weighed against a path; more have nothing in common but a common ending."""


_MAX_MOVES = 16
"""How many moves are looked at in a round, the likeliest first."""


class Move(NamedTuple):
    """A whole-prefix move: the paths of the base below `before` stand below `after` in the revision."""

    before: str
    after: str
    pairs: tuple[tuple[str, str], ...]


@record(slots=True)
class PathMatching:
    """Which path templates of both sides are the same.

    Attributes:
        pairs: paths as written in the base and the revision.
        moves: whole-prefix moves; their pairs are not in `pairs`.
        removed: paths of the base alone.
        added: paths of the revision alone.
        same_total: whether the base paths were counted as part of the paths.
    """

    pairs: list[tuple[str, str]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    same_total: bool = False


def match_paths(base: dict[str, str], revision: dict[str, str], *, base_paths_differ: bool) -> PathMatching:
    """Match paths.

    Args:
        base: each path of the base as written, with the base path of its server.
        revision: the same of the revision.
        base_paths_differ: whether the two documents share no base path, so that paths may have moved into it.
    """
    matching = _match_keys(base, revision, whole=False)
    if base_paths_differ:
        whole = _match_keys(base, revision, whole=True)
        if len(whole.pairs) > len(matching.pairs):
            matching = whole
            matching.same_total = True
    _find_moves(matching, base, revision)
    return matching


def _key(path: str, prefix: str) -> str:
    return erased(prefix + path)


def _match_keys(base: dict[str, str], revision: dict[str, str], *, whole: bool) -> PathMatching:
    before = _by_key(base, whole=whole)
    after = _by_key(revision, whole=whole)
    found = PathMatching()
    for key in sorted({*before, *after}):
        old, new = before.get(key, []), after.get(key, [])
        # Two templates that differ by names alone answer the same requests: the same names first, then in order.
        equal = [path for path in old if path in new] if not whole else []
        rest_old, rest_new = ([path for path in side if path not in equal] for side in (old, new))
        count = min(len(rest_old), len(rest_new))
        found.pairs += [(path, path) for path in equal]
        found.pairs += zip(rest_old[:count], rest_new[:count], strict=True)
        found.removed += rest_old[count:]
        found.added += rest_new[count:]
    return found


def _by_key(paths: dict[str, str], *, whole: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        found.setdefault(_key(path, paths[path] if whole else ""), []).append(path)
    return found


def _find_moves(matching: PathMatching, base: dict[str, str], revision: dict[str, str]) -> None:
    while matching.removed and matching.added:
        move = _best_move(matching, base, revision)
        if move is None:
            return
        matching.moves.append(move)
        gone, come = ({pair[side] for pair in move.pairs} for side in (0, 1))
        matching.removed = [path for path in matching.removed if path not in gone]
        matching.added = [path for path in matching.added if path not in come]


def _best_move(matching: PathMatching, base: dict[str, str], revision: dict[str, str]) -> Move | None:
    whole = matching.same_total
    before = {_key(path, base[path] if whole else ""): path for path in matching.removed}
    after = {_key(path, revision[path] if whole else ""): path for path in matching.added}
    by_ending: dict[str, list[str]] = {}
    for key in before:
        for ending in _endings(key):
            by_ending.setdefault(ending, []).append(key)
    votes: Counter[tuple[str, str]] = Counter()
    for key in after:
        for ending in _endings(key):
            holders = by_ending.get(ending, ())
            for holder in holders if len(holders) <= _MAX_CANDIDATES else ():
                votes[holder.removesuffix(ending), key.removesuffix(ending)] += 1
            if holders:
                break
    lone = len(before) == 1 and not matching.pairs
    for (old, new), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:_MAX_MOVES]:
        below = [key for key in before if _is_below(key, old)]
        pairs = [(before[key], after[new + key[len(old) :]]) for key in below if new + key[len(old) :] in after]
        # A few paths may go in the same release; one path counts only where it was the whole document.
        if (len(pairs) > 1 or lone) and len(pairs) * 5 >= len(below) * 4:
            return Move(old, new, tuple(pairs))
    return None


def _is_below(key: str, prefix: str) -> bool:
    return key.startswith(prefix) and (len(key) == len(prefix) or key[len(prefix)] == "/")


def _endings(key: str) -> Iterable[str]:
    """Yield the endings of a path at its slashes, the longest first."""
    start = key.find("/")
    while start != -1:
        yield key[start:]
        start = key.find("/", start + 1)
