"""A gate that tests itself: breaks and rewrites made of a project's own contract, and what the gate says to each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from contractkit.api.comparing import compare_for
from contractkit.api.deep import run_deep
from contractkit.model.change import Proof
from contractkit.model.contract import Contract
from contractkit.model.finding import Severity
from contractkit.model.selftest import Row, Said, Selftest, Trial
from contractkit.mutants.make import KINDS, Mutant, mutants

if TYPE_CHECKING:
    from contractkit.model.policy import Policy
    from contractkit.model.verdict import Verdict
    from contractkit.mutants.kinds import Kind
    from contractkit.sources.config import Config


def selftest(
    contract: Contract,
    config: Config,
    policy: Policy,
    *,
    seed: int = 1,
    each: int = 3,
    kinds: Sequence[Kind] = KINDS,
) -> Selftest:
    """Change a contract in known ways, and let the project's gate judge each change.

    Args:
        contract: the contract, base of every comparison.
        config: the project's configuration, whose approvals count.
        policy: what is done about findings.
        seed: which changes are drawn.
        each: the most changes of one kind.
        kinds: the kinds of changes.

    Raises:
        InputError: an approval cannot be read.
    """
    return run_deep(lambda: _gathered(contract, seed, kinds, _trials(contract, config, policy, seed, each, kinds)))


def _trials(
    contract: Contract, config: Config, policy: Policy, seed: int, each: int, kinds: Sequence[Kind]
) -> Iterator[Trial]:
    # Where a changed document differs from the app's, no file and no route is to blame.
    base = _with_document(contract, contract.document)
    for mutant in mutants(contract.document, seed=seed, each=each, kinds=kinds):
        yield _tried(mutant, compare_for(config, policy, base, _with_document(contract, mutant.document)))


def _with_document(contract: Contract, document: Any) -> Contract:
    """Return a contract of the same source with another document, which stands in no file."""
    return Contract(contract.source, document)


def _tried(mutant: Mutant, verdict: Verdict) -> Trial:
    changes = [finding for finding in verdict.findings if finding.severity is not Severity.SAFE]
    undecided = any(finding.change.proof is Proof.UNDECIDED for finding in changes)
    breaking = any(
        finding.severity is Severity.BREAKING and finding.change.proof is not Proof.UNDECIDED for finding in changes
    )
    if mutant.kind.breaks:
        said = Said.UNDECIDED if undecided else Said.MISSED
        if breaking:
            said = Said.CAUGHT if verdict.fails else Said.ALLOWED
    else:
        said = Said.UNDECIDED if undecided else Said.QUIET
        if breaking or (verdict.fails and not undecided):
            said = Said.FALSE_ALARM
    ranked = sorted(verdict.findings, key=lambda one: -one.severity.rank)
    return Trial(
        mutant.kind.name,
        mutant.number,
        mutant.edit.where,
        mutant.kind.breaks,
        said,
        not verdict.fails,
        tuple(dict.fromkeys(finding.rule for finding in ranked)),
        mutant.document,
    )


def _gathered(contract: Contract, seed: int, kinds: Sequence[Kind], trials: Iterable[Trial]) -> Selftest:
    found = tuple(trials)
    rows = []
    for kind in kinds:
        counts: dict[Said, int] = {}
        for trial in found:
            if trial.kind == kind.name:
                counts[trial.said] = counts.get(trial.said, 0) + 1
        rows.append(Row(kind.name, kind.says, kind.breaks, counts))
    absent = tuple(row.kind for row in rows if not row.made)
    return Selftest(contract, seed, tuple(row for row in rows if row.made), absent, found)
