"""`contractkit approve`: sign that a finding may pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contractkit.model.approval import Approval
    from contractkit.sources.config import Config


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("approve")(approve)


def approve(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of findings, or how they begin.")],
    reason: Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help="Why it may pass.")],
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who approves; git's user.name and user.email if left out.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The last day on which it counts, as 2030-12-31; no end if left out."),
    ] = None,
    operation: Annotated[
        list[str] | None,
        typer.Option(metavar="'GET /path'", help="Approve it for this operation alone; repeatable."),
    ] = None,
    report: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A JSON report that holds the findings; the last run here if left out."),
    ] = None,
    api: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose approvals they are; of the baseline if left out.")
    ] = None,
) -> None:
    """Sign that findings of `diff` or `fuzz` may pass, for a reason.

    \b
    contractkit approve ck1-5db1a04675e97919 --reason "agreed with the mobile team"
    contractkit approve ck1-5db1 --reason "until their release" --until 2030-12-31
    contractkit approve ck1-5db1 --reason "unused there" --operation 'POST /v2/orders'
    contractkit approve ck1-5db1 --reason "see #123" --report artefact/report.json

    An approval is a file in baselines/<api>/approvals, for git: review and protect it there (CODEOWNERS, signed
    commits), since anybody can write any name into a file. It holds for this finding against this baseline; a worse
    change has another id and needs another signature.
    """  # noqa: D301  (click's mark for "keep these lines" is the character itself)
    from contractkit.cli.output import write_stdout
    from contractkit.report.terminal import visible
    from contractkit.sources.config import load_config
    from contractkit.store.approvals import ApprovalStore

    config = load_config(Path.cwd())
    if not reason.strip():
        raise InputError("--reason", "is empty", "say why it may pass")
    person = by.strip() if by is not None else git_user(config.folder)
    check_approver(person, config)
    end = _until(until)
    found = [_one(prefix, findings_of(config, report)) for prefix in ids]
    for one in dict.fromkeys(found):
        operations = _operations(one, operation)
        store = ApprovalStore(config.baselines, api or one.api)
        for approval, alone in approvals_for(one, operations, person, reason.strip(), end):
            path = store.add(approval, alone=alone)
            where = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
            write_stdout(visible(f"approved {approval.finding} ({approval.rule}) in {where}") + "\n")


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
    from contractkit.api.project import last_report, read_reports

    if report is not None:
        return _merged(config, read_reports(Path(report), report))
    files = [file for file in (last_report(config, kind) for kind in ("diff", "fuzz")) if file.is_file()]
    if not files:
        mend = "run `contractkit diff` or `contractkit fuzz` here, or name a JSON report with --report FILE"
        raise InputError("approve", "no findings are known here", mend)
    return _merged(config, [row for file in files for row in read_reports(file, str(file))])


def _merged(config: Config, reports: Sequence[dict[str, Any]]) -> list[Found]:
    from contractkit.api.project import api_of

    found: dict[str, Found] = {}
    try:
        for one in reports:
            base, kind = one["base"], str(one["kind"])
            api = api_of(config, str(base["source"]), str(base["title"]))
            baselines = (str(base["digest"]),) if kind == "diff" else ()
            for row in one["findings"]:
                operations = tuple(row["operations"]) or ((row["operation"],) if row["operation"] else ())
                before = found.get(row["id"])
                if before is not None:
                    operations = tuple(sorted({*before.operations, *operations}))
                    baselines = tuple(sorted({*before.baselines, *baselines}))
                texts = (str(row["rule"]), str(row["severity"]), str(row["message"]))
                found[row["id"]] = Found(str(row["id"]), api, kind, *texts, operations, baselines)
    except (KeyError, TypeError) as error:
        raise InputError("report", f"has no {error}", "let this version of contractkit write it again") from None
    return list(found.values())


def _one(prefix: str, findings: Sequence[Found]) -> Found:
    """Return the finding whose id begins so."""
    import difflib

    matching = [one for one in findings if one.id.startswith(prefix)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        shown = ", ".join(one.id for one in matching[:4])
        raise InputError(prefix, f"{len(matching)} findings begin so", f"write more of it: {shown}")
    near = difflib.get_close_matches(prefix, [one.id for one in findings], n=2, cutoff=0.5)
    mend = (
        f"did you mean {' or '.join(near)}?" if near else "take the id from the last report, or name one with --report"
    )
    raise InputError(prefix, "no finding has this id", mend)


def _operations(found: Found, given: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return the operations that are approved alone; None for the whole finding."""
    import difflib

    from contractkit.openapi.endpoint import erased

    if not given:
        return None
    chosen = []
    for row in given:
        method, _, path = row.strip().partition(" ")
        key = f"{method.upper()} {erased(path.strip())}"
        if key not in found.operations:
            near = difflib.get_close_matches(key, found.operations, n=1, cutoff=0.0)
            mend = f"did you mean `{near[0]}`?" if near else "leave --operation out"
            raise InputError(row, f"{found.id} does not reach this operation", mend)
        chosen.append(key)
    return tuple(dict.fromkeys(chosen))


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


def _until(text: str | None) -> date | None:
    from contractkit.api.project import today

    if text is None:
        return None
    try:
        end = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--until {text}", "this is no date", "write it as 2030-12-31") from None
    if end < today():
        raise InputError(f"--until {text}", "this day is over", "name a day that is to come")
    return end
