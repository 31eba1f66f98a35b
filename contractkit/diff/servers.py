"""Compares servers: base paths, which belong to every path below, and hosts."""

from __future__ import annotations

from contractkit.diff.record import Place, differ
from contractkit.openapi.servers import Server, base_paths


def compare_servers(
    place: Place,
    base: tuple[Server, ...],
    revision: tuple[Server, ...],
    raw: tuple[object, object],
    *,
    same_total: bool,
) -> None:
    """Compare two lists of servers: one change at most.

    Args:
        place: of area `server`.
        base: the base's servers.
        revision: the revision's.
        raw: both lists as they stand.
        same_total: whether base path and path together stay the same, so that the base path does not count.
    """
    old, new = base_paths(base), base_paths(revision)
    before, after = ([server.url for server in side] for side in (base, revision))
    # Where the base path has become part of the paths, they can say it of one base path only.
    gone = len(set(old)) > len(set(new)) if same_total else not set(old) <= set(new)
    if gone:
        place.add("base-path", "changed", before, after, base_paths_before=old, base_paths_after=new)
    elif same_total and old != new and {one.host for one in base} == {one.host for one in revision}:
        return
    elif {one.host for one in base} != {one.host for one in revision}:
        place.add("host", "changed", before, after)
    elif differ(*raw):
        place.add("other", "changed", before, after)
