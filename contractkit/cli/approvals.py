"""`contractkit approvals`: what has been signed, and what of it still counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.tables import Form, Format, json_text, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from contractkit.model.approval import Approval
    from contractkit.sources.config import Config
    from contractkit.store.approvals import ApprovalStore

_HELP = """Look after the approvals of findings.

They lie in baselines/<api>/approvals/, a file for each, and belong into git."""

Api = Annotated[str | None, typer.Option(metavar="NAME", help="Whose; all APIs if left out.")]


def register(app: typer.Typer) -> None:
    """Add the command and its subcommands to the program."""
    approvals = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help=_HELP,
        epilog=examples("approvals list", "approvals prune --dry-run"),
    )
    approvals.command("list", epilog=examples("approvals list", "approvals list --api shop --format json"))(list_)
    approvals.command("prune", epilog=examples("approvals prune --dry-run", "approvals prune --api shop"))(prune)
    app.add_typer(approvals, name="approvals")


def list_(api: Api = None, form: Form = Format.TEXT) -> None:
    """List the approvals, and what became of each.

    `counts`: it holds for a stored contract (`diff`), or until it ends (`fuzz`). `ended`: its last day is over.
    `consumed`: the contract that it was for is stored no longer.

    Exit code 0: listed; 2: they cannot be read.
    """
    from contractkit.cli.output import tell, write_stdout
    from contractkit.report.terminal import visible

    config = _config()
    rows = [(name, one, _state(one, digests)) for name, store, digests in _stores(config, api) for one in store.all()]
    if form is Format.JSON:
        write_stdout(json_text([_facts(name, one, state) for name, one, state in rows]))
        return
    if not rows:
        tell([f"there are no approvals in {config.baselines}"])
        return
    cells = [
        (name, one.finding, state, one.until.isoformat() if one.until else "-", one.by, one.reason)
        for name, one, state in rows
    ]
    head = ("API", "FINDING", "STATE", "UNTIL", "BY", "REASON")
    write_stdout(table(head, [[*map(visible, row)] for row in cells]))


def prune(
    api: Api = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Remove approvals that count no more: they ended, or the contract they were for is stored no longer.

    Those that the last `contractkit diff` or `contractkit fuzz` here reported as matching nothing go, too: of the API
    and the baseline that it compared.

    Exit code 0: done, or there was nothing to remove; 2: they cannot be read.
    """
    from contractkit.cli.output import tell, write_stdout
    from contractkit.report.terminal import visible

    config = _config()
    is_unmatched = _unmatched(config)
    removed = 0
    for name, store, digests in _stores(config, api):
        doomed = [one for one in store.all() if _state(one, digests) != "counts" or is_unmatched(name, one)]
        if not dry_run:
            store.remove(doomed)
        for one in doomed:
            state = _state(one, digests)
            why = "matches nothing" if state == "counts" else state
            verb = "would remove" if dry_run else "removed"
            write_stdout(visible(f"{verb} {one.finding} ({one.rule}) of {name}: {why}") + "\n")
        removed += len(doomed)
    if not removed:
        tell(["all approvals count"])


def _config() -> Config:
    from contractkit.sources.config import load_config

    return load_config(Path.cwd())


def _stores(config: Config, api: str | None) -> list[tuple[str, ApprovalStore, frozenset[str]]]:
    """Return the approvals of each API with the digests of its stored contracts."""
    from contractkit.api.project import stored_digests
    from contractkit.store.approvals import FOLDER, ApprovalStore

    names = [api] if api else sorted(folder.parent.name for folder in config.baselines.glob(f"*/{FOLDER}"))
    stores = [(name, ApprovalStore(config.baselines, name)) for name in names]
    return [(name, store, stored_digests(config, name, store.all())) for name, store in stores]


def _state(approval: Approval, digests: frozenset[str], day: date | None = None) -> str:
    from contractkit.api.project import today
    from contractkit.model.approval import Kind

    if approval.until is not None and (day or today()) > approval.until:
        return "ended"
    return "counts" if approval.kind is not Kind.DIFF or digests.intersection(approval.baselines) else "consumed"


def _unmatched(config: Config) -> Callable[[str, Approval], bool]:
    """Return what tells whether the last run of its kind found nothing for an approval of an API."""
    from contractkit.api.project import KINDS, api_of, last_report, read_reports
    from contractkit.judge.standing import UNMATCHED

    found: set[tuple[str, str, str, str]] = set()
    for kind in KINDS:
        file = last_report(config, kind)
        for one in read_reports(file, str(file)) if file.is_file() else ():
            base = one["base"]
            api, digest = api_of(config, base["source"], base["title"]), base["digest"] if kind == "diff" else ""
            rows = [row for row in one["unused_approvals"] if row["why"] == UNMATCHED]
            found.update((api, kind, digest, row["finding"]) for row in rows)

    def is_unmatched(api: str, approval: Approval) -> bool:
        digests = approval.baselines or ("",)
        return all((api, str(approval.kind), digest, approval.finding) in found for digest in digests)

    return is_unmatched


def _facts(api: str, approval: Approval, state: str) -> dict[str, object]:
    return {
        "api": api,
        "finding": approval.finding,
        "kind": str(approval.kind),
        "rule": approval.rule,
        "severity": str(approval.severity),
        "message": approval.message,
        "operations": list(approval.operations),
        "baselines": list(approval.baselines),
        "by": approval.by,
        "reason": approval.reason,
        "at": approval.at,
        "until": None if approval.until is None else approval.until.isoformat(),
        "state": state,
    }
