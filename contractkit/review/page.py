"""The review page as one HTML document: for the server with forms to sign, or as a file without."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import NamedTuple

from contractkit.model.finding import Severity
from contractkit.report.html import message_html, text_html
from contractkit.report.lines import decided
from contractkit.report.view import Entry, Message, Report, State, headline, summary, unused_line
from contractkit.review.compare import side_by_side
from contractkit.review.snippets import json_text, python_text, value_text

_STATES = {
    State.FAILS: "fails the check",
    State.PASSES: "does not fail the check",
    State.APPROVED: "approved",
    State.IGNORED: "ignored",
}


_OPEN_AT_FIRST = 20
"""Findings that are unfolded when the page is opened; all of thousands would take seconds to lay out."""


class Texts(NamedTuple):
    """The definition that a finding is about, in both contracts; empty where there is none."""

    before: str
    after: str


@dataclass(frozen=True)
class Desk:
    """What the page needs to let somebody sign.

    Attributes:
        person: who signs.
        token: stands in every form, and shows that the form is ours.
        message: what was done last, or what went wrong.
        is_error: whether that is what went wrong.
    """

    person: str
    token: str
    message: str = ""
    is_error: bool = False


@dataclass(frozen=True)
class _Group:
    name: str
    entries: list[tuple[Report, Entry]] = field(default_factory=list)

    @property
    def rank(self) -> int:
        return max(entry.severity.rank + 3 * (entry.state is State.FAILS) for _, entry in self.entries)


def render_review(reports: Sequence[Report], texts: Mapping[str, Texts] | None = None, desk: Desk | None = None) -> str:
    """Return the page.

    Args:
        reports: one or more reports, of comparisons and fuzzing runs.
        texts: by the id of a finding, the definitions it is about.
        desk: lets somebody sign; without it the page is only to read.
    """
    groups = _groups(reports)
    style, script = _asset("page.css"), _asset("page.js")
    form = "'self'" if desk is not None else "'none'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'; "
        f"base-uri 'none'; form-action {form}"
    )
    title = text_html(f"contractkit: {headline(reports)}")
    numbered = [(f"g{number}", group) for number, group in enumerate(groups)]
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="referrer" content="same-origin">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{style}</style></head><body>",
        '<a class="skip" href="#main">To the findings</a>',
        *_header(reports, desk),
        *_filters(reports),
        '<div class="columns">',
        *_contents(numbered),
        '<main id="main" tabindex="-1">',
        *_findings(numbered, texts or {}, desk),
        '<p id="none" hidden>No finding fits the filter.</p>',
        *_rules(reports),
        "</main></div>",
        *(_forms(desk) if desk is not None else ()),
        *_help(desk),
        f"<script>{script}</script></body></html>",
    ]
    return "\n".join(lines) + "\n"


def _asset(name: str) -> str:
    return files("contractkit.review").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _groups(reports: Sequence[Report]) -> list[_Group]:
    """Return the findings by component, or by operation where they are in none; the worst first."""
    found: dict[str, _Group] = {}
    for report in reports:
        for entry in report.entries:
            name = entry.component or entry.about
            found.setdefault(name, _Group(name)).entries.append((report, entry))
    for group in found.values():
        group.entries.sort(key=lambda row: (row[1].state is not State.FAILS, -row[1].severity.rank))
    return sorted(found.values(), key=lambda group: (-group.rank, group.name))


def _header(reports: Sequence[Report], desk: Desk | None) -> Iterator[str]:
    yield f"<header><h1>{text_html(headline(reports))}</h1>"
    for report in reports:
        if report.run is not None:
            yield f"<p>{report.kind}: {text_html(report.revision.source)} · {text_html(summary(report))}</p>"
        else:
            sides = f"{report.base.name} → {report.revision.name}"
            yield f"<p>{text_html(sides)} · {text_html(summary(report))}</p>"
    unused = [one for report in reports for one in report.unused]
    if unused:
        yield f"<details><summary>{len(unused)} approvals do not count</summary><ul>"
        yield from (f"<li>{text_html(unused_line(one))}</li>" for one in unused)
        yield "</ul></details>"
    if desk is not None:
        person = f"<strong>{text_html(desk.person)}</strong>"
        yield f'<p class="dim">You sign as {person}. Signatures become files for git.</p>'
        kind = ' class="problem"' if desk.is_error else ""
        yield f'<p id="said" role="status"{kind}>{text_html(desk.message)}</p>'
    yield "</header>"


def _filters(reports: Sequence[Report]) -> Iterator[str]:
    entries = [entry for report in reports for entry in report.entries]
    yield '<form id="filter" role="search" aria-label="Filter the findings">'
    yield '<label>Filter <input type="search" name="words" autocomplete="off" placeholder="words, a path"></label>'
    yield '<fieldset><legend class="sr">Severity</legend>'
    for severity in Severity:
        count = sum(entry.severity is severity for entry in entries)
        checked = "" if severity is Severity.SAFE and count < len(entries) else " checked"
        yield f'<label><input type="checkbox" name="severity" value="{severity}"{checked}> {severity} ({count})</label>'
    yield '</fieldset><fieldset><legend class="sr">State</legend>'
    for state in State:
        count = sum(entry.state is state for entry in entries)
        yield f'<label><input type="checkbox" name="state" value="{state}" checked> {_STATES[state]} ({count})</label>'
    yield '</fieldset><output id="shown"></output></form>'


def _contents(numbered: Sequence[tuple[str, _Group]]) -> Iterator[str]:
    yield '<nav aria-label="Components and operations"><details open><summary>Components and operations</summary><ul>'
    for key, group in numbered:
        open_ = sum(entry.state is State.FAILS for _, entry in group.entries)
        mark = f' <strong class="count">{open_}<span class="sr"> to decide</span></strong>' if open_ else ""
        yield f'<li data-group="{key}"><a href="#{key}">{text_html(group.name)}</a>{mark}</li>'
    yield "</ul></details></nav>"


def _findings(numbered: Sequence[tuple[str, _Group]], texts: Mapping[str, Texts], desk: Desk | None) -> Iterator[str]:
    open_left = _OPEN_AT_FIRST
    for key, group in numbered:
        yield f'<section id="{key}" aria-labelledby="{key}h"><h2 id="{key}h">{text_html(group.name)}</h2>'
        for report, entry in group.entries:
            is_open = entry.state is State.FAILS and open_left > 0
            open_left -= is_open
            yield from _article(report, entry, texts.get(entry.id), desk, is_open=is_open)
        yield "</section>"


def _article(report: Report, entry: Entry, texts: Texts | None, desk: Desk | None, *, is_open: bool) -> Iterator[str]:
    words = " ".join((entry.message, entry.rule, entry.id, entry.location, *entry.operations, entry.component or ""))
    can_sign = desk is not None and entry.severity is not Severity.SAFE and entry.state is not State.IGNORED
    form = f' data-form="{"revoke" if entry.state is State.APPROVED else "approve"}"' if can_sign else ""
    yield (
        f'<article id="{text_html(entry.id)}" class="{entry.severity} {entry.state}" tabindex="-1"{form} '
        f'data-severity="{entry.severity}" data-state="{entry.state}" data-words="{text_html(words.lower())}">'
    )
    yield f'<details{" open" if is_open else ""}><summary><h3>{message_html(entry.message)}</h3> <span class="tags">'
    yield f'<span class="severity">{entry.severity}</span> · {_STATES[entry.state]}</span></summary>'
    yield "<dl>"
    for label, text in _facts(report, entry):
        yield f"<dt>{label}</dt><dd>{text}</dd>"
    yield "</dl>"
    yield from _difference(entry, texts)
    if entry.witness is not None:
        for number, earlier in enumerate(entry.witness.earlier, 1):
            yield from _message(earlier, f"Request {number}, before it")
        yield from _message(
            entry.witness, "The request that shows it" if entry.witness.status is None else "The answer that shows it"
        )
    if entry.rule in report.pages:
        yield f'<p><a href="#rule-{text_html(entry.rule)}">Why, and what to do instead</a></p>'
    yield "</details></article>"


def _facts(report: Report, entry: Entry) -> Iterator[tuple[str, str]]:
    reached = entry.operations or ((entry.operation,) if entry.operation else ())
    if reached:
        yield "reaches", ", ".join(f'<code class="operation">{text_html(one)}</code>' for one in reached)
    if entry.where:
        yield "where", f"<code>{text_html(entry.where)}</code>"
    if entry.source is not None:
        line = "" if entry.source.line is None else f":{entry.source.line}"
        yield "file", f"<code>{text_html(entry.source.file + line)}</code>"
    if entry.reason is not None:
        yield "undecided", text_html(entry.reason)
    if entry.confirmation is not None:
        yield "on the app", text_html(f"{entry.confirmation.answer}: {entry.confirmation.note}")
    if entry.mend:
        yield "mend", text_html(entry.mend)
    if (said := decided(entry)) is not None:
        yield str(entry.state), text_html(said)
    for note in entry.notes:
        yield "decided", text_html(note)
    if report.kind == "diff":
        yield "base", text_html(report.base.name)
    yield "rule", f"<code>{text_html(entry.rule)}</code>"
    yield "id", f"<code>{text_html(entry.id)}</code>"


def _difference(entry: Entry, texts: Texts | None) -> Iterator[str]:
    before, after = value_text(entry.before), value_text(entry.after)
    if before or after:
        yield side_by_side(before, after, "The value before and after")
    if texts is not None and texts.before != texts.after:
        yield "<h4>The definition</h4>"
        yield side_by_side(texts.before, texts.after, "The definition before and after")


def _message(message: Message, title: str) -> Iterator[str]:
    yield f"<h4>{text_html(title)}</h4>"
    forms = [("curl", message.curl), ("JSON", json_text(message)), ("Python", python_text(message))]
    known = [(name, text) for name, text in forms if text]
    for number, (name, text) in enumerate(known):
        yield f'<details class="form"{" open" if number == 0 else ""}><summary>{name}</summary>'
        yield f'<button type="button" class="copy" hidden>Copy<span class="sr"> {name}</span></button>'
        yield f'<pre tabindex="0">{_lines(text)}</pre></details>'
    if message.refusal is not None:
        who = "the client refuses it" if message.status is not None else "refused"
        yield f'<p><span class="dim">{who}:</span> {text_html(message.refusal)}</p>'
    if message.answer is not None:
        status = "none came" if message.answer.status is None else str(message.answer.status)
        yield f'<p><span class="dim">answer:</span> {text_html(status)}</p>'
        if message.answer.body not in (None, ""):
            yield f'<pre tabindex="0">{_lines(value_text(message.answer.body))}</pre>'


def _lines(text: str) -> str:
    return "\n".join(text_html(line) for line in text.split("\n"))


def _forms(desk: Desk) -> Iterator[str]:
    """Yield the forms to sign and to take back, which the script puts into a finding when it is unfolded.

    A browser takes half a minute for thousands of forms, and no time for the two that are used.
    """
    hidden = f'<input type="hidden" name="token" value="{text_html(desk.token)}"><input type="hidden" name="id">'
    yield f'<template id="approve"><form method="post" action="/approve" class="sign">{hidden}'
    yield '<label>Reason <input name="reason" required maxlength="2000" autocomplete="off"></label>'
    yield '<label>Until (the last day; empty for no end) <input type="date" name="until"></label>'
    yield '<label>For <select name="operation"><option value="">all its operations</option></select></label>'
    yield "<button>Approve</button></form></template>"
    yield f'<template id="revoke"><form method="post" action="/revoke" class="sign">{hidden}'
    yield "<button>Revoke the approval</button></form></template>"
    yield "<noscript><p>Signing needs a script here; <code>contractkit approve ID</code> does without.</p></noscript>"


def _rules(reports: Sequence[Report]) -> Iterator[str]:
    """Yield the pages of the rules and checks, each once."""
    pages = {entry.rule: report.pages.get(entry.rule) for report in reports for entry in report.entries}
    known = [(rule, page) for rule, page in sorted(pages.items()) if page is not None]
    if known:
        yield '<section aria-labelledby="rules"><h2 id="rules">Rules: why, and what to do instead</h2>'
        for rule, page in known:
            yield f'<article class="rule" id="rule-{text_html(rule)}"><h3><code>{text_html(rule)}</code></h3>'
            yield from (f"<p>{text_html(part.replace(chr(10), ' '))}</p>" for part in page.text.split("\n\n"))
            yield "</article>"
        yield "</section>"


def _help(desk: Desk | None) -> Iterator[str]:
    keys = [("j", "next finding"), ("k", "previous finding"), ("o", "open or close it"), ("/", "filter")]
    if desk is not None:
        keys.append(("a", "approve it"))
    shown = ", ".join(f"<kbd>{key}</kbd> {what}" for key, what in keys)
    yield f'<footer><p class="keys">Keys: {shown}.</p></footer>'
