"""What tests ask of a project's contract, and how they tell what is wrong; the pytest plugin is made of it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contractkit.api.comparing import diff
from contractkit.api.deep import run_deep
from contractkit.api.fuzzing import fuzz
from contractkit.api.project import remember
from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from contractkit.fuzz.turns import KeptWorker
    from contractkit.model.contract import Contract
    from contractkit.model.finding import Finding
    from contractkit.model.fuzz import FuzzFinding, FuzzVerdict
    from contractkit.model.verdict import Verdict
    from contractkit.sources.config import Config
    from contractkit.sources.options import LoadOptions


class Project:
    """The project under test: its configuration, its contract, and what was found.

    Attributes:
        reports: a JSON report for each operation that was fuzzed.

    Args:
        root: the folder that its configuration is searched for from.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._config: Config | None = None
        self._configured: Contract | None = None
        self._worker: KeptWorker | None = None
        self.reports: list[str] = []

    @property
    def config(self) -> Config:
        """The configuration; see `contractkit.sources.config.load_config` for its errors."""
        if self._config is None:
            from contractkit.sources.config import load_config

            self._config = load_config(self._root)
        return self._config

    @property
    def where(self) -> str:
        """The file in which something is to be set."""
        return str(self.config.file or "[tool.contractkit] of pyproject.toml")

    def check(self, *, fuzz: bool) -> None:
        """Look whether the configuration says enough.

        Args:
            fuzz: whether operations are to be fuzzed; the contract is compared in any case where there is a baseline.

        Raises:
            InputError: it does not, or cannot be used.
        """
        if self.config.api is None and not fuzz:
            mend = f"set `api` (the name of one) in {self.where}"
            raise InputError("--contractkit", "no baseline is configured", mend)
        if self.config.api is None and self.config.app is None:
            mend = f"set `app` (the source of the current contract) in {self.where}"
            raise InputError("--contractkit-fuzz", "no app is configured", mend)
        self.config.fuzz()

    def contract(self, app: Any) -> Contract:
        """Return the contract of an app, or for None of the configured one, which is asked once."""
        if app is not None:
            from contractkit.sources.live import contract_of

            return run_deep(lambda: contract_of(app, sockets=True))
        if self._configured is None:
            source = self.config.app
            if source is None:
                mend = f"set `app` in {self.where}, or override the fixture `contractkit_app`"
                raise InputError("contractkit", "no app is configured", mend)
            self._configured = self._loaded(source)
        return self._configured

    def operations(self, app: Any = None) -> dict[str, str]:
        """Return the operations of an app, as people write them, and their keys.

        Args:
            app: the app; None for the configured one, or for the baseline where no app is configured.
        """
        from contractkit.fuzz.operation import Api

        stored = app is None and self.config.app is None
        known = self._loaded(f"@{self.config.api}") if stored else self.contract(app)
        return {operation.label: operation.key for operation in Api(known).all.values()}

    def diff(self, app: Any) -> Verdict:
        """Compare the configured baseline with an app, or for None with the configured one."""
        verdict = diff(None, self.contract(app), config=self.config, options=self._options)

        def report() -> str:
            from contractkit.report.json_report import render_all_json

            return render_all_json([verdict])

        remember(self.config, "diff", report)
        return verdict

    def fuzz(self, name: str, app: Any) -> FuzzVerdict:
        """Fuzz one operation of an app, or for None of the configured one, and keep the report."""
        from contractkit.fuzz.turns import KeptWorker
        from contractkit.report.curl import server_of
        from contractkit.report.fuzz_json import render_fuzz_json

        promise = self.contract(app)
        if app is None:
            self._worker = self._worker or KeptWorker()
        worker = self._worker if app is None else None
        verdict = fuzz(app, contract=promise, only=[name], config=self.config, options=self._options, worker=worker)
        verdict = replace(verdict, operations=tuple(one for one in verdict.operations if not one.left_out))
        self.reports.append(render_fuzz_json(verdict, server_of(verdict.target, verdict)))
        return verdict

    def end(self) -> None:
        """End the process that was begun for the fuzzing."""
        if self._worker is not None:
            self._worker.end()

    def keep(self, reports: Sequence[str]) -> None:
        """Keep the reports of all operations as that of one run, for `contractkit approve`.

        Reports of several contracts, from fixtures that make different apps, are no such run.
        """
        import json

        from contractkit.report.fuzz_merge import merge_reports
        from contractkit.report.jsontext import pretty_json

        if reports:
            rows = [("a report", json.loads(one)) for one in reports]
            remember(self.config, "fuzz", lambda: pretty_json(merge_reports(rows)) + "\n")

    def _loaded(self, source: str) -> Contract:
        from contractkit.sources.load import load

        return run_deep(lambda: load(source, options=self._options))

    @property
    def _options(self) -> LoadOptions:
        from contractkit.sources.options import LoadOptions

        return LoadOptions(root=self.config.folder, baselines=self.config.baselines, origins=True, sockets=True)


