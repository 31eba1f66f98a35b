"""`contractkit approve`: sign that a finding may pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contractkit.api.approving import Found


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "approve",
        epilog=examples(
            'approve ck1-5db1a04675e97919 --reason "agreed with the mobile team"',
            'approve ck1-5db1 --reason "until their release" --until 2030-12-31',
            "approve ck1-5db1 --reason \"unused there\" --operation 'POST /v2/orders'",
            'approve ck1-5db1 --reason "see #123" --report artefact/report.json',
        ),
    )(approve)


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

    An approval is a file in baselines/<api>/approvals, for git: review and protect it there (CODEOWNERS, signed
    commits), since anybody can write any name into a file. It holds for this finding against this baseline; a worse
    change has another id and needs another signature.

    Exit code 0: signed; 2: no finding has this id, or who signs may not.
    """
    from contractkit.api.approving import approvals_for, check_approver, findings_of, git_user, last_day
    from contractkit.cli.output import write_stdout
    from contractkit.report.terminal import visible
    from contractkit.sources.config import load_config
    from contractkit.store.approvals import ApprovalStore

    config = load_config(Path.cwd())
    if not reason.strip():
        raise InputError("--reason", "is empty", "say why it may pass")
    person = by.strip() if by is not None else git_user(config.folder)
    check_approver(person, config)
    end = last_day(until)
    found = [_one(prefix, findings_of(config, report)) for prefix in ids]
    for one in dict.fromkeys(found):
        operations = _operations(one, operation)
        store = ApprovalStore(config.baselines, api or one.api)
        for approval, alone in approvals_for(one, operations, person, reason.strip(), end):
            path = store.add(approval, alone=alone)
            where = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
            write_stdout(visible(f"approved {approval.finding} ({approval.rule}) in {where}") + "\n")


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
