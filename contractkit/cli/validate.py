"""`contractkit validate`: is the document right by the OpenAPI Specification?"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose, load_one

if TYPE_CHECKING:
    from contractkit.model.contract import Contract, Notice
    from contractkit.sources.positions import Positions

_SLOW = 300_000


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "validate",
        short_help="Check a document against the specification.",
        epilog=examples("validate openapi.yaml", "validate my_shop.main:app"),
    )(validate)


def validate(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="What to validate; the configured app if left out.")
    ] = None,
    timeout: Timeout = 60.0,
    time_limit: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="Seconds the validation may take.")
    ] = 600.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Check an OpenAPI document against the specification, with openapi-spec-validator.

    Exit code 0: valid; 1: not; 2: the source cannot be used, or the validation was not finished.
    """
    from contractkit.cli.output import tell, write_stdout
    from contractkit.report.terminal import visible
    from contractkit.sources.config import load_config
    from contractkit.sources.options import LoadOptions
    from contractkit.sources.validity import validate as findings_of

    gc.disable()
    options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    contract = load_one(source, options, load_config(options.root), "contractkit validate")
    gc.enable()  # the validator makes garbage
    places = _Places(contract)
    size = places.size
    if size > _SLOW:
        tell([f"validating {size / 1e6:.1f} MB; openapi-spec-validator takes some seconds a megabyte"])
    findings = [*places.duplicates(), *findings_of(contract, time_limit)]
    lines = [visible(f"{places.label(finding.place)}: {finding.text}") for finding in findings]
    count = f"{len(findings)} finding{'s' if len(findings) > 1 else ''}" if findings else "valid"
    write_stdout("\n".join([*lines, visible(f"{contract.source}: {count} (OpenAPI {contract.openapi})")]) + "\n")
    raise typer.Exit(int(bool(findings)))


class _Places:
    """Names the places of findings: file, line and column where the text is at hand, and the JSON pointer."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._known: dict[str, Positions] = {}

    @property
    def size(self) -> int:
        """The size of the document in bytes, near enough."""
        import json

        return len(json.dumps(self._contract.document))

    def duplicates(self) -> list[Notice]:
        """Return a finding for each name that stands twice in one object of a JSON file; YAML's are warnings."""
        from contractkit.model.contract import Notice

        file = self._contract.file
        if file is None or file.lower().endswith((".yaml", ".yml")):
            return []
        return [Notice(place, "this name stands twice") for place in self._positions(file).duplicates]

    def label(self, place: str) -> str:
        """Return `file:line:column: #/pointer`, without the numbers where the source is no file."""
        from contractkit.sources.refs import FILES

        file, inner = self._contract.file, place
        if file is not None and place.startswith(f"/{FILES}/"):
            name, _, rest = place.removeprefix(f"/{FILES}/").partition("/")
            bundled = Path(file).parent / name.replace("~1", "/").replace("~0", "~")
            if bundled.is_file():
                file, inner = str(bundled), f"/{rest}" if rest else ""
        found = self._positions(file).find(inner) if file is not None else None
        where = f"{file}:{found[0]}:{found[1]}" if found else self._contract.source
        return f"{where}: #{inner if found else place}"

    def _positions(self, file: str) -> Positions:
        from contractkit.sources.positions import Positions
        from contractkit.sources.text import decode

        if file not in self._known:
            self._known[file] = Positions(decode(Path(file).read_bytes(), file))
        return self._known[file]
