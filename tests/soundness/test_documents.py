"""Whole random documents, their edits and their rewrites, in process and by the command line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.soundness.documents import Documents, operations_of
from tests.soundness.whole import (
    compared,
    loud,
    not_identical,
    on_the_command_line,
    respelled,
    untrue_witnesses,
)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_said_of_edited_documents_is_true(seed: int) -> None:
    documents = Documents(Random(seed))
    base = documents.document(20)
    revision = documents.edited(base, 8)
    counts: Counter[str] = Counter()
    assert untrue_witnesses(base, revision, compared(base, revision), counts) == []
    assert not_identical(base) == []


def test_documents_and_their_edits_show_witnesses() -> None:
    counts: Counter[str] = Counter()
    for seed in range(100, 104):
        documents = Documents(Random(seed))
        base = documents.document(30)
        assert len(list(operations_of(base))) >= 30
        revision = documents.edited(base, 25)
        assert untrue_witnesses(base, revision, compared(base, revision), counts) == []
    assert counts["witnesses"] > 8


def test_rewritten_documents_are_silent() -> None:
    undecided = 0
    for seed in range(8):
        rng = Random(seed)
        base = Documents(rng).document(12)
        said = loud(base, respelled(base, rng, 10))
        assert [text for text in said if not text.startswith("risky undecided")] == []
        undecided += bool(said)
    # Recursive `oneOf`s whose branches overlap are beyond the engine once they are spelled in two ways.
    assert undecided <= 1


def test_the_command_line_says_the_same_under_any_hash_seed(tmp_path: Path) -> None:
    documents = Documents(Random(5))
    base = documents.document(25)
    assert on_the_command_line(base, documents.edited(base, 10), tmp_path) == []
