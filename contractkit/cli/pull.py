"""`contractkit pull`: the canonical document of a source, of its paths or of its WebSockets."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose, load_one


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "pull",
        short_help="Write the document of a source.",
        epilog=examples(
            "pull my_shop.main:app -o openapi.json",
            "pull 'main!my_shop.main:app' > before.json",
            "pull --asyncapi my_shop.main:app -o asyncapi.yaml",
        ),
    )(pull)


def pull(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="What to take it from; the configured app if left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there; .yaml and .yml give YAML.")
    ] = None,
    asyncapi: Annotated[
        bool, typer.Option("--asyncapi", help="Write the AsyncAPI 3 document of the WebSockets instead.")
    ] = False,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Write the OpenAPI document of a source, or with --asyncapi the one of its WebSockets, always the same bytes.

    Exit code 0: written; 2: the source cannot be used, and nothing is written.
    """
    from contractkit.model.errors import InputError
    from contractkit.model.jsontext import canonical_json
    from contractkit.sources.config import load_config
    from contractkit.sources.options import LoadOptions
    from contractkit.store.files import encode, write_atomically

    gc.disable()
    options = LoadOptions(
        allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose, sockets=asyncapi
    )
    contract = load_one(source, options, load_config(options.root), "contractkit pull")
    document = contract.document
    if asyncapi:
        if contract.asyncapi is None:
            mend = "name an app, a baseline of one, or an AsyncAPI 3 document"
            raise InputError(contract.source, "says nothing of WebSockets", mend)
        document = contract.asyncapi
    if output is not None and output.suffix.lower() in (".yaml", ".yml"):
        from contractkit.sources.yamldump import dump_yaml

        text = dump_yaml(document, str(output))
    else:
        text = canonical_json(document)
    if output is None or str(output) == "-":
        from contractkit.cli.output import write_stdout

        write_stdout(encode(text).decode())
    else:
        write_atomically(output, encode(text))
