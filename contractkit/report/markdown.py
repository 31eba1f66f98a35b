"""The Markdown report: a comment on a pull request, or a job's summary.

Short first, details folded, and under GitHub's limit of 65,536 characters for a comment. Whatever a document says is
in a code span or a code block, where nothing pings, links or is read as HTML or Markdown (GitHub Flavored Markdown
0.29, 6.3 and 4.10; GitHub leaves mentions and references inside of code alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from contractkit.report.lines import detail_lines
from contractkit.report.terminal import visible
from contractkit.report.view import Entry, Report, State, counted, headline, summary, unused_line

MARKER = "<!-- contractkit -->"
"""The first line of the comment, by which it is found again to be updated."""

LIMIT = 65_000
"""Characters that are used of those that GitHub takes, so that a CI job can add a line of its own."""

_MESSAGE = 300
_ROWS = 50
_RESERVE = 300
_TITLES = {
    State.FAILS: "What fails the check",
    State.APPROVED: "Approved",
    State.IGNORED: "Ignored by the configuration",
    State.PASSES: "Does not fail the check",
}


def render_markdown(reports: Sequence[Report]) -> str:
    """Return the reports as one Markdown text, with a newline at its end; what is too much is left out, and says so."""
    page = _Page()
    page.add([MARKER, f"**contractkit: {headline(reports)}.**"])
    for report in reports:
        page.add(["", _sides(report), "", summary(report)])
    for report in reports:
        failing = report.of(State.FAILS)
        if failing:
            page.add(["", *_table(failing)])
    for report in reports:
        for state, title in _TITLES.items():
            page.fold(title, [_block(entry) for entry in report.of(state)], report if len(reports) > 1 else None)
        if report.run is not None and report.run.untested:
            rows = [
                f"- {code(one.operation)}: {prose(one.reason)}{' (allowed)' if one.allowed else ''}"
                for one in report.run.untested
            ]
            page.fold("Not tested", rows, None)
        page.fold("Approvals that do not count", [f"- {prose(unused_line(one))}" for one in report.unused], None)
        page.fold("Notes", [f"- {prose(note)}" for note in report.notes], None)
    return page.text()


def code(text: str, longest: int = _MESSAGE) -> str:
    r"""Return a text as a code span that is safe inside of a table too.

    A pipe is written `\|` there (GFM 0.29, 4.10); a backslash before it would take the escape for itself, so that an
    invisible space stands between.
    """
    text = _cut(visible(text), longest).replace("\\|", "\\\u200b|").replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    edge = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{edge}{text}{edge}{fence}"


_PLAIN = re.compile(r"[(\"']?[^\W_]+(?:['.,-][^\W\d_]+)*[)\"',.;:?]*|[-·.,;]")
_PIECES = re.compile(r"""[\[{](?:"(?:[^"\\]|\\.)*"|[^"\[\]{}])*[\]}][^ ]*|[^ ]+| +""")
"""Words, spaces, and lists and objects of JSON, which may hold spaces."""
_LINKED = re.compile(r"(?i)www|[0-9a-f]{7,}|gh-")


def prose(text: str, longest: int = 1_000) -> str:
    """Return a sentence that may hold names and values: what is not plainly a word becomes a code span.

    The messages of rules set names between backticks; these are kept as the code spans that they mean.
    """
    parts = _cut(visible(text), longest).split("`")
    if len(parts) % 2 == 0:
        return code(text, longest)  # a name that holds a backtick: nobody can tell where it ends
    return "".join(
        (code(part) if part else "") if index % 2 else "".join(map(_word, _PIECES.findall(part)))
        for index, part in enumerate(parts)
    )


def _word(word: str) -> str:
    """Return a word or space as it is where it is plainly one, else as a code span, the sentence's marks behind it."""
    if word.isspace() or (_PLAIN.fullmatch(word) and not _LINKED.search(word)):
        return word
    inner = word.rstrip(".,;")
    return f"{code(inner)}{word[len(inner) :]}" if inner else code(word)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _sides(report: Report) -> str:
    if report.run is not None:
        done = "replayed" if report.kind == "replay" else "fuzzed"
        return f"{code(report.base.name)}, {done} at {code(report.revision.source)}"
    return f"{code(report.base.name)} → {code(report.revision.name)}"


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    yield "| | Operation | What | Id |"
    yield "|---|---|---|---|"
    for entry in entries[:_ROWS]:
        others = len(entry.operations) - 1
        more = f" and {counted(others, 'more operation')}" if others > 0 else ""
        place = entry.source
        at = "" if place is None else f" ({code(place.file if place.line is None else f'{place.file}:{place.line}')})"
        what = prose(entry.message, _MESSAGE) + at
        yield f"| {entry.severity} | {code(entry.about)}{more} | {what} | {code(entry.id)} |"
    if len(entries) > _ROWS:
        yield ""
        yield f"… and {len(entries) - _ROWS} more that fail."


def _block(entry: Entry) -> str:
    lines = [f"{entry.severity}: {visible(entry.about)}: {visible(entry.message)}", *detail_lines(entry)]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(longest + 1, 3)
    return "\n".join([f"{fence}text", *lines, fence, ""])


class _Page:
    """The text so far, which never grows above the limit."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0
        self._left_out = 0

    def add(self, lines: Sequence[str]) -> None:
        """Add lines that belong to the short part; those for which there is no room are left out."""
        for line in lines:
            if self._length + len(line) + 1 > LIMIT - _RESERVE:
                self._left_out += 1
                continue
            self._lines.append(line)
            self._length += len(line) + 1

    def fold(self, title: str, blocks: Sequence[str], report: Report | None) -> None:
        """Add blocks behind a line that opens them, as many as there is room for."""
        if not blocks:
            return
        of = "" if report is None else f": {visible(report.base.version)} → {visible(report.revision.version)}"
        name = f"{title} ({len(blocks)})"
        head, foot = ["", "<details>", f"<summary>{name}</summary>", ""], ["", "</details>"]
        if of:
            head += [code(of.removeprefix(": ")), ""]
        room = LIMIT - _RESERVE - self._length - sum(len(line) + 1 for line in (*head, *foot))
        taken: list[str] = []
        for block in blocks:
            if len(block) + 1 > room:
                break
            room -= len(block) + 1
            taken.append(block)
        self._left_out += len(blocks) - len(taken)
        if taken:
            self._lines += [*head, *taken, *foot]
            self._length = LIMIT - _RESERVE - room

    def text(self) -> str:
        """Return the whole."""
        if self._left_out:
            note = f"{counted(self._left_out, 'part')} left out to stay below the size of a comment"
            self._lines += ["", f"*{note}; `--format html:FILE` and `--format json:FILE` have all of it.*"]
        return "\n".join(self._lines) + "\n"
