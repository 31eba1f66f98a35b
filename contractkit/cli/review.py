"""`contractkit review`: look at the findings in a browser, and sign them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples
from contractkit.cli.loading import Verbose

if TYPE_CHECKING:
    from contractkit.api.reviewing import Reviewing
    from contractkit.sources.config import Config


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "review",
        short_help="Show the findings on a page in the browser.",
        epilog=examples("review", "review @shop my_shop.main:app", "review --report artefact.json --html review.html"),
    )(review)


def review(
    base: Annotated[
        str | None, typer.Argument(metavar="BASE", help="The contract that clients were built on, as for `diff`.")
    ] = None,
    revision: Annotated[
        str | None, typer.Argument(metavar="REVISION", help="The contract that is to replace it, as for `diff`.")
    ] = None,
    report: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Show this JSON report and compare nothing; repeatable."),
    ] = None,
    html: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write the page into a file, to read only, and end.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who signs; git's user.name and user.email if left out.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="The port; 0 for a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    verbose: Verbose = False,
) -> None:
    """Show the findings on a page of this machine, where they can be approved.

    Without contracts the configured baseline is compared with the configured app; what the last `contractkit fuzz` here
    found is shown beside it. The page is served on 127.0.0.1 until Ctrl-C, to the one browser that opens the printed
    address first. Approvals become files in baselines/<api>/approvals.

    Exit code 0: ended by Ctrl-C, or the file is written; 2: could not compare, or the port is taken.
    """
    from contractkit.cli.output import write_file, write_stdout
    from contractkit.review.page import Texts, render_review
    from contractkit.sources.config import load_config

    config = load_config(Path.cwd())
    shown = _findings(config, base, revision, report or [], verbose=verbose)
    if html is not None:
        texts = {key: Texts(*pair) for key, pair in shown.definitions().items()}
        write_file(html, render_review(shown.reports(), texts))
        return
    from contractkit.api.approving import check_approver, git_user
    from contractkit.review.server import serve

    person = by.strip() if by is not None else git_user(config.folder)
    check_approver(person, config)

    def tell(url: str) -> None:
        write_stdout(f"review the findings at {url}\nend with Ctrl-C\n")

    serve(shown, person, port=port, browser=not no_browser, tell=tell)


def _findings(config: Config, base: str | None, revision: str | None, files: list[str], *, verbose: bool) -> Reviewing:
    """Return what is to be shown: reports of files, or a comparison that is made now and the last fuzzing run."""
    from contractkit.api.project import policy_of
    from contractkit.api.reviewing import Reviewing, last_runs

    policy = policy_of(config, None)
    if files:
        return Reviewing(config, policy, last_runs(config, files))
    from contractkit.api.comparing import diff
    from contractkit.cli.output import tell
    from contractkit.report.json_report import report
    from contractkit.report.notices import notice_lines
    from contractkit.sources.options import LoadOptions

    if base is not None and revision is None:
        base, revision = None, base  # one contract alone is the revision, as for `diff`
    verdict = diff(base, revision, config=config, options=LoadOptions(verbose=verbose))
    tell(notice_lines(verdict, verbose=verbose))
    fuzzed = [one for one in last_runs(config) if one["kind"] != "diff"]
    return Reviewing(config, policy, [report(verdict), *fuzzed], [verdict])
