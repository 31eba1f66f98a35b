"""`contractkit baseline`: the stored contracts."""

from __future__ import annotations

import gc
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose, load_one
from contractkit.cli.tables import Form, Format, json_text, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contractkit.model.approval import Approval
    from contractkit.model.contract import Contract
    from contractkit.sources.config import Config
    from contractkit.store.baselines import BaselineStore
    from contractkit.store.record import Baseline


def register(app: typer.Typer) -> None:
    """Add the command and its subcommands to the program."""
    baseline = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help=_HELP,
        epilog=examples(*(one for one, *_ in _EXAMPLES.values())),
    )
    for command in (save, list_, show, verify, remove):
        name = command.__name__.rstrip("_")
        baseline.command(name, epilog=examples(*_EXAMPLES[name]))(command)
    app.add_typer(baseline, name="baseline")


_HELP = """Store contracts and look after them.

They lie in baselines/<api>/<version>/ and belong into git. As sources they are called @NAME (the latest version) and
@NAME:VERSION."""
_EXAMPLES = {
    "save": (
        "baseline save",
        "baseline save my_shop.main:app",
        "baseline save git:v1.2.0:openapi.json --api shop --version 1.2.0",
    ),
    "list": ("baseline list", "baseline list --format json"),
    "show": ("baseline show shop", "baseline show shop:1.2.0 --format json"),
    "verify": ("baseline verify", "baseline verify shop"),
    "remove": ("baseline remove shop:1.1.0", "baseline remove shop:1.1.0 --yes"),
}


