"""The changelog of an API: what its users must do, made of the findings of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from contractkit.model.change import Witness
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


def changelog_of(report: Report, working: Callable[[str], Witness | None] = lambda _: None) -> Changelog:
    """Return the changelog of a comparison; approvals do not matter to it, for users are affected all the same.

    Args:
        report: the comparison.
        working: gives a request that the revision takes, by the key of an operation.
    """
    found: dict[Group, dict[str, list[Item]]] = {group: {} for group in Group}
    for entry in report.entries:
        if entry.rule != _VERSION:
            found[_group(entry)].setdefault(entry.operation, []).append(_item(entry, working))
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


def _item(entry: Entry, working: Callable[[str], Witness | None]) -> Item:
    sentence = entry.message[:1].upper() + entry.message[1:]
    also = tuple(one for one in entry.operations if one != entry.operation)
    return Item(entry.id, f"{sentence}.", entry.where, also, tuple(_examples(entry, working)))


def _examples(entry: Entry, working: Callable[[str], Witness | None]) -> Iterator[Example]:
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
        if (request := working(entry.operation)) is not None:
            yield Example("Works now", _request(request))
    else:
        yield Example("May be answered now", _answer(witness))


def _request(witness: Message | Witness) -> str:
    return _line([witness.method or "", witness.url or ""], witness)


def _answer(witness: Message) -> str:
    return _line([witness.status or ""], witness)


def _line(parts: list[str], message: Message | Witness) -> str:
    """Return a message on one line: its first words, its headers but for the media type, and its body."""
    parts += [f"({name}: {value})" for name, value in message.headers.items() if name.lower() != "content-type"]
    return " ".join([*parts, line_of(message.body, _SHOWN)] if message.has_body else parts)
