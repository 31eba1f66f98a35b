"""Writes the changelog of an API as Markdown, HTML or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contractkit.report.changelog import INTRODUCTIONS, TITLES, Changelog, Group, Item
from contractkit.report.html import message_html, page, text_html
from contractkit.report.jsontext import pretty_json
from contractkit.report.markdown import code, prose
from contractkit.report.view import Side

_WHOLE = "The whole API"
_TEXT = 1_000


def changelog_json(changelog: Changelog) -> str:
    """Return the changelog as a JSON object with a newline at its end.

    Keys: `schema_version` (1), `kind` (`changelog`), `base` and `revision` as in the report, `required_bump`, and
    `groups`: a list of `group` (`must-change`, `may-be-affected`, `deprecated`, `new`, `corrections`), `title` and
    `operations`; each of these has `operation` (empty for the whole API) and `changes`: `id`, `sentence`, `where`,
    `also` (other operations) and `examples` (`label`, `text`).
    """
    return pretty_json(_values(changelog)) + "\n"


def _values(changelog: Changelog) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "kind": "changelog",
        "base": _side(changelog.base),
        "revision": _side(changelog.revision),
        "required_bump": changelog.bump,
        "groups": [
            {
                "group": str(group),
                "title": TITLES[group],
                "operations": [
                    {"operation": section.operation, "changes": [_change(item) for item in section.items]}
                    for section in sections
                ],
            }
            for group, sections in changelog.groups
        ],
    }


def _side(side: Side) -> dict[str, str]:
    return {"source": side.source, "title": side.title, "version": side.version, "digest": side.digest}


def _change(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "sentence": item.sentence,
        "where": item.where,
        "also": list(item.also),
        "examples": [{"label": one.label, "text": one.text} for one in item.examples],
    }


def changelog_markdown(changelog: Changelog) -> str:
    """Return the changelog as Markdown with a newline at its end; what documents say is in code spans."""
    return "\n".join(_markdown(changelog)) + "\n"


def _markdown(changelog: Changelog) -> Iterator[str]:
    yield f"# {_name(code(changelog.revision.title or 'API'), changelog, code)}"
    yield ""
    yield _summary(changelog)
    for group, sections in changelog.groups:
        yield ""
        yield f"## {TITLES[group]}"
        yield ""
        yield INTRODUCTIONS[group]
        for section in sections:
            yield ""
            yield f"### {code(section.operation) if section.operation else _WHOLE}"
            yield ""
            for item in section.items:
                yield from _markdown_item(item)


def _markdown_item(item: Item) -> Iterator[str]:
    yield f"- {prose(item.sentence)}" + (f" ({code(item.where)})" if item.where else "")
    if item.also:
        yield f"  - Also in {', '.join(code(one) for one in item.also)}"
    for one in item.examples:
        yield f"  - {one.label}: {code(one.text, _TEXT)}"


def changelog_html(changelog: Changelog) -> str:
    """Return the changelog as one HTML document with a newline at its end."""
    title = _name(changelog.revision.title or "API", changelog, str)
    header = [f"<h1>{text_html(title)}</h1>", f"<p>{text_html(_summary(changelog))}</p>"]
    return page(title, header, [*_html(changelog)])


def _html(changelog: Changelog) -> Iterator[str]:
    for group, sections in changelog.groups:
        yield f'<section aria-labelledby="{group}">'
        yield f'<h2 id="{group}">{text_html(TITLES[group])}</h2>'
        yield f"<p>{text_html(INTRODUCTIONS[group])}</p>"
        for section in sections:
            yield f'<article class="{_CLASSES[group]}">'
            name = f"<code>{text_html(section.operation)}</code>" if section.operation else _WHOLE
            yield f"<h3>{name}</h3>"
            yield "<ul>"
            for item in section.items:
                yield from _html_item(item)
            yield "</ul>"
            yield "</article>"
        yield "</section>"


_CLASSES = {
    Group.MUST: "breaking",
    Group.MAY: "risky",
    Group.DEPRECATED: "risky",
    Group.NEW: "safe",
    Group.CORRECTIONS: "safe",
}


def _html_item(item: Item) -> Iterator[str]:
    where = f' <span class="dim">({text_html(item.where)})</span>' if item.where else ""
    yield f"<li><p>{message_html(item.sentence)}{where}</p>"
    if item.also:
        yield f"<p>Also in {', '.join(f'<code>{text_html(one)}</code>' for one in item.also)}</p>"
    if item.examples:
        yield "<dl>"
        for one in item.examples:
            yield f'<dt>{text_html(one.label)}</dt><dd class="value">{text_html(one.text)}</dd>'
        yield "</dl>"
    yield "</li>"


def _name(title: str, changelog: Changelog, style: Callable[[str], str]) -> str:
    versions = (changelog.base.version, changelog.revision.version)
    if not all(versions) or versions[0] == versions[1]:
        return title
    return f"{title}: from {style(versions[0])} to {style(versions[1])}"


def _summary(changelog: Changelog) -> str:
    """Return one sentence about what there is to do."""
    must, may = changelog.count(Group.MUST), changelog.count(Group.MAY)
    if must:
        text = "1 change needs your work" if must == 1 else f"{must} changes need your work"
        return f"{text}; {may} more may." if may else f"{text}."
    if may:
        return f"{may} change{'' if may == 1 else 's'} may need your work."
    return "Nothing here needs your work." if changelog.groups else "Nothing changed."
