"""`contractkit init`: the first configuration and baseline of a project, and the lines for its CI."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose, load_one

if TYPE_CHECKING:
    from contractkit.sources.config import Config


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "init",
        short_help="Configure a project and store its first contract.",
        epilog=examples("init", "init my_shop.main:app --api shop"),
    )(init)


def init(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="The current contract; the FastAPI app found if left out.")
    ] = None,
    api: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the API; made of the document's title if left out.")
    ] = None,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Configure this project, store its first baseline, and print the lines for its CI.

    The configuration goes into pyproject.toml, or into contractkit.toml where there is none. A project that has one is
    left as it is.

    Exit code 0: configured, or it was already; 2: no app was found, or it cannot be used.
    """
    from contractkit.cli.ci_lines import ci_lines
    from contractkit.cli.output import write_stdout
    from contractkit.model.errors import InputError
    from contractkit.report.terminal import visible
    from contractkit.sources.config import Config, load_config
    from contractkit.sources.load import commit_behind
    from contractkit.sources.new_config import new_config
    from contractkit.sources.options import LoadOptions
    from contractkit.store.baselines import BaselineStore
    from contractkit.store.files import write_atomically
    from contractkit.store.names import check_name, slug

    options = LoadOptions(
        allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose, sockets=True
    )
    here = options.root
    if _is_configured(load_config(here), here):
        write_stdout(visible(_told(load_config(here))) + "\n")
        return
    fresh = new_config(here)
    if api is not None:
        check_name(api)
    app = source or _found(here)
    if app == "-" or app.startswith("@"):
        raise InputError(app, "this cannot be read anew on every run", "name an app, a file or a URL")
    contract = load_one(app, options, Config(folder=here, baselines=here / "baselines"), "contractkit init")
    name = api or slug(contract.title)
    text = fresh.text(app, name)
    if not contract.version.strip():
        raise InputError(contract.source, "the document has no info.version", "set it first")
    store = BaselineStore(here / "baselines")
    if name in store.names():
        baseline = store.get(name)
        stored = f"kept @{baseline.name}:{baseline.version}, which is stored already"
    else:
        baseline, _ = store.save(contract, name, contract.version, commit=commit_behind(app, options))
        stored = f"saved @{baseline.name}:{baseline.version} in {store.path(baseline).parent.relative_to(here)}"
    # Last, so that a run that was broken off is done again.
    write_atomically(fresh.file, text)
    lines = [
        stored,
        f"wrote app = {app} and api = {name} into {fresh.file.name}",
        "",
        f"Commit {fresh.file.name} and the folder baselines. `contractkit diff` is the check; in CI:",
    ]
    write_stdout(
        "".join(visible(line) + "\n" for line in lines) + "\n" + ci_lines(_installed(here, fresh.packaged, app))
    )


def _is_configured(config: Config, here: Path) -> bool:
    """Tell whether a configuration counts here: one further up does not, where this folder is a project of its own."""
    return config.file is not None and (config.folder == here or not (here / "pyproject.toml").is_file())


def _told(config: Config) -> str:
    from contractkit.store.baselines import BaselineStore

    told = f"{config.file} has the configuration already; nothing was changed"
    if config.app and config.api and config.api not in BaselineStore(config.baselines).names():
        return f"{told}. Nothing is stored as @{config.api} yet: `contractkit baseline save`"
    return told


def _found(here: Path) -> str:
    """Return the app of the project, where there is one alone."""
    from contractkit.model.errors import InputError
    from contractkit.sources.find_app import find_apps

    apps = find_apps(here)
    if not apps:
        mend = "name it: `contractkit init my_shop.main:app`, or a document, `contractkit init openapi.json`"
        raise InputError("init", "no FastAPI app was found in the modules of this folder", mend)
    if len(apps) > 1:
        raise InputError(
            "init", f"there are {len(apps)} apps: {', '.join(apps)}", f"name one: `contractkit init {apps[0]}`"
        )
    return apps[0]


def _installed(here: Path, packaged: bool, app: str) -> list[str]:
    """Return what pip installs so that the project's app can be imported."""
    if packaged:
        return ["."]
    if (here / "requirements.txt").is_file():
        return ["-r", "requirements.txt"]
    from contractkit.sources.syntax import AppSource, parse_source

    return ["fastapi"] if isinstance(parse_source(app, here), AppSource) else []