def on_the_way(verdict: FuzzVerdict, tested: Set[str]) -> tuple[FuzzVerdict, tuple[FuzzFinding, ...]]:
    """Take from the verdict on one operation what others have tests of their own for, which find it too.

    An operation is also called to create what another needs. What a single answer to it shows is for its own test to
    tell; what takes several requests is told where they were sent.

    Args:
        verdict: the verdict.
        tested: keys of the operations that have tests of their own.

    Returns:
        The verdict without those findings, and those of them that would fail.
    """
    from contractkit.fuzz.check import checks

    others = [one for one in verdict.findings if one.operation in tested and checks()[one.check].judge is not None]
    left = tuple(one for one in verdict.findings if one not in others)
    return replace(verdict, findings=left), tuple(one for one in others if one.fails)


def diff_failure(verdict: Verdict) -> str:
    """Return why a comparison fails: a line, the findings that fail as the text report has them, and their places."""
    from contractkit.report.text import render_text

    failing = tuple(one for one in verdict.findings if one.fails)
    places = [f"{one.source.file}:{one.source.line}: {one.rule}" for one in failing if one.source is not None]
    report = render_text(replace(verdict, findings=failing or verdict.findings))
    if not failing:
        needed = "" if verdict.version is None else verdict.version.needed
        return f"version {verdict.revision.version} is too small a step: {needed} or later is needed\n\n{report}"
    return _failure([(one.change.operation, one) for one in failing], report, places)


def fuzz_failure(verdict: FuzzVerdict) -> str:
    """Return why the fuzzing of an operation fails; see `diff_failure`."""
    from contractkit.report.curl import server_of
    from contractkit.report.fuzz_text import render_fuzz_text

    failing = tuple(one for one in verdict.findings if one.fails)
    places = [f"{one.file}:{one.line}: {one.check}" for one in failing if one.file is not None]
    shown = replace(verdict, findings=failing or verdict.findings)
    report = render_fuzz_text(shown, server_of(verdict.target, verdict))
    if not failing:
        reasons = [f"{one.operation} was not tested: {one.reason}" for one in verdict.untested]
        first = (*reasons, *verdict.notes, "not all of it was tested")[0]
        return f"{first}\n\n{report}"
    return _failure([(one.operation, one) for one in failing], report, places)


def _failure(failing: Sequence[tuple[str, Finding | FuzzFinding]], report: str, places: Sequence[str]) -> str:
    from contractkit.report.terminal import visible

    operation, first = failing[0]
    others = f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""
    ids = " ".join(dict.fromkeys(finding.id for _, finding in failing))
    return "\n".join(
        [
            visible(f"{operation or 'the whole app'}: {first.message}") + others,
            "",
            report.rstrip(),
            "",
            f"to allow it: contractkit approve {ids} --reason TEXT",
            *map(visible, places),
        ]
    )
