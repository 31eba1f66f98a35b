"""A finding's details as plain lines, for the formats that show text: JUnit, Markdown and the like."""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.report.jsontext import line_of
from contractkit.report.terminal import MOST_SHOWN, shortened, visible
from contractkit.report.view import Entry, Message, State
from contractkit.report.words import may_come

_VALUE = 600
_REACHED = 12
_LABEL = 10


def detail_lines(entry: Entry) -> list[str]:
    """Return what is known of a finding, a label and a text on each line; all of it is visible (see `visible`)."""
    return [f"{label:<{_LABEL}}{text}" for label, text in details(entry)]


def details(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what is known of a finding: a label and a text, which is visible and one line."""
    if entry.where:
        yield "where", visible(entry.where)
    if entry.source is not None:
        line = "" if entry.source.line is None else f":{entry.source.line}"
        yield "file", visible(entry.source.file + line)
    if len(entry.operations) > 1:
        rest = len(entry.operations) - _REACHED
        yield "reaches", visible(", ".join(entry.operations[:_REACHED])) + (f" and {rest} more" if rest > 0 else "")
    if entry.before is not None or entry.after is not None:
        yield "before", shown(entry.before)
        yield "after", shown(entry.after)
    if entry.reason is not None:
        yield "undecided", visible(entry.reason)
    if entry.witness is not None:
        for earlier in entry.witness.earlier:
            yield from message_lines(earlier, "first")
        yield from message_lines(entry.witness, "proof")
    if entry.confirmation is not None:
        yield "on the app", visible(f"{entry.confirmation.answer}: {entry.confirmation.note}")
    if entry.mend:
        yield "mend", visible(entry.mend)
    if (decision := decided(entry)) is not None:
        yield entry.state, visible(decision)
    for note in entry.notes:
        yield "decided", visible(note)
    yield "id", visible(f"{entry.id} {entry.rule}")


def message_lines(message: Message, label: str) -> Iterator[tuple[str, str]]:
    """Yield a request or response, what the other side says to it, and what the app answered."""
    if message.curl is not None and len(message.curl) <= MOST_SHOWN:
        yield label, visible(message.curl)
    else:
        if message.method is not None or message.url is not None:
            yield label, shortened(f"{message.method or ''} {message.url or ''}".strip())
        else:
            yield label, visible(may_come(message.status))
        if message.headers:
            yield "headers", shortened(", ".join(f"{name}: {value}" for name, value in message.headers.items()))
        if message.has_body:
            yield "body", shown(message.body)
    if message.refusal is not None:
        who = "refused" if message.status is None else "the client refuses it"
        yield "answer", visible(f"{who}: {message.refusal}")
    if message.answer is not None:
        status = "none came" if message.answer.status is None else str(message.answer.status)
        body = "" if message.answer.body in (None, "") else " " + shown(message.answer.body)
        yield "answer", status + body


def decided(entry: Entry) -> str | None:
    """Return who approved a finding and why, or why it is ignored, as it was written; None where nobody did."""
    if entry.state is State.APPROVED and entry.approval is not None:
        until = f" until {entry.approval.until}" if entry.approval.until else ""
        return f"by {entry.approval.by}{until}: {entry.approval.reason}"
    return entry.ignored if entry.state is State.IGNORED else None


def shown(value: object) -> str:
    """Return a JSON value on one visible line, cut with `…` where it is long; `-` for nothing."""
    return "-" if value is None else visible(line_of(value, _VALUE))
