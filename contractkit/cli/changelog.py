"""`contractkit changelog`: what changed between two contracts, told to the users of the API."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Lifespan, RemoteRefs, Timeout, Verbose


class Form(StrEnum):
    """How to write a changelog."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "changelog",
        short_help="Tell the users of an API what changed.",
        epilog=examples(
            "changelog @shop:1.0.0 @shop:2.0.0", "changelog old.json new.json --format html -o changes.html"
        ),
    )(changelog)


def changelog(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The contract that the users know.")],
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="The contract that replaces it.")],
    form: Annotated[Form, typer.Option("--format", help="How to write it.")] = Form.MARKDOWN,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")] = None,
    timeout: Timeout = 60.0,
    allow_remote_refs: RemoteRefs = False,
    lifespan: Lifespan = False,
    verbose: Verbose = False,
) -> None:
    """Tell the users of an API what changed: what they must do, what may affect them, what is deprecated, what is new.

    Exit code 0: written; 2: a contract cannot be used.
    """
    from contractkit.api.comparing import diff
    from contractkit.api.deep import run_deep
    from contractkit.cli.output import tell, write_file, write_stdout
    from contractkit.diff.working import working_requests
    from contractkit.report import changelog_formats
    from contractkit.report.changelog import changelog_of
    from contractkit.report.json_report import report
    from contractkit.report.notices import notice_lines
    from contractkit.report.reading import read_report
    from contractkit.sources.options import LoadOptions

    options = LoadOptions(allow_remote_refs=allow_remote_refs, timeout=timeout, lifespan=lifespan, verbose=verbose)
    verdict = diff(base, revision, options=options)
    found = run_deep(lambda: changelog_of(read_report(report(verdict)), working_requests(verdict.revision.contract)))
    render = {
        Form.MARKDOWN: changelog_formats.changelog_markdown,
        Form.HTML: changelog_formats.changelog_html,
        Form.JSON: changelog_formats.changelog_json,
    }[form]
    if output is None:
        write_stdout(render(found))
    else:
        write_file(output, render(found))
    tell(notice_lines(verdict, verbose=verbose))
