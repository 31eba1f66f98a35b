"""Random pairs of schemas against the oracle; `python -m tests.soundness` tries the same by the minute."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from contractkit.schema.engine import Mode
from tests.soundness.generators import Generator
from tests.soundness.properties import DIRECTIONS, reflexive, unmoved
from tests.soundness.trials import UNDECIDED, Trial

PAIRS = 120


@pytest.mark.parametrize(("plain", "undecided"), [(True, 0.01), (False, 0.03)])
def test_what_is_said_of_pairs_is_true(plain: bool, undecided: float) -> None:
    verdicts: Counter[str] = Counter()
    failures = []
    for seed in range(PAIRS):
        pair = Generator(Random(seed), plain=plain).pair()
        for direction in DIRECTIONS:
            trial = Trial(pair, direction, seed)
            failures += [f"seed {seed}\n{failure.text()}" for failure in trial.failures()]
            verdicts[trial.verdict] += 1
    assert "\n\n".join(failures) == ""
    assert verdicts[UNDECIDED] <= undecided * verdicts.total(), verdicts
    assert min(verdicts["compatible"], verdicts["breaking"]) > PAIRS / 4, verdicts


def test_what_is_said_of_parameters_is_true() -> None:
    failures = []
    for seed in range(PAIRS):
        trial = Trial(Generator(Random(seed), plain=True).parameters(), "request", seed, Mode.TEXT)
        failures += [f"seed {seed}\n{failure.text()}" for failure in trial.failures()]
    assert "\n\n".join(failures) == ""


def test_a_schema_does_not_differ_from_itself() -> None:
    failures = [one.text() for seed in range(PAIRS) for one in reflexive(Generator(Random(seed)).side())]
    assert "\n\n".join(failures) == ""


def test_verdicts_do_not_depend_on_spelling() -> None:
    failures = [one.text() for seed in range(25) for one in unmoved(Generator(Random(seed)).pair(), Random(seed))]
    assert "\n\n".join(failures) == ""
