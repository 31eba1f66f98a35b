"""A cassette: requests in their order, and what one version answered; its text is made for git.

What a request carries on from an earlier answer stands in it as `{{name}}`; so do such values in the answers. Secrets
stand as `{{user.password}}`, and are filled in from the configuration when they are sent.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contractkit.fuzz.message import ABSENT
from contractkit.model.errors import InputError
from contractkit.replay.template import Template, expanded, shortened

FORMAT = 1
JSON, TEXT, BINARY, NONE = "json", "text", "binary", "none"
"""What the body of an answer is."""


@dataclass(frozen=True)
class Capture:
    """A value that later requests carry on.

    Attributes:
        name: what it is called in them.
        place: where the answer has it: `body/id` (a JSON pointer), `header/etag`, `header/location#last` for the last
            segment of its path, `form/token` for a hidden field of a page, `cookie/session` for a cookie.
        shape: the mark of its shape; see `contractkit.replay.marks`.
    """

    name: str
    place: str
    shape: str


@dataclass(frozen=True)
class Expected:
    """An answer.

    Attributes:
        status: its status.
        headers: its header fields, names in lower case; those that say nothing of the app are left out.
        form: what the body is: `json`, `text`, `binary` (its size and digest are kept) or `none`.
        body: the body.
        names: the values carried on that stand in it.
    """

    status: int
    headers: Template
    form: str
    body: Template
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A request and the answer to it.

    Attributes:
        operation: the key of the operation; empty where the contract has none.
        user: whose credentials go with it; None for nobody's.
        method: in upper case.
        target: path and query.
        headers: header fields.
        json: the JSON value of the body; ABSENT where it has none.
        text: the body where it is text that is no JSON.
        data: the body where it is no text.
        captures: what later requests carry on from the answer.
        expected: the answer; None where it is another one each time, and is not looked at.
    """

    operation: str
    user: str | None
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = ABSENT
    text: str | None = None
    data: bytes | None = None
    captures: tuple[Capture, ...] = ()
    expected: Expected | None = None


@dataclass(frozen=True)
class Cassette:
    """Requests that are played one after the other, beginning with a fresh app.

    Attributes:
        name: what it is called.
        clock: what the app's clock says at its begin, in seconds since 1970; None where the clock could not be set.
        steps: the requests and answers.
    """

    name: str
    clock: float | None
    steps: tuple[Step, ...] = field(default=())


def to_text(cassette: Cassette) -> str:
    """Return the text of a cassette: JSON, indented, the same bytes for the same requests and answers."""
    value = {
        "contractkit-cassette": FORMAT,
        "clock": cassette.clock,
        "steps": [_step_value(step) for step in cassette.steps],
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def from_text(name: str, text: str, subject: str) -> Cassette:
    """Return the cassette in a text.

    Args:
        name: what it is called.
        text: what `to_text` made.
        subject: its file, for errors.

    Raises:
        InputError: it is no cassette; the error names the step.
    """
    mend = "record it again with `contractkit record`"
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InputError(subject, f"not JSON: {error}", mend) from None
    if not isinstance(value, dict) or value.get("contractkit-cassette") != FORMAT:
        raise InputError(subject, f"is no cassette of format {FORMAT}", mend)
    steps: list[Step] = []
    try:
        clock = value["clock"]
        for row in value["steps"]:
            steps.append(_step_of(row))
        return Cassette(name, None if clock is None else float(clock), tuple(steps))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"{type(error).__name__}: {error}"
        raise InputError(subject, f"step {len(steps) + 1} cannot be read ({what})", mend) from None


def _step_value(step: Step) -> dict[str, Any]:
    request: dict[str, Any] = {"line": f"{step.method} {step.target}"}
    if step.headers:
        request["headers"] = _grouped(step.headers)
    if step.json is not ABSENT:
        request["json"] = step.json
    elif step.text is not None:
        request["text"] = step.text
    elif step.data is not None:
        request["base64"] = base64.b64encode(step.data).decode()
    found: dict[str, Any] = {"operation": step.operation, "user": step.user, "request": request}
    if step.captures:
        found["carried"] = {one.name: f"{one.place} {one.shape}" for one in step.captures}
    found["answer"] = None if step.expected is None else _answer_value(step.expected)
    return found


def _answer_value(expected: Expected) -> dict[str, Any]:
    found: dict[str, Any] = {"status": expected.status, "headers": expected.headers.value}
    if expected.form != NONE:
        found[expected.form] = expected.body.value
    notes = {
        "volatile": [
            *(f"headers{one}" for one in shortened(expected.headers.value, expected.headers.volatile)),
            *(f"body{one}" for one in shortened(expected.body.value, expected.body.volatile)),
        ],
        "unordered": [f"body{one}" for one in shortened(expected.body.value, expected.body.unordered)],
        "optional": [
            *(f"headers{one}" for one in sorted(expected.headers.optional)),
            *(f"body{one}" for one in shortened(expected.body.value, expected.body.optional)),
        ],
        "names": list(expected.names),
    }
    return {**found, **{key: row for key, row in notes.items() if row}}


def _grouped(headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return header fields by name; several of one name as a list."""
    found: dict[str, Any] = {}
    for name, value in headers:
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def _ungrouped(headers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, str(one)


def _step_of(row: Mapping[str, Any]) -> Step:
    request = row["request"]
    method, _, target = request["line"].partition(" ")
    data = base64.b64decode(request["base64"]) if "base64" in request else None
    captures = []
    for name, text in row.get("carried", {}).items():
        place, _, shape = text.rpartition(" ")
        captures.append(Capture(name, place, shape))
    return Step(
        operation=row["operation"],
        user=row["user"],
        method=method,
        target=target,
        headers=tuple(_ungrouped(request.get("headers", {}))),
        json=request.get("json", ABSENT),
        text=request.get("text"),
        data=data,
        captures=tuple(captures),
        expected=None if row["answer"] is None else _expected_of(row["answer"]),
    )


def _expected_of(row: Mapping[str, Any]) -> Expected:
    form = next((one for one in (JSON, TEXT, BINARY) if one in row), NONE)
    headers, body = dict(row["headers"]), row.get(form)

    def places(key: str, part: str, value: Any) -> frozenset[str]:
        found = [one.removeprefix(part) for one in row.get(key, ()) if one.startswith(part)]
        return frozenset(expanded(value, found))

    return Expected(
        status=int(row["status"]),
        headers=Template(
            headers, places("volatile", "headers", headers), optional=places("optional", "headers", headers)
        ),
        form=form,
        body=Template(body, *(places(key, "body", body) for key in ("volatile", "unordered", "optional"))),
        names=tuple(row.get("names", ())),
    )


def binary_value(body: bytes) -> dict[str, Any]:
    """Return what a cassette keeps of a body that is no text."""
    return {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
