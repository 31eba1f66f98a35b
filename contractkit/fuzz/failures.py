"""Failing cases that are kept between runs: one JSON file for each finding, tried first by the next run.

The folder is `.contractkit/failures`, and `.contractkit` ignores itself in git. A case whose requests or answers hold a
password, a key or a token is not kept: it is found anew, or not at all, but never written to a disk.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contractkit.fuzz.check import checks
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.findings import MASK, Veil, fingerprint
from contractkit.fuzz.identities import User
from contractkit.fuzz.message import Exchange, Request, Response
from contractkit.model.errors import InputError
from contractkit.model.finding import Severity
from contractkit.store.files import write_atomically
from contractkit.store.leavings import leavings

_FORMAT = 1
_MOST = 200
"""How many cases are kept at most, those that were there first."""
_MAX_BODY = 1 << 16


@dataclass
class Kept:
    """The cases of earlier runs.

    Attributes:
        claims: what they claim, by the id of their finding, sorted.
        notes: what could not be read.
    """

    claims: dict[str, Claim] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Failures:
    """The cases of one API.

    Args:
        folder: where they are.
        title: the title of the contract; cases of other APIs in the same folder are left alone.
        users: the users, whose secrets are not written.
    """

    def __init__(self, folder: Path, title: str, users: Sequence[User]) -> None:
        self._folder = folder
        self._title = title
        self._veil = Veil(users)

    def load(self) -> Kept:
        """Return the cases there are; a file that cannot be read is told and passed over."""
        kept = Kept()
        for path in sorted(self._folder.glob("ck1-*.json"))[:_MOST]:
            try:
                value = json.loads(path.read_text(encoding="utf-8"))
                if value["title"] == self._title and value["format"] == _FORMAT:
                    kept.claims[path.stem] = _claim(value)
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                kept.notes.append(f"{path}: this failing case cannot be read ({error}); remove it")
        return kept

    def save(self, claims: Iterable[Claim], fixed: Iterable[str]) -> list[str]:
        """Write the cases of a run and remove those that no longer fail; return what went wrong, in words."""
        for name in fixed:
            with contextlib.suppress(OSError):
                (self._folder / f"{name}.json").unlink()
        rows = {id_of(claim): claim for claim in claims if self._is_lasting(claim) and self._is_open(claim)}
        try:
            there = {path.stem for path in self._folder.glob("ck1-*.json")}
            for name in sorted(set(rows) - there)[: max(0, _MOST - len(there))]:
                leavings(self._folder.parent.parent, self._folder.name)
                text = json.dumps(_value(rows[name], self._title), sort_keys=True, indent=1) + "\n"
                write_atomically(self._folder / f"{name}.json", text.encode())
        except (InputError, OSError) as error:
            return [f"failing cases could not be kept: {error}"]
        return []

    def _is_lasting(self, claim: Claim) -> bool:
        """Whether its own requests show it: no trait of the framework, nothing told by comparing many answers."""
        return not claim.grouped and checks()[claim.check].review is None

    def _is_open(self, claim: Claim) -> bool:
        """Whether nothing in the exchanges is a secret."""
        for step in claim.steps:
            shown = self._veil.step(step)
            if MASK in json.dumps([shown.url, shown.body, shown.headers, shown.answer, shown.answer_headers]):
                return False
            if len(step.request.body or b"") > _MAX_BODY or len(step.response.body) > _MAX_BODY:
                return False
        return True


def id_of(claim: Claim) -> str:
    """Return the id of the finding that a claim becomes."""
    return fingerprint(claim.check, "" if claim.grouped else claim.operation, claim.cause)


def _value(claim: Claim, title: str) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "title": title,
        "check": claim.check,
        "operation": claim.operation,
        "cause": claim.cause,
        "message": claim.message,
        "place": claim.place,
        "severity": str(claim.severity),
        "mend": claim.mend,
        "scenario": claim.scenario,
        "steps": [
            {
                "operation": step.operation,
                "method": step.request.method,
                "target": step.request.target,
                "headers": [list(row) for row in step.request.headers],
                "body": _encoded(step.request.body),
                "user": step.request.identity,
                "status": step.response.status,
                "answer_headers": [list(row) for row in step.response.headers],
                "answer": _encoded(step.response.body),
            }
            for step in claim.steps
        ],
    }


def _claim(value: dict[str, Any]) -> Claim:
    return Claim(
        check=value["check"],
        operation=value["operation"],
        cause=value["cause"],
        message=value["message"],
        steps=tuple(_exchange(step) for step in value["steps"]),
        place=value["place"],
        severity=Severity(value["severity"]),
        mend=value["mend"],
        scenario=value["scenario"],
    )


def _exchange(step: dict[str, Any]) -> Exchange:
    headers, answered = (tuple((str(n), str(v)) for n, v in step[key]) for key in ("headers", "answer_headers"))
    request = Request(step["method"], step["target"], headers, _decoded(step["body"]), step["user"])
    return Exchange(step["operation"], request, Response(step["status"], answered, _decoded(step["answer"]) or b""))


def _encoded(body: bytes | None) -> Any:
    """Return a body as text where it is, else in base64, for whoever opens the file."""
    if body is None:
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _decoded(value: Any) -> bytes | None:
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return None if value is None else str(value).encode()
