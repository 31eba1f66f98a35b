"""The HTML report: one file for a person, read without a script, a network, or sight.

Nothing of it runs: the page's policy (CSP level 3) allows its own style sheet by hash and nothing else, and whatever
a document says is text.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from contractkit.model.finding import Severity
from contractkit.report.lines import details
from contractkit.report.terminal import visible
from contractkit.report.view import Entry, Report, State, counted, headline, summary, unused_line

_SECTIONS = (
    ("fails", "Fails the check"),
    ("passes", "Does not fail the check"),
    ("approved", "Approved"),
    ("ignored", "Ignored by the configuration"),
    ("safe", "Safe"),
)
_OPEN = ("fails", "passes")
_VALUES = ("before", "after", "proof", "first", "body", "headers", "answer", "id", "file", "where")


def render_html(reports: Sequence[Report]) -> str:
    """Return the reports as one HTML document (HTML Living Standard), with a newline at its end."""
    header = [f"<h1>{text_html(headline(reports))}</h1>", *(line for one in reports for line in _heading(one))]
    body: list[str] = []
    for number, report in enumerate(reports):
        name = f"{report.base.version} → {report.revision.version}: " if len(reports) > 1 else ""
        body += _sections(report, number, name)
    return page(f"contractkit: {headline(reports)}", header, body)


def page(title: str, header: Sequence[str], body: Sequence[str]) -> str:
    """Return a whole document around lines of HTML for its header and its main part."""
    style = files("contractkit.report").joinpath("html.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text_html(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#main">To the findings</a>',
        "<header>",
        *header,
        "</header>",
        '<main id="main">',
        *body,
        "</main>",
        "<footer><p>Made by contractkit. <code>contractkit rules show ID</code> explains a rule.</p></footer>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _heading(report: Report) -> Iterator[str]:
    labels = ("contract", "target") if report.run is not None else ("base", "revision")
    sides = (report.base.name, report.revision.source if report.run is not None else report.revision.name)
    yield '<dl class="sides">'
    for label, side in zip(labels, sides, strict=True):
        yield f"<dt>{label}</dt><dd>{text_html(side)}</dd>"
    yield "</dl>"
    yield f"<p>{text_html(summary(report))}</p>"


def _sections(report: Report, number: int, name: str) -> Iterator[str]:
    """Yield the findings by what is done about them; what needs nobody's eye is folded."""
    grouped: dict[str, list[Entry]] = {}
    for entry in report.of(*State):
        safe = entry.severity is Severity.SAFE and entry.state is State.PASSES
        grouped.setdefault("safe" if safe else entry.state, []).append(entry)
    for key, title in _SECTIONS:
        if found := grouped.get(key):
            body = [line for entry in found for line in _article(report, entry)]
            yield from _section(f"{key}-{number}", f"{name}{title} ({len(found)})", body, is_open=key in _OPEN)
    if report.run is not None:
        untested = [
            f"<p><code>{text_html(one.operation)}</code>: {text_html(one.reason)}"
            f"{' (allowed)' if one.allowed else ''}</p>"
            for one in report.run.untested
        ]
        if untested:
            yield from _section(f"untested-{number}", f"{name}Not tested ({len(untested)})", untested, is_open=True)
        unstable = [line for entry in report.run.unstable for line in _article(report, entry)]
        if unstable:
            title = f"{name}Unstable: seen once, not when tried again ({len(report.run.unstable)})"
            yield from _section(f"unstable-{number}", title, unstable, is_open=False)

    if report.notes:
        notes = [f"<p>{text_html(note)}</p>" for note in report.notes]
        yield from _section(f"notes-{number}", f"{name}Notes ({len(notes)})", notes, is_open=True)
    if report.unused:
        unused = [f"<p>{text_html(unused_line(one))}</p>" for one in report.unused]
        title = f"{name}Approvals that do not count ({len(unused)})"
        yield from _section(f"unused-{number}", title, unused, is_open=True)


def _section(key: str, title: str, body: Sequence[str], *, is_open: bool) -> Iterator[str]:
    heading = f'<h2 id="{key}">{text_html(title)}</h2>'
    yield f'<section aria-labelledby="{key}">'
    if is_open:
        yield heading
        yield from body
    else:
        yield f"<details><summary>{heading}</summary>"
        yield from body
        yield "</details>"
    yield "</section>"


def _article(report: Report, entry: Entry) -> Iterator[str]:
    yield f'<article class="{entry.severity}">'
    yield f"<h3>{message_html(entry.message)}</h3>"
    others = len(entry.operations) - 1
    more = f" and {counted(others, 'more operation')}" if others > 0 else ""
    yield f'<p><span class="severity">{entry.severity}</span> · <code>{text_html(entry.about)}</code>{more}</p>'
    yield "<dl>"
    for label, text in details(entry):
        value = ' class="value"' if label in _VALUES else ""
        yield f"<dt>{text_html(label)}</dt><dd{value}>{text_html(text)}</dd>"
    yield "</dl>"
    page = report.pages.get(entry.rule)
    if page is not None and entry.severity is not Severity.SAFE:
        yield '<details class="page"><summary>Why, and what to do instead</summary>'
        yield from (f"<p>{text_html(part.replace(chr(10), ' '))}</p>" for part in page.text.split("\n\n"))
        yield "</details>"
    yield "</article>"


def message_html(message: str) -> str:
    """Return a message with the names between its backticks as code."""
    parts = message.split("`")
    if len(parts) % 2 == 0:
        return text_html(message)
    return "".join(
        f"<code>{text_html(part)}</code>" if index % 2 else text_html(part) for index, part in enumerate(parts)
    )


def text_html(text: str) -> str:
    """Return a text as HTML text, or as the value of an attribute in double quotes."""
    return escape(visible(text))
