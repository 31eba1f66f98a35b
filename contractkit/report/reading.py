"""Reads the values of a JSON report into the objects of `view`; what is no report is refused with its place."""

from __future__ import annotations

import base64
import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from contractkit.model.errors import InputError
from contractkit.model.finding import Severity
from contractkit.model.records import replace
from contractkit.model.verdict import VersionStep
from contractkit.report.pages import rule_page
from contractkit.report.view import (
    Answer,
    Approval,
    Confirmation,
    Describe,
    Entry,
    Message,
    Place,
    Report,
    Run,
    Side,
    Untested,
    Unused,
)

_MEND = "write one with `contractkit diff --format json:FILE` or `contractkit fuzz --format json:FILE`"
_SCHEMA_VERSION = 1
_CONFIG = "pyproject.toml"
_Read = TypeVar("_Read")


def read_reports(
    value: object, subject: str = "report", *, describe: Describe = rule_page, config: str = _CONFIG, folder: str = ""
) -> list[Report]:
    """Return the reports that JSON values hold: one, or those of a comparison with several baselines.

    Args:
        value: what `--format json` wrote.
        subject: what it is called in errors.
        describe: gives the page of a rule or check.
        config: the file that findings without any other place are shown in, in the working folder.
        folder: the working folder, as seen from the root that places are named from.

    Raises:
        InputError: it is no report; see `read_report`.
    """
    rows = [value]
    if isinstance(value, dict) and value.get("kind") == "diffs":
        rows = value.get("reports") or []
        if not isinstance(rows, list) or not rows:
            raise InputError(subject, "this is no report: `reports` should be a list of reports", _MEND)
    return [read_report(one, subject, describe=describe, config=config, folder=folder) for one in rows]


def read_report(
    value: object, subject: str = "report", *, describe: Describe = rule_page, config: str = _CONFIG, folder: str = ""
) -> Report:
    """Return the report that JSON values hold.

    Keys that a later version adds are passed over, and so are absent ones that an earlier version did not write:
    without `fails`, a finding fails where it is breaking and neither approved nor ignored.

    Args:
        value: the object of a JSON report of `diff`, `fuzz` or `replay`.
        subject: what it is called in errors.
        describe: gives the page of a rule or check.
        config: the file that findings without any other place are shown in, in the working folder.
        folder: the working folder, as seen from the root that places are named from.

    Raises:
        InputError: it is no report, or has another schema version; the error names the key.
    """
    fields = _Fields(value, "", subject)
    if (version := fields.whole("schema_version")) != _SCHEMA_VERSION:
        raise InputError(subject, f"its schema_version is {version}; this contractkit reads {_SCHEMA_VERSION}", _MEND)
    kind = fields.text("kind")
    if kind not in ("diff", "fuzz", "replay"):
        raise fields.wrong("kind", "`diff`, `fuzz` or `replay`")
    entries = tuple(_entry(one) for one in fields.objects("findings"))
    pages = {rule: describe(rule) for rule in sorted({entry.rule for entry in entries})}
    return Report(
        kind=kind,
        outcome=fields.text("outcome"),
        bump=fields.text("required_bump"),
        base=_side(fields.child("base")),
        revision=_side(fields.child("revision")),
        version=_maybe(fields.child_or_none("version"), _version),
        entries=entries,
        unused=tuple(_unused(one) for one in fields.objects("unused_approvals"))
        if fields.has("unused_approvals")
        else (),
        run=_run(fields, entries) if kind != "diff" else None,
        notes=fields.texts("notes") if kind != "diff" else _warnings(fields),
        pages={rule: page for rule, page in pages.items() if page is not None},
        config=posixpath.normpath(posixpath.join(folder, config)),
        folder=folder,
    )


