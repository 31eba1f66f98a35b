"""Signing findings, for `contractkit approve` and the review page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contractkit.api.project import KINDS, api_of, last_report, read_reports, today
from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from contractkit.model.approval import Approval
    from contractkit.sources.config import Config


@dataclass(frozen=True)
class Found:
    """A finding in a report.

    Attributes:
        id: its id.
        api: the name of the API that it belongs to.
        kind: `diff` or `fuzz`.
        rule: its rule or check.
        severity: its severity.
        message: its words.
        operations: the keys of the operations that it reaches.
        baselines: digests of the stored contracts that it was found against.
    """

    id: str
    api: str
    kind: str
    rule: str
    severity: str
    message: str
    operations: tuple[str, ...]
    baselines: tuple[str, ...]


def findings_of(config: Config, report: str | None) -> list[Found]:
    """Return the findings of a report, or of the last runs here; one that was found against several baselines is one.

    Raises:
        InputError: there is no report, or it cannot be read.
    """
    if report is not None:
        return found_in(config, read_reports(Path(report), report))
    files = [file for file in (last_report(config, kind) for kind in KINDS) if file.is_file()]
    if not files:
        mend = "run `contractkit diff` or `contractkit fuzz` here, or name a JSON report with --report FILE"
        raise InputError("approve", "no findings are known here", mend)
    return found_in(config, [row for file in files for row in read_reports(file, str(file))])


def found_in(config: Config, reports: Sequence[dict[str, Any]]) -> list[Found]:
    """Return the findings of reports as JSON values; one that was found against several baselines is one."""
    found: dict[str, Found] = {}
    for one in reports:
        base, kind = one["base"], str(one["kind"])
        api = api_of(config, base["source"], base["title"])
        baselines = (base["digest"],) if kind == "diff" else ()
        for row in one["findings"]:
            operations = tuple(row["operations"]) or ((row["operation"],) if row["operation"] else ())
            before = found.get(row["id"])
            if before is not None:
                operations = tuple(sorted({*before.operations, *operations}))
                baselines = tuple(sorted({*before.baselines, *baselines}))
            words = (row["rule"], row["severity"], row["message"])
            found[row["id"]] = Found(row["id"], api, kind, *words, operations, baselines)
    return list(found.values())


def approvals_for(
    found: Found, operations: tuple[str, ...] | None, by: str, reason: str, until: date | None
) -> list[tuple[Approval, bool]]:
    """Return the approvals of a finding, each with whether it stands for one operation alone."""
    from contractkit.model.approval import Approval, Kind
    from contractkit.model.finding import Severity

    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def one(reached: tuple[str, ...]) -> Approval:
        severity, kind = Severity(found.severity), Kind(found.kind)
        return Approval(
            *(found.id, kind, found.rule, severity, found.message, reached, found.baselines, by, reason, at, until)
        )

    if operations is None:
        return [(one(found.operations), False)]
    return [(one((operation,)), True) for operation in operations]


def check_approver(person: str, config: Config) -> None:
    """Refuse a person who is not listed in `approvers`, where somebody is.

    Raises:
        InputError: he or she may not approve, or has no name.
    """
    from contractkit.judge.standing import may_approve

    approvers = config.policy.approvers
    if not person:
        raise InputError("--by", "is empty", "say who approves")
    if approvers and not may_approve(person, approvers):
        raise InputError(person, f"is not among `approvers` of {config.file}", f"those are {', '.join(approvers)}")


def git_user(folder: Path) -> str:
    """Return git's user as git writes it: `Ann <ann@example.com>`.

    Raises:
        InputError: git does not know one.
    """
    import subprocess

    values = []
    for key in ("user.name", "user.email"):
        try:
            done = subprocess.run(["git", "config", key], cwd=folder, capture_output=True, check=False, timeout=30)
        except (OSError, subprocess.SubprocessError):
            break
        values.append(done.stdout.decode(errors="replace").strip())
    name, address = [*values, "", ""][:2]
    if not name:
        raise InputError("approve", "git does not know who you are", "give --by NAME, or set git's user.name")
    return f"{name} <{address}>" if address else name


def last_day(text: str | None, subject: str = "--until") -> date | None:
    """Return the day that a text names; None for none.

    Raises:
        InputError: it is no date, or one that is over.
    """
    if text is None:
        return None
    try:
        end = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{subject} {text}", "this is no date", "write it as 2030-12-31") from None
    if end < today():
        raise InputError(f"{subject} {text}", "this day is over", "name a day that is to come")
    return end
