"""baseline.toml: what is known of a stored contract beside its document."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, fields

from contractkit.model.errors import InputError


@dataclass(frozen=True, slots=True)
class Baseline:
    """A stored contract's record.

    Attributes:
        name: the API's name.
        version: the contract's version.
        digest: the document's digest, `sha256:...`.
        captured_at: when it was stored: ISO 8601, UTC, whole seconds.
        commit: the commit it was taken from, empty where there is none.
        source: the source it was taken from, as the user wrote it.
    """

    name: str
    version: str
    digest: str
    captured_at: str
    commit: str
    source: str


def to_toml(baseline: Baseline) -> str:
    """Return the text of baseline.toml, one key a line in the order of the record's fields."""
    return "".join(f"{key} = {toml_text(value)}\n" for key, value in asdict(baseline).items())


def from_toml(text: str, subject: str) -> Baseline:
    """Return the record in the text of a baseline.toml.

    Raises:
        InputError: no TOML, or a key is missing or no text.
    """
    mend = "restore it from git, or save the baseline again with --force"
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(subject, f"not TOML: {error}", mend) from None
    values: dict[str, str] = {}
    for field in fields(Baseline):
        value = table.get(field.name)
        if not isinstance(value, str):
            raise InputError(subject, f"`{field.name}` is missing or no text", mend)
        values[field.name] = value
    return Baseline(**values)


def toml_text(value: str) -> str:
    """Return a TOML basic string: JSON's, but DEL must be escaped and surrogates cannot be (TOML 1.0, String)."""
    clean = value.encode("utf-8", "replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007F")