class _Fields:
    """The fields of one JSON object, each read as the type it should have; an error names its place."""

    def __init__(self, value: object, place: str, subject: str) -> None:
        self._place = place
        self._subject = subject
        if not isinstance(value, dict):
            raise InputError(subject, f"this is no report: {place or 'it'} is no object", _MEND)
        self._values: dict[str, Any] = value

    def wrong(self, key: str, what: str) -> InputError:
        """Return the error for a field that is not what it should be."""
        problem = f"should be {what}" if key in self._values else "is missing"
        return InputError(self._subject, f"this is no report: `{self._name(key)}` {problem}", _MEND)

    def _name(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def has(self, key: str) -> bool:
        return key in self._values

    def value(self, key: str) -> Any:
        """Return whatever JSON value stands there, None where nothing does."""
        return self._values.get(key)

    def text(self, key: str) -> str:
        value = self.value(key)
        if not isinstance(value, str):
            raise self.wrong(key, "a text")
        return value

    def text_or_none(self, key: str) -> str | None:
        return None if self.value(key) is None else self.text(key)

    def bytes_or_none(self, key: str) -> bytes | None:
        if not self.has(key):
            return None
        try:
            return base64.b64decode(self.text(key), validate=True)
        except ValueError:
            raise self.wrong(key, "base64") from None

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def whole(self, key: str) -> int:
        value = self.value(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "a whole number")
        return value

    def whole_or_none(self, key: str) -> int | None:
        return None if self.value(key) is None else self.whole(key)

    def number(self, key: str) -> float:
        value = self.value(key)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.wrong(key, "a number")
        try:
            return float(value)
        except OverflowError:
            raise self.wrong(key, "a number below 1.8e308") from None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.value(key)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(key, "a list of texts")
        return tuple(value)

    def named_texts(self, key: str) -> Mapping[str, str]:
        value = self._values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise self.wrong(key, "an object of texts")
        return value

    def child(self, key: str) -> _Fields:
        value = self.value(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "an object")
        return _Fields(value, self._name(key), self._subject)

    def child_or_none(self, key: str) -> _Fields | None:
        return None if self.value(key) is None else self.child(key)

    def objects(self, key: str) -> list[_Fields]:
        value = self.value(key)
        if not isinstance(value, list):
            raise self.wrong(key, "a list")
        return [_Fields(one, f"{self._name(key)}[{index}]", self._subject) for index, one in enumerate(value)]


def _side(fields: _Fields) -> Side:
    return Side(fields.text("source"), fields.text("title"), fields.text("version"), fields.text("digest"))


def _id(fields: _Fields) -> str:
    """Return the id of a finding, which becomes part of a file's name where it is approved."""
    text = fields.text("id")
    if not re.fullmatch(r"ck1-[0-9a-f]{16}", text):
        raise fields.wrong("id", "`ck1-` and 16 hexadecimal digits")
    return text


def _entry(fields: _Fields) -> Entry:
    try:
        severity = Severity(fields.text("severity"))
    except ValueError:
        raise fields.wrong("severity", "`breaking`, `risky` or `safe`") from None
    approval = _maybe(fields.child_or_none("approval"), _approval)
    ignored = fields.text_or_none("ignored")
    unsettled = approval is None and ignored is None
    return Entry(
        id=_id(fields),
        rule=fields.text("rule"),
        severity=severity,
        proof=fields.text("proof"),
        operation=fields.text("operation"),
        direction=fields.text_or_none("direction"),
        location=fields.text("location"),
        component=fields.text_or_none("component"),
        operations=fields.texts("operations"),
        message=fields.text("message"),
        before=fields.value("before"),
        after=fields.value("after"),
        witness=_maybe(fields.child_or_none("witness"), _message),
        source=_maybe(fields.child_or_none("source"), _place),
        approval=approval,
        ignored=ignored,
        fails=fields.flag("fails") if fields.has("fails") else unsettled and severity is Severity.BREAKING,
        reason=fields.text_or_none("reason"),
        confirmation=_maybe(fields.child_or_none("confirmation"), _confirmation),
        mend=fields.text_or_none("mend") or "",
        notes=fields.texts("notes") if fields.has("notes") else (),
    )


def _maybe(fields: _Fields | None, read: Callable[[_Fields], _Read]) -> _Read | None:
    return None if fields is None else read(fields)


def _approval(fields: _Fields) -> Approval:
    return Approval(fields.text("by"), fields.text("reason"), fields.text("at"), fields.text_or_none("until"))


def _unused(fields: _Fields) -> Unused:
    return Unused(fields.text("finding"), _approval(fields), fields.text("why"))


def _version(fields: _Fields) -> VersionStep:
    return VersionStep(fields.text("needed"), fields.flag("enough"), fields.flag("fails"))


def _place(fields: _Fields) -> Place:
    return Place(fields.text("file"), fields.whole_or_none("line"), fields.whole_or_none("column"))


def _message(fields: _Fields) -> Message:
    return Message(
        method=fields.text_or_none("method"),
        url=fields.text_or_none("url"),
        headers=fields.named_texts("headers"),
        has_body=fields.has("body"),
        body=fields.value("body"),
        raw=fields.bytes_or_none("base64"),
        truncated=fields.has("truncated") and fields.flag("truncated"),
        curl=fields.text_or_none("curl"),
        status=fields.text_or_none("status"),
        refusal=fields.text_or_none("refusal"),
        answer=_maybe(fields.child_or_none("response"), _answer),
        earlier=tuple(_message(one) for one in fields.objects("sequence")) if fields.has("sequence") else (),
    )


def _answer(fields: _Fields) -> Answer:
    return Answer(fields.whole_or_none("status"), fields.named_texts("headers"), fields.value("body"))


def _confirmation(fields: _Fields) -> Confirmation:
    sent = _maybe(fields.child_or_none("request"), _message)
    if sent is not None:
        answer = _maybe(fields.child_or_none("response"), _answer)
        sent = replace(sent, answer=answer)
    return Confirmation(fields.text("answer"), fields.text("note"), sent)


def _warnings(fields: _Fields) -> tuple[str, ...]:
    sides = fields.child("warnings")
    rows = [(side, one) for side in ("base", "revision") for one in sides.objects(side)]
    return tuple(
        f"set aside in the {side}, {one.text('place') or 'the document'}: {one.text('text')}" for side, one in rows
    )


def _run(fields: _Fields, entries: tuple[Entry, ...]) -> Run:
    operations = fields.child("operations")
    untested = tuple(
        Untested(one.text("operation"), one.text("reason"), one.flag("allowed"))
        for one in operations.objects("untested")
    )
    if operations.has("partial"):
        operations.texts("partial")  # for those that put reports together
    named = {key: None for entry in entries for key in (entry.operation, *entry.operations) if key}
    return Run(
        operations=operations.texts("names") if operations.has("names") else tuple(named),
        total=operations.whole("total"),
        tested=operations.whole("tested"),
        untested=untested,
        unstable=tuple(_entry(one) for one in fields.objects("unstable")),
        requests=fields.whole("requests"),
        seconds=fields.number("seconds"),
        seed=fields.whole("seed"),
        complete=fields.flag("complete"),
    )
