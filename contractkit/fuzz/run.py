"""A whole run: the target is tried first, the units are worked on, the results become one verdict."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from contractkit.fuzz.budget import joined
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.cut import socket_units_of, units_of
from contractkit.fuzz.explore import Tested
from contractkit.fuzz.failures import Failures, Kept, id_of
from contractkit.fuzz.findings import findings_of
from contractkit.fuzz.http import ensure_reachable
from contractkit.fuzz.operation import Api
from contractkit.fuzz.options import Options, UrlTarget
from contractkit.fuzz.pool import Crew, Progress, work
from contractkit.fuzz.rounds import with_helpers
from contractkit.fuzz.selection import LEFT_OUT
from contractkit.fuzz.truth import is_contention
from contractkit.fuzz.turns import Worker, work_in_turn
from contractkit.fuzz.unit import UnitResult
from contractkit.model.errors import InputError
from contractkit.model.fuzz import FuzzVerdict, OperationResult
from contractkit.model.verdict import SideInfo

if TYPE_CHECKING:
    from contractkit.fuzz.cluster import Cluster


def run(
    options: Options,
    target: str,
    *,
    workers: int | None = None,
    shard: tuple[int, int] = (1, 1),
    allowed: frozenset[str] = frozenset(),
    only: frozenset[str] | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    failures: Path | None = None,
    crew: Crew | None = None,
    worker: Worker | None = None,
    cluster: Cluster | None = None,
) -> FuzzVerdict:
    """Fuzz every operation of a contract.

    Args:
        options: what to do.
        target: what is called, for the report.
        workers: how many processes; the number of cores by default.
        shard: the number of this part, from 1, and how many there are; a part takes every such unit.
        allowed: keys of operations that need not be tested.
        only: keys of the operations to test, None for all. The others may still be called, for what those need.
        progress: told how far the run is.
        failures: the folder that failing cases are kept in; None to neither try nor keep any.
        crew: the workers, where they were made before; at least as many as are asked for.
        worker: does the work alone, one unit after the other.
        cluster: does the work elsewhere; its workers see whether the target can be reached.

    Returns:
        The verdict; the same for the same seed, whatever the number of workers is.

    Raises:
        InputError: the contract has no operations, or the target cannot be loaded, started or reached.
    """
    started = time.perf_counter()
    keeper = None if failures is None else Failures(failures, str(options.contract.title), options.users)
    kept = Kept() if keeper is None else keeper.load()
    options = replace(options, kept=tuple(kept.claims.values()))
    if crew is not None:
        crew.begin(options)  # the workers read the contract while it is read here
    api = Api(options.contract, options.base_path)
    if not api.all:
        raise InputError(options.contract.source, "the document has no operations", "name the document of an API")
    if isinstance(options.target, UrlTarget) and cluster is None:
        ensure_reachable(options.target.base_url, options.timeout)
    number, of = shard
    whole = [*units_of(api), *socket_units_of(api)]
    cut = [tuple(key for key in unit if only is None or key in only) for unit in whole]
    units = [unit for index, unit in enumerate(filter(None, cut)) if index % of == number - 1]
    # Only the first of several parts tells of them, so that the merged report has each once.
    left_out = () if only is None or number > 1 else tuple(key for key in api.all if key not in only)
    if options.time_limit is not None:
        parallel = _parallel(workers, len(units)) if cluster is None else cluster.size
        units = joined(units, options.time_limit, parallel)
    if cluster is not None:
        results, complete = cluster.work(options, units, progress)
    elif worker is None:
        results, complete = work(options, units, _parallel(workers, len(units)), progress, crew)
    else:
        results, complete = work_in_turn(options, units, worker, progress)
    verdict = _verdict(options, target, results, allowed, left_out, complete, time.perf_counter() - started, api)
    if cluster is not None:
        verdict = replace(verdict, notes=(*verdict.notes, *cluster.notes))
    if keeper is None or (verdict.requests and not any(one.tested for one in verdict.operations)):
        return verdict
    fixed = _fixed(kept, options, results)
    notes = [*kept.notes, *(f"fixed since: {_told(kept.claims[one])} ({one})" for one in fixed)]
    notes += keeper.save((claim for result in results for claim in result.confirmed), fixed)
    return replace(verdict, notes=(*verdict.notes, *notes))


def _fixed(kept: Kept, options: Options, results: Sequence[UnitResult]) -> list[str]:
    """Return the ids of kept cases that were tried, or looked for in full, and no longer fail."""
    whole = {
        one.key
        for result in results
        if not result.logins
        for one in result.tested
        if not one.partial and not one.reason
    }
    still = {id_of(claim) for result in results for claim in (*result.confirmed, *result.unstable)}
    return [
        name
        for name, claim in kept.claims.items()
        if claim.operation in whole and name not in still and options.enabled(claim.check, claim.operation)
    ]


def _told(claim: Claim) -> str:
    return f"{claim.operation}: {claim.message}"


def _parallel(workers: int | None, units: int) -> int:
    return max(1, min(workers or cores(), units))


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


def _verdict(
    options: Options,
    target: str,
    results: Sequence[UnitResult],
    allowed: frozenset[str],
    left_out: Collection[str],
    complete: bool,
    seconds: float,
    api: Api,
) -> FuzzVerdict:
    tested = {key: Tested(key, reason=LEFT_OUT) for key in left_out}
    tested |= with_helpers(results, api)
    operations = tuple(
        OperationResult(
            key,
            tested[key].sent,
            dict(sorted((int(status), count) for status, count in tested[key].statuses.items())),
            tested[key].reason,
            key in allowed or key in left_out,
            tested[key].partial,
            key in left_out,
        )
        for key in api.all
        if key in tested
    )
    logins = {name: text for result in results for name, text in result.logins.items()}
    notes = [f"login failed: {text}" for _, text in sorted(logins.items())]
    if any(is_contention(claim) for result in results for claim in result.unstable):
        notes.append(
            "the app's database file (SQLite) was locked by the app itself, or by other workers: try --workers 1"
        )
    untried = sum(result.untried for result in results)
    if untried:
        notes.append(f"the time was over before {untried} of the unstable cases were tried again")
    requests = sum(result.requests for result in results)
    elsewhere = next((one.prefix for one in results if one.prefix is not None), None)
    if elsewhere is not None:
        there = elsewhere or "/"
        notes.append(f"the API is at {there}, which its document does not say: add that to `servers`")
    notes += _lost(operations, elsewhere or api.base_path)
    cookies = {key: one.cookies for key, one in api.all.items()}
    return FuzzVerdict(
        contract=SideInfo(options.contract, options.contract.warnings),
        target=target,
        findings=findings_of((claim for result in results for claim in result.confirmed), options.users, cookies),
        unstable=findings_of((claim for result in results for claim in result.unstable), options.users, cookies),
        operations=operations,
        requests=requests,
        seconds=seconds,
        seed=options.seed,
        notes=tuple(notes),
        complete=complete and not logins,
    )


def _lost(operations: Sequence[OperationResult], place: str) -> list[str]:
    """Return a note where nothing but 404 came from anywhere: the requests went to the wrong place."""
    total: Counter[int] = Counter()
    for one in operations:
        total.update(one.statuses)
    if total and set(total) <= {404}:
        where = place or "/"
        return [f"every request was answered 404: the API is not at {where} there; name its prefix with --base-path"]
    return []
