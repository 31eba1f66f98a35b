"""Numbers that were read as null because nobody keeps them: where they differ, that is said."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from contractkit.diff.walk import compare
from contractkit.model.change import Proof
from contractkit.model.contract import Contract
from contractkit.model.records import replace
from contractkit.sources.load import load

Write = Callable[[str, str], Contract]
LONG = "7" * 5000


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def made(name: str, number: str) -> Contract:
        file = tmp_path / name
        schema = f'{{"type": "number", "maximum": {number}}}'
        info = '"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}'
        file.write_text(f'{{{info}, "components": {{"schemas": {{"A": {schema}}}}}}}')
        return load(str(file))

    return made


def shown(number: str) -> str:
    return f"{number[:12]}... (5000 characters, sha256:{hashlib.sha256(number.encode()).hexdigest()[:16]})"


@pytest.mark.parametrize(
    ("old", "new", "action", "before", "after"),
    [
        ("1e400", "1e500", "changed", "1e400", "1e500"),
        (LONG, f"{LONG[:-1]}8", "changed", shown(LONG), shown(f"{LONG[:-1]}8")),
        ("1e400", "null", "removed", "1e400", None),
        ("null", "NaN", "added", None, "NaN"),
    ],
)
@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_numbers_that_are_not_read_differ(
    write: Write, ending: str, old: str, new: str, action: str, before: str | None, after: str | None
) -> None:
    if ending == "yaml" and new == "NaN":
        new = ".nan"
    (change,) = compare(write(f"old.{ending}", old), write(f"new.{ending}", new)).changes
    assert (change.area, change.aspect, change.action) == ("document", "number", action)
    assert (change.location, change.before, change.after) == ("/components/schemas/A/maximum", before, after)
    assert (change.proof, change.reason) == (
        Proof.UNDECIDED,
        "the number is beyond what JSON readers keep, so it was not compared",
    )


def test_the_same_number_is_the_same_in_both_notations(write: Write) -> None:
    for json, yaml in (("1e400", "1e400"), ("NaN", ".nan"), ("-Infinity", "-.inf"), (LONG, LONG)):
        assert compare(write("a.json", json), write("b.yaml", yaml)).changes == ()


def test_a_stored_contract_has_null_for_it(write: Write) -> None:
    stored = replace(write("old.json", "null"), source="@shop")
    assert compare(stored, write("new.json", "1e400")).changes == ()