def save(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="What to store; the configured app if left out.")
    ] = None,
    api: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the API; the configured one, or made of the title.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Version to store it under; info.version if left out.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace another document that is stored under this version.")
    ] = False,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Store the contract of a source.

    The WebSockets of an app are stored beside its document. The same document again changes nothing. Another document
    under a stored version needs --force, because clients were promised the stored one. Approvals of changes that the
    new document contains are consumed: their files go.

    Exit code 0: stored; 2: the source cannot be used, or another document is stored under this version.
    """
    from contractkit.cli.output import tell, write_stdout
    from contractkit.model.errors import InputError
    from contractkit.report.terminal import visible
    from contractkit.sources.config import load_config
    from contractkit.sources.load import commit_behind
    from contractkit.sources.options import LoadOptions
    from contractkit.store.baselines import BaselineStore, Saved
    from contractkit.store.names import slug

    gc.disable()
    options = LoadOptions(
        allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose, sockets=True
    )
    config = load_config(options.root)
    contract = load_one(source, options, config, "contractkit baseline save")
    name = api or config.api or slug(contract.title)
    if not (version or contract.version).strip():
        raise InputError(contract.source, "the document has no info.version", "set it, or give --version")
    store = BaselineStore(config.baselines)
    commit = commit_behind(source or config.app or "-", options if source else replace(options, root=config.folder))
    signed = _signed(config, store, name)
    baseline, done = store.save(contract, name, version or contract.version, commit=commit, force=force)
    what = f"@{baseline.name}:{baseline.version}"
    where = _shown(store, baseline)
    words = {
        Saved.NEW: f"saved {what} in {where}",
        Saved.REPLACED: f"replaced {what} in {where}",
        Saved.UNCHANGED: f"{what} is stored already, unchanged",
    }
    write_stdout(visible(words[done]) + "\n")
    if done is not Saved.UNCHANGED:
        for approval in _consume(config, name, contract, signed):
            write_stdout(visible(f"consumed the approval of {approval.finding} ({approval.rule})") + "\n")
    if done is Saved.NEW and config.api is None and len(store.records(name)) == 1:
        tell([f'hint: with api = "{name}" under [tool.contractkit], `contractkit diff` finds this baseline by itself'])


def _signed(config: Config, store: BaselineStore, name: str) -> list[tuple[Contract, list[Approval]]]:
    """Return the stored contracts that approvals are for, with these; those that stay supported left out."""
    from fnmatch import fnmatchcase

    from contractkit.api.project import approvals_of

    approvals = approvals_of(config, name)
    found = []
    for record in store.records(name) if approvals and name in store.names() else ():
        own = [one for one in approvals if record.digest in one.baselines]
        if own and not any(fnmatchcase(record.version, glob) for glob in config.supported):
            found.append((store.contract(name, record.version), own))
    return found


def _consume(
    config: Config, name: str, contract: Contract, signed: Sequence[tuple[Contract, list[Approval]]]
) -> list[Approval]:
    """Remove the approvals of changes that the new baseline contains, and return them."""
    from contractkit.api.comparing import compare
    from contractkit.store.approvals import ApprovalStore

    done = []
    for before, approvals in signed:
        found = {finding.id for finding in compare(before, contract).findings}
        done += [one for one in approvals if one.finding in found and one not in done]
    ApprovalStore(config.baselines, name).remove(done)
    return done


def list_(form: Form = Format.TEXT) -> None:
    """List the stored contracts, oldest version first.

    Exit code 0: listed; 2: they cannot be read.
    """
    from contractkit.cli.output import tell, write_stdout
    from contractkit.report.terminal import visible

    store = _store()
    records = store.records()
    if form is Format.JSON:
        write_stdout(json_text([_facts(store, record) for record in records]))
        return
    if not records:
        tell([f"nothing is stored in {store.folder}; begin with `contractkit baseline save`"])
        return
    rows = [
        (record.name, record.version, record.captured_at[:10], record.commit[:9] or "-", record.source)
        for record in records
    ]
    write_stdout(table(("API", "VERSION", "CAPTURED", "COMMIT", "SOURCE"), [[*map(visible, row)] for row in rows]))


def show(
    baseline: Annotated[str, typer.Argument(metavar="NAME[:VERSION]", help="Which one; the latest of NAME if alone.")],
    form: Form = Format.TEXT,
) -> None:
    """Show what is known of a stored contract.

    Exit code 0: shown; 2: there is no such contract, or it is not the one that was saved.
    """
    from contractkit.cli.output import write_stdout
    from contractkit.report.terminal import visible

    store = _store()
    name, version = _split(baseline)
    contract = store.contract(name, version)
    facts = _facts(store, store.get(name, version))
    paths = contract.document.get("paths")
    components = contract.document.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    facts |= {
        "title": contract.title,
        "openapi": contract.openapi,
        "paths": len(paths) if isinstance(paths, dict) else 0,
        "schemas": len(schemas) if isinstance(schemas, dict) else 0,
        "sockets": len((contract.asyncapi or {}).get("channels") or ()),
    }
    if form is Format.JSON:
        write_stdout(json_text(facts))
        return
    write_stdout("".join(visible(f"{key.replace('_', ' '):<12} {value}") + "\n" for key, value in facts.items()))


def verify(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The API to verify; all of them if left out.")
    ] = None,
) -> None:
    """Check that the stored documents are the ones that were saved.

    Exit code 0: they are; 1: one is not, or cannot be read.
    """
    from contractkit.cli.output import tell, write_stdout
    from contractkit.report.terminal import visible

    store = _store()
    checked = store.verify(name.removeprefix("@") if name else None)
    if not checked:
        tell([f"nothing is stored in {store.folder}"])
    for folder, problem in checked:
        write_stdout(visible(f"{_relative(folder)}: {problem.problem if problem else 'ok'}") + "\n")
    mends = dict.fromkeys(problem.mend for _, problem in checked if problem and problem.mend)
    tell(mends)
    raise typer.Exit(int(any(problem for _, problem in checked)))


def remove(
    baseline: Annotated[
        str, typer.Argument(metavar="NAME[:VERSION]", help="Which one; NAME alone only where it has one version.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, on a terminal either.")] = False,
) -> None:
    """Remove a stored contract; approvals of the API stay.

    Exit code 0: removed; 2: there is no such contract, or the question was not answered with yes.
    """
    from contractkit.cli.output import write_stdout
    from contractkit.model.errors import InputError
    from contractkit.report.terminal import visible

    store = _store()
    name, version = _split(baseline)
    if version is None:
        versions = [record.version for record in store.records(name)]
        if len(versions) > 1:
            raise InputError(f"@{name}", f"has {len(versions)} versions", f"name one: {', '.join(versions[-5:])}")
        version = versions[0]
    record = store.get(name, version)
    if sys.stdin.isatty() and not yes:
        typer.confirm(visible(f"Remove @{record.name}:{record.version}?"), abort=True, err=True)
    store.remove(name, version)
    write_stdout(visible(f"removed @{record.name}:{record.version} from {_shown(store, record)}") + "\n")


def _store() -> BaselineStore:
    from contractkit.sources.config import load_config
    from contractkit.store.baselines import BaselineStore

    return BaselineStore(load_config(Path.cwd()).baselines)


def _split(baseline: str) -> tuple[str, str | None]:
    name, _, version = baseline.removeprefix("@").partition(":")
    return name, version or None


def _facts(store: BaselineStore, record: Baseline) -> dict[str, object]:
    return {**asdict(record), "folder": _shown(store, record)}


def _shown(store: BaselineStore, record: Baseline) -> str:
    return _relative(store.path(record).parent)


def _relative(path: Path) -> str:
    """Return a path as seen from here, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
