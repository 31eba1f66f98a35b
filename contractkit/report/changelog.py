"""The changelog of an API: what its users must do, made of the findings of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from contractkit.model.finding import Severity
from contractkit.model.verdict import Bump
from contractkit.report.jsontext import line_of
from contractkit.report.view import Entry, Message, Report, Side

_SHOWN = 400
_VERSION = "document-version-changed"  # the heading says it already
_DEPRECATION = ("deprecated", "sunset-changed")


class Group(StrEnum):
    """What the users of an API must do."""

    MUST = "must-change"
    MAY = "may-be-affected"
    DEPRECATED = "deprecated"
    NEW = "new"
    CORRECTIONS = "corrections"


TITLES = {
    Group.MUST: "Change this now",
    Group.MAY: "You may be affected",
    Group.DEPRECATED: "Deprecated: plan for it",
    Group.NEW: "New, for you to use",
    Group.CORRECTIONS: "Corrections: nothing to do",
}
INTRODUCTIONS = {
    Group.MUST: "Clients that were made for the old version fail here.",
    Group.MAY: "Some clients that were made for the old version may fail here.",
    Group.DEPRECATED: "This still works and will end.",
    Group.NEW: "Clients go on working without it.",
    Group.CORRECTIONS: "No client notices these, or only those that read the document itself.",
}


@dataclass(frozen=True, slots=True)
class Example:
    """One line to look at: what it is, in words, and a request, an answer or a value as text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One change as its users read it.

    Attributes:
        id: the id of the finding.
        sentence: what changed; names stand between backticks.
        where: the place in the request or response.
        also: the other operations that it reaches.
        examples: the old and the new, to look at.
    """

    id: str
    sentence: str
    where: str
    also: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The changes of one operation; the operation is empty for the whole API."""

    operation: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Changelog:
    """All changes, grouped by what users must do; groups and sections without any are left out."""

    base: Side
    revision: Side
    bump: str
    groups: tuple[tuple[Group, tuple[Section, ...]], ...]

    def count(self, group: Group) -> int:
        """Return how many changes a group holds."""
        return sum(len(section.items) for key, sections in self.groups if key is group for section in sections)


def changelog_of(report: Report) -> Changelog:
    """Return the changelog of a comparison; approvals do not matter to it, for users are affected all the same."""
    found: dict[Group, dict[str, list[Item]]] = {group: {} for group in Group}
    for entry in report.entries:
        if entry.rule != _VERSION:
            found[_group(entry)].setdefault(entry.operation, []).append(_item(entry))
    groups = [
        (group, tuple(Section(operation, tuple(items)) for operation, items in sections.items()))
        for group, sections in found.items()
        if sections
    ]
    return Changelog(report.base, report.revision, report.bump, tuple(groups))


def _group(entry: Entry) -> Group:
    """Return what users must do: the severity says it, and for what is safe the rule and who sends."""
    from contractkit.rules.registry import all_rules

    if entry.severity is not Severity.SAFE:
        return Group.MUST if entry.severity is Severity.BREAKING else Group.MAY
    if entry.rule in _DEPRECATION:
        return Group.DEPRECATED
    rule = all_rules().get(entry.rule)
    if rule is None or rule.bump is not Bump.MINOR:
        return Group.CORRECTIONS
    more = entry.rule.endswith("-added") or entry.rule == "reactivated"
    return Group.NEW if more or entry.direction == "request" else Group.CORRECTIONS


def _item(entry: Entry) -> Item:
    sentence = entry.message[:1].upper() + entry.message[1:]
    also = tuple(one for one in entry.operations if one != entry.operation)
    return Item(entry.id, f"{sentence}.", entry.where, also, tuple(_examples(entry)))


def _examples(entry: Entry) -> Iterator[Example]:
    if entry.before is not None and entry.after is not None:
        yield Example("Before", line_of(entry.before, _SHOWN))
        yield Example("Now", line_of(entry.after, _SHOWN))
    if entry.reason is not None:
        yield Example("Whether clients notice could not be told", entry.reason)
    witness = entry.witness
    if witness is None:
        return
    if witness.status is None:
        yield Example("Worked before, is refused now", _request(witness))
        yield Example("Why", witness.refusal or "")
    else:
        yield Example("May be answered now", _answer(witness))


def _request(witness: Message) -> str:
    line = f"{witness.method or ''} {witness.url or ''}".strip()
    return f"{line} {line_of(witness.body, _SHOWN)}" if witness.has_body else line


def _answer(witness: Message) -> str:
    headers = [f"{name}: {value}" for name, value in witness.headers.items() if name.lower() != "content-type"]
    parts = [witness.status or "", *headers]
    return " ".join([*parts, line_of(witness.body, _SHOWN)] if witness.has_body else parts)
