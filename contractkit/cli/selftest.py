"""`contractkit selftest`: would the gate stop a break?"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose, load_one
from contractkit.cli.tables import Form, Format, json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from contractkit.model.selftest import Selftest
    from contractkit.mutants.behaviour import BehaviourKind
    from contractkit.mutants.kinds import Kind


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "selftest",
        short_help="Break your own contract: would your gate stop it?",
        epilog=examples(
            "selftest",
            "selftest my_shop.main:app --each 20 --seed 7",
            "selftest openapi.json --kind request-property-made-required --keep wrong",
            "selftest my_shop.main:app --kind field-dropped --behaviour 5",
        ),
    )(selftest)


def selftest(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="The contract to break; the configured app if left out.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which places are drawn; the same seed, the same changes.")] = 1,
    each: Annotated[int, typer.Option(min=1, metavar="N", help="The most changes of one kind.")] = 3,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="NAME", help="Only this kind of change; may be repeated.")
    ] = None,
    behaviour: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="For an app: the most broken behaviours of one kind, each fuzzed; 0 for none."
        ),
    ] = 1,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the documents that are judged wrongly there.")
    ] = None,
    form: Form = Format.TEXT,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", metavar="{breaking,risky,never}", help="As of `contractkit diff`.")
    ] = None,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Break your own contract in every known way, and see whether your gate stops it.

    Each change is judged as `contractkit diff` would judge it, with your configuration and approvals: breaks must be
    stopped, and what only writes the contract differently must pass.

    An app is also run with its answers and limits broken, and the report says what `contractkit fuzz` and
    `contractkit replay` notice. That takes a minute or two; --behaviour 0 leaves it out.

    Exit code 0: every break is stopped and every rewrite passes; 1: not so; 2: the source cannot be used.
    """
    from dataclasses import replace

    from contractkit.api.misbehaving import misbehaviours
    from contractkit.api.project import policy_of
    from contractkit.api.selftesting import selftest as tested
    from contractkit.cli.output import terminal_of, write_stdout
    from contractkit.report.selftest import render_selftest_json, render_selftest_text
    from contractkit.sources.config import load_config
    from contractkit.sources.options import LoadOptions
    from contractkit.sources.syntax import AppSource, parse_source

    gc.disable()
    options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    config = load_config(options.root)
    policy = policy_of(config, fail_on)
    edits, behaviours = _kinds(kind or [])
    contract = load_one(source, options, config, "contractkit selftest")
    gc.enable()
    found = tested(contract, config, policy, seed=seed, each=each, kinds=edits)
    where = options if source is not None else replace(options, root=config.folder)
    app = parse_source(contract.source, where.root)
    if behaviour and behaviours and isinstance(app, AppSource) and app.ref is None:
        done = misbehaviours(
            app, contract, config, where, seed=seed, each=behaviour, kinds=behaviours, progress=_progress()
        )
        found = replace(found, behaviours=done)
    if keep is not None and found.bad:
        _write(found, keep)
    if form is Format.JSON:
        write_stdout(render_selftest_json(found))
    else:
        import sys

        write_stdout(render_selftest_text(found, terminal_of(sys.stdout), kept=None if keep is None else str(keep)))
    raise typer.Exit(int(found.fails))


def _progress() -> Callable[[str], None]:
    """Return what tells a person at a terminal how the app is broken now."""
    import sys

    from contractkit.cli.output import tell

    return (lambda text: tell([f"fuzzing the app: {text}"])) if sys.stderr.isatty() else lambda _: None


def _kinds(names: list[str]) -> tuple[tuple[Kind, ...], tuple[BehaviourKind, ...]]:
    """Return the kinds of edits and of behaviours of these names, all where none is named.

    Raises:
        InputError: there is no such kind.
    """
    import difflib

    from contractkit.model.errors import InputError
    from contractkit.mutants.behaviour import BEHAVIOURS
    from contractkit.mutants.make import KINDS

    if not names:
        return KINDS, BEHAVIOURS
    known = [*(one.name for one in KINDS), *(one.name for one in BEHAVIOURS)]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise InputError(f"--kind {name}", "there is no such kind of change", mend)
    return (
        tuple(one for one in KINDS if one.name in names),
        tuple(one for one in BEHAVIOURS if one.name in names),
    )


def _write(found: Selftest, folder: Path) -> None:
    """Write the contract and the documents that were judged wrongly.

    Raises:
        InputError: the folder cannot be written to.
    """
    from contractkit.cli.output import write_file
    from contractkit.model.errors import InputError
    from contractkit.report.selftest import file_of

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(folder), f"cannot be made ({error.strerror})", "name another folder") from None
    write_file(str(folder / "contract.json"), json_text(found.contract.document))
    for trial in found.bad:
        write_file(str(folder / file_of(trial)), json_text(trial.document))
