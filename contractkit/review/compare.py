"""Two texts side by side as an HTML table, the difference marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from contractkit.report.html import text_html

_MOST_LINES = 60
_LONGEST = 300
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def side_by_side(before: str, after: str, caption: str) -> str:
    """Return a table of two columns; lines that differ are marked, and in them the words that do.

    Args:
        before: the text of the base, empty where there was nothing.
        after: the text of the revision, empty where there is nothing.
        caption: what the two are, for readers who do not see them.
    """
    left, right = _lines(before), _lines(after)
    rows = "".join(
        f'<tr><td class="{kind}">{one}</td><td class="{kind}">{other}</td></tr>'
        for kind, one, other in _rows(left, right)
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text_html(caption)}"><table class="two">'
        '<thead><tr><th scope="col">before</th><th scope="col">after</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _lines(text: str) -> list[str]:
    lines = text.split("\n") if text else []
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"… and {len(lines) - _MOST_LINES} more lines"]
    return [line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…" for line in lines]


def _rows(left: list[str], right: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield kind, left cell and right cell."""
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            for line in left[a:b]:
                cell = text_html(line)
                yield "same", cell, cell
            continue
        for index in range(max(b - a, d - c)):
            one = left[a + index] if a + index < b else None
            other = right[c + index] if c + index < d else None
            yield "differs", *_marked(one, other)


def _marked(one: str | None, other: str | None) -> tuple[str, str]:
    """Return two lines with what differs marked; a line alone is marked as a whole."""
    if one is None or other is None:
        return _mark("del", one or ""), _mark("ins", other or "")
    words, others = _WORDS.findall(one), _WORDS.findall(other)
    left: list[str] = []
    right: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        gone, come = "".join(words[a:b]), "".join(others[c:d])
        left.append(text_html(gone) if tag == "equal" else _mark("del", gone))
        right.append(text_html(come) if tag == "equal" else _mark("ins", come))
    return "".join(left), "".join(right)


def _mark(element: str, text: str) -> str:
    return f"<{element}>{text_html(text)}</{element}>" if text else ""
