"""Matches the paths of two documents: parameter names erased, base paths and whole-prefix moves understood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from contractkit.model.records import NamedTuple, field, record
from contractkit.openapi.endpoint import erased

_MAX_CANDIDATES = 8
"""How many base paths of one ending are weighed against a path; more have nothing in common but a common ending."""


_NAME = re.compile(r"[A-Za-z]")
"""What only a path with a name of its own has: `/{}/items`, not `/{}`."""
_MAX_MOVES = 16
"""How many moves are looked at in a round, the likeliest first."""


class Move(NamedTuple):
    """A whole-prefix move: paths of the base below `before` stand below `after` in the revision.

    Attributes:
        before: the prefix in the base.
        after: the prefix in the revision.
        pairs: the paths that moved, as written in both.
        below: how many paths of the base are below the prefix, those that stayed or went among them.
    """

    before: str
    after: str
    pairs: tuple[tuple[str, str], ...]
    below: int


@record(slots=True)
class PathMatching:
    """Which path templates of both sides are the same.

    Attributes:
        pairs: paths as written in the base and the revision.
        split: paths that answer the same requests where a side writes several templates for them: all of both sides.
        moves: whole-prefix moves; their pairs are not in `pairs`.
        removed: paths of the base alone.
        added: paths of the revision alone.
        same_total: whether the base paths were counted as part of the paths.
    """

    pairs: list[tuple[str, str]] = field(default_factory=list)
    split: list[tuple[list[str], list[str]]] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    same_total: bool = False

    @property
    def matched(self) -> int:
        """How many keys both sides have."""
        return len(self.pairs) + len(self.split)


def match_paths(
    base: dict[str, str],
    revision: dict[str, str],
    *,
    base_paths_differ: bool,
    alike: Callable[[str, str], bool] = lambda old, new: True,
) -> PathMatching:
    """Match paths.

    Args:
        base: each path of the base as written, with the base path of its server.
        revision: the same of the revision.
        base_paths_differ: whether the two documents share no base path, so that paths may have moved into it.
        alike: whether a path of the base and one of the revision take and give the same; asked where the paths alone
            do not show that one is the other.
    """
    matching = _match_keys(base, revision, whole=False)
    if base_paths_differ:
        whole = _match_keys(base, revision, whole=True)
        if whole.matched > matching.matched:
            matching = whole
            matching.same_total = True
    _find_moves(matching, base, revision, alike)
    return matching


def _key(path: str, prefix: str) -> str:
    return erased(prefix + path)


def _match_keys(base: dict[str, str], revision: dict[str, str], *, whole: bool) -> PathMatching:
    before = _by_key(base, whole=whole)
    after = _by_key(revision, whole=whole)
    found = PathMatching()
    for key in sorted({*before, *after}):
        old, new = before.get(key, []), after.get(key, [])
        if not (old and new):
            found.removed += old
            found.added += new
        elif len(old) == len(new) == 1:
            found.pairs.append((old[0], new[0]))
        else:
            # Templates that differ by names alone answer the same requests: FastAPI writes one for each spelling.
            found.split.append((old, new))
    return found


def _by_key(paths: dict[str, str], *, whole: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        found.setdefault(_key(path, paths[path] if whole else ""), []).append(path)
    return found


def _find_moves(
    matching: PathMatching, base: dict[str, str], revision: dict[str, str], alike: Callable[[str, str], bool]
) -> None:
    while matching.removed and matching.added:
        move = _best_move(matching, base, revision, alike)
        if move is None:
            return
        matching.moves.append(move)
        gone, come = ({pair[side] for pair in move.pairs} for side in (0, 1))
        matching.removed = [path for path in matching.removed if path not in gone]
        matching.added = [path for path in matching.added if path not in come]


def _best_move(
    matching: PathMatching, base: dict[str, str], revision: dict[str, str], alike: Callable[[str, str], bool]
) -> Move | None:
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
    lone = len(before) == 1 and not matching.matched
    for (old, new), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0]))[:_MAX_MOVES]:
        below = [key for key in before if _is_below(key, old)]
        pairs = [(before[key], after[new + key[len(old) :]]) for key in below if new + key[len(old) :] in after]
        # A few paths may go in the same release; one path counts only where it was the whole document.
        if not (len(pairs) > 1 or lone) or len(pairs) * 5 < len(below) * 4:
            continue
        # `/users` and `/users/{}` are `/orders` and `/orders/{}` by their endings: those of any collection.
        is_told = any(_NAME.search(key[len(old) :]) for key in below)
        if lone or is_told or sum(alike(*pair) for pair in pairs) * 2 > len(pairs):
            below_all = sum(_is_below(_key(path, base[path] if whole else ""), old) for path in base)
            return Move(old, new, tuple(pairs), below_all)
    return None


def _is_below(key: str, prefix: str) -> bool:
    return key.startswith(prefix) and (len(key) == len(prefix) or key[len(prefix)] == "/")


def _endings(key: str) -> Iterable[str]:
    """Yield the endings of a path at its slashes, the longest first."""
    start = key.find("/")
    while start != -1:
        yield key[start:]
        start = key.find("/", start + 1)
