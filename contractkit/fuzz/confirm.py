"""Puts what a running app says to the findings of `diff` into its verdict."""

from __future__ import annotations

from dataclasses import replace

from contractkit.fuzz.http import ensure_reachable
from contractkit.fuzz.options import Options, UrlTarget
from contractkit.fuzz.pool import do
from contractkit.fuzz.trial import Trial
from contractkit.model.finding import Severity
from contractkit.model.verdict import Verdict


def confirmed(verdict: Verdict, options: Options) -> Verdict:
    """Return the verdict with a `Confirmation` at each finding that is risky or breaking.

    Args:
        verdict: the verdict of a comparison.
        options: the app or server that honours the revision, and who requests are sent as.

    Raises:
        InputError: the app cannot be loaded, started or reached.
    """
    chosen = [finding for finding in verdict.findings if finding.severity is not Severity.SAFE]
    if not chosen:
        return verdict
    if isinstance(options.target, UrlTarget):
        ensure_reachable(options.target.base_url, options.timeout)
    options = replace(options, contract=verdict.revision.contract)
    tried = do(options, Trial(verdict.base.contract, tuple(chosen)))
    told = {finding.id: one for finding, one in zip(chosen, tried.confirmations, strict=True)}
    return replace(verdict, findings=tuple(replace(one, confirmation=told.get(one.id)) for one in verdict.findings))
