"""Two contracts, and what the project says of each finding: the way to a `Verdict`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contractkit.api.deep import run_deep
from contractkit.api.project import api_of, approvals_of, config_of, policy_of, stored_digests, today
from contractkit.model.aside import at_once
from contractkit.model.errors import InputError
from contractkit.model.records import NamedTuple, replace

if TYPE_CHECKING:
    from datetime import date

    from contractkit.model.approval import Approval
    from contractkit.model.aside import Aside
    from contractkit.model.change import Change
    from contractkit.model.contract import Contract
    from contractkit.model.finding import Finding
    from contractkit.model.policy import Policy
    from contractkit.model.verdict import Verdict
    from contractkit.sources.config import Config
    from contractkit.sources.live import App
    from contractkit.sources.options import LoadOptions
    from contractkit.sources.parts import Parts

_WORTH_A_PROCESS = 200
"""Entries of a document (paths, components) from which on its digest is made beside the comparison."""


def diff(
    base: str | Contract | None = None,
    revision: str | Contract | App | None = None,
    *,
    config: bool | Config = True,
    fail_on: str | None = None,
    options: LoadOptions | None = None,
) -> Verdict:
    """Load two contracts and compare them, as `contractkit diff` does.

    Args:
        base: the contract that clients were built on: a source (a file, a URL, `package.module:app`, `@NAME`, ...) or a
            `Contract`; the configured baseline if left out.
        revision: the contract that is to replace it: a source, a `Contract` or an app; the configured app if left out.
        config: whether the configuration of the project counts, which is searched for from `options.root` upwards: its
            policy, its approvals, its folder of baselines. Without it, what breaks fails. A configuration that was
            loaded already may be given too.
        fail_on: from which severity on a finding fails (`breaking`, `risky` or `never`), whatever is configured.
        options: how to load both.

    Returns:
        The verdict: `verdict.fails` (the command would exit with 1), `verdict.outcome`, `verdict.findings`,
        `verdict.required_bump`.

    Raises:
        InputError: a source or the configuration cannot be used, or is missing.
    """
    from contractkit.sources.options import LoadOptions
    from contractkit.sources.parts import Parts

    chosen, parts = options or LoadOptions(), Parts()
    project = config_of(config, chosen.root)
    policy = policy_of(project, fail_on)
    here = replace(chosen, baselines=project.baselines, sockets=True)
    there = replace(here, root=project.folder)
    now = replace(here if revision is not None else there, origins=True)

    def decide() -> Verdict:
        first = _loaded(f"@{_set(project, 'api')}", there, parts) if base is None else _loaded(base, here, parts)
        last = _loaded(_set(project, "app") if revision is None else revision, now, parts)
        return compare_for(project, policy, first, last)

    return run_deep(decide)


def compare_for(
    config: Config,
    policy: Policy,
    base: Contract,
    revision: Contract,
    aside: Aside = at_once,
    *,
    with_digests: bool = False,
) -> Verdict:
    """Compare two contracts as a project wants it: under its policy and with its approvals.

    Args:
        config: the project's configuration.
        policy: what is done about findings.
        base: the contract that clients were built on.
        revision: the contract that is to replace it.
        aside: does a part of a large comparison beside the rest.
        with_digests: whether the digests of both will be asked for, and are made meanwhile; such a verdict cannot be
            pickled.

    Raises:
        InputError: an approval cannot be read.
    """
    api = api_of(config, base.source, base.title) if config.baselines.is_dir() else ""
    approvals = approvals_of(config, api)
    stored = stored_digests(config, api, approvals)
    terms = _Terms(policy, approvals, stored, today())
    root = Path.cwd()
    return run_deep(lambda: _decided(base, revision, terms, root, aside, with_digests=with_digests))


def compare(
    base: Contract,
    revision: Contract,
    *,
    policy: Policy | None = None,
    approvals: Sequence[Approval] = (),
    stored: frozenset[str] = frozenset(),
    today: date | None = None,
) -> Verdict:
    """Compare two contracts that are loaded already; see `diff`.

    Args:
        base: the contract that clients were built on.
        revision: the contract that is to replace it. WebSockets are compared where both say what they have.
        policy: what the project does about findings; what breaks fails if left out.
        approvals: the decisions that were signed for this API.
        stored: digests of the stored contracts of this API, which other approvals may be for.
        today: the day on which approvals and announced ends are judged; today's if left out.

    Raises:
        InputError: one is an AsyncAPI document, and the other says nothing of WebSockets.
    """
    from contractkit.model.policy import Policy

    terms = _Terms(policy or Policy(), approvals, stored, today)
    return run_deep(lambda: _decided(base, revision, terms))


def find_breaking_changes(
    base: str | Contract | None = None,
    revision: str | Contract | App | None = None,
    *,
    config: bool | Config = True,
    options: LoadOptions | None = None,
) -> tuple[Finding, ...]:
    """Return the findings of `diff` that break clients, approved or not; see there."""
    from contractkit.model.finding import Severity

    verdict = diff(base, revision, config=config, options=options)
    return tuple(finding for finding in verdict.findings if finding.severity is Severity.BREAKING)


class _Terms(NamedTuple):
    """What a project makes of findings."""

    policy: Policy
    approvals: Sequence[Approval]
    stored: frozenset[str]
    today: date | None


def _decided(
    base: Contract,
    revision: Contract,
    terms: _Terms,
    root: Path | None = None,
    aside: Aside = at_once,
    *,
    with_digests: bool = False,
) -> Verdict:
    """Return the verdict; with the folder that files are named from, its findings have their places in the files."""
    base, revision = _with_sockets(base, revision), _with_sockets(revision, base)
    made: Sequence[Callable[[], str] | None] = (None, None)
    if with_digests and _entries(revision) >= _WORTH_A_PROCESS:
        made = _made_aside((base, revision), aside)

    # What follows is imported while the digests are made.
    from contractkit.diff.walk import compare_as
    from contractkit.judge.standing import settle
    from contractkit.judge.verdict import finding_of, verdict_of
    from contractkit.model.verdict import SideInfo

    places = None
    if root is not None:
        from contractkit.openapi.whereabouts import Whereabouts

        places = Whereabouts(revision, root)

    def make(change: Change) -> Finding:
        finding = finding_of(change, terms.policy.clients)
        return finding if places is None else places.of(finding)

    findings, *warnings = compare_as(base, revision, make, aside)
    verdict = verdict_of(
        findings if places is None else places.with_moves(findings),
        SideInfo(base, (*base.warnings, *warnings[0]), made[0]),
        SideInfo(revision, (*revision.warnings, *warnings[1]), made[1]),
    )
    return settle(verdict, terms.policy, terms.approvals, today=terms.today, stored=terms.stored)


def _made_aside(contracts: Sequence[Contract], aside: Aside) -> list[Callable[[], str]]:
    """Begin to make the digests of contracts, and return what gives each of them."""
    from contractkit.model.contract import made_digests

    waiting = functools.cache(aside(lambda: made_digests(contracts)))

    def gives(index: int) -> Callable[[], str]:
        return lambda: waiting()[index]

    return [gives(index) for index in range(len(contracts))]


def _entries(contract: Contract) -> int:
    """Return how many paths and components a document has."""
    components = contract.document.get("components")
    tables = [contract.document.get("paths"), *(components.values() if isinstance(components, Mapping) else ())]
    return sum(len(table) for table in tables if isinstance(table, Mapping))


def _with_sockets(side: Contract, other: Contract) -> Contract:
    """Return a contract with a hint where the WebSockets of the other one have nothing to be compared with.

    Raises:
        InputError: the other one is of WebSockets alone.
    """
    if side.asyncapi is not None or other.asyncapi is None:
        return side
    if other.is_asyncapi:
        mend = "name an app, a baseline of one, or an AsyncAPI 3 document"
        raise InputError(side.source, f"says nothing of WebSockets, and {other.source} of nothing else", mend)
    if not other.has_sockets:
        return side
    hint = f"the WebSockets of {other.source} are not compared: {side.source} says nothing of any"
    return replace(side, hints=(*side.hints, hint))


def _loaded(given: str | Contract | App, options: LoadOptions, parts: Parts) -> Contract:
    from contractkit.model.contract import Contract

    if isinstance(given, Contract):
        return given
    if isinstance(given, str):
        from contractkit.sources.load import load

        return load(given, options=options, parts=parts)
    from contractkit.sources.live import contract_of

    return contract_of(given, sockets=True)


def _set(config: Config, key: str) -> str:
    """Return what is configured for a side that nobody named."""
    value = config.api if key == "api" else config.app
    if value is None:
        what = "the name of a baseline" if key == "api" else "the source of the current contract"
        where = config.file or "[tool.contractkit] of pyproject.toml"
        raise InputError("diff", f"no {key} is named and none is configured", f"set `{key}` ({what}) in {where}")
    return value
