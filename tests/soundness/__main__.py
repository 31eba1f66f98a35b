"""`python -m tests.soundness --minutes 5 --seed 1`: trials by the minute; exit code 1 for an untrue word."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from contractkit.schema.engine import Mode
from tests.soundness import properties, whole
from tests.soundness.documents import Documents
from tests.soundness.generators import Generator
from tests.soundness.places import Pair
from tests.soundness.shrink import MOST_STEPS, shrunk
from tests.soundness.trials import UNDECIDED, Failure, Trial

MOST_REPORTS = 4
"""Failures of one kind that are made small and printed."""
MOST_UNDECIDED = 40


class Run:
    """Trials until the time is up; what they count and what they report."""

    def __init__(self, end: float, *, show_undecided: bool) -> None:
        self.end = end
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self._shown: Counter[str] = Counter()
        self.reports: set[str] = set()
        self.show_undecided = show_undecided

    def step(self, seed: int) -> None:
        """All trials of one seed: mostly a pair against the oracle, every fifth time what needs none."""
        if seed % 50 == 0:
            self._document(seed)
        elif seed % 5 == 0:
            self._properties(seed)
        elif seed % 5 == 1:
            pair = Generator(Random(seed), plain=True).parameters()
            self._oracle(pair, "request", seed, Mode.TEXT, "text")
        else:
            plain = seed % 5 == 2
            pair = Generator(Random(seed), plain=plain).pair()
            for direction in properties.DIRECTIONS:
                self._oracle(pair, direction, seed, Mode.JSON, "plain" if plain else "odd")

    def _oracle(self, pair: Pair, direction: str, seed: int, mode: Mode, family: str) -> None:
        trial = Trial(pair, direction, seed, mode)
        failures = trial.failures()
        self.counts[f"{family} {trial.verdict or 'failed'}"] += 1
        self.counts["values"] += trial.values
        for failure in failures:
            self._report(failure, seed, lambda found: _again(found, seed))
        if trial.verdict == UNDECIDED:
            self.reasons[_reason(trial.said)] += 1
            if self.show_undecided:
                failure = Failure(UNDECIDED, pair, direction, trial.said, None, mode)
                self._report(failure, seed, lambda found: _again(found, seed))

    def _properties(self, seed: int) -> None:
        rng = Random(seed)
        pair = Generator(rng).pair()
        self.counts["reflexive"] += 2
        for failure in properties.reflexive(pair.base):
            self._report(failure, seed, lambda found: properties.reflexive(found.pair.base))
        self.counts["unmoved"] += 12
        for failure in properties.unmoved(pair, Random(seed)):
            self._report(failure, seed, lambda found: properties.unmoved(found.pair, Random(seed)))
        side = Generator(rng, plain=True, marks=False).side()
        for name, found in properties.silent(side, rng):
            self.counts["rewrites"] += 1
            if found is not None:
                self.counts[f"rewrite {name}"] += 1
                self._report(found, seed, None)

    def _document(self, seed: int) -> None:
        """A whole document, an edit of it and a rewrite of it; now and then through the command line."""
        rng = Random(seed)
        documents = Documents(rng)
        base = documents.document(rng.choice((5, 20, 60)))
        revision = documents.edited(base, rng.choice((1, 5, 20)))
        self.counts["documents"] += 1
        verdict = whole.compared(base, revision)
        for finding in verdict.findings:
            self.counts[f"document {finding.severity} {finding.change.proof}"] += 1
        wrong = whole.untrue_witnesses(base, revision, verdict, self.counts)
        wrong += [f"not identical: {text}" for text in whole.not_identical(base)]
        loud = whole.loud(base, whole.respelled(base, rng, 10))
        self.counts["documents rewritten, not silent"] += bool(loud)
        wrong += [f"a rewrite is {text}" for text in loud if text.startswith("breaking")]
        if seed % 500 == 0:
            self.counts["command lines"] += 2
            with tempfile.TemporaryDirectory() as folder:
                wrong += whole.on_the_command_line(base, revision, Path(folder))
        for text in wrong:
            self.counts["FAILED document"] += 1
            print(f"seed {seed} [document] {text}\n", flush=True)

    def _report(self, failure: Failure, seed: int, again: Callable[[Failure], list[Failure]] | None) -> None:
        if failure.kind != UNDECIDED:
            self.counts[f"{'FAILED' if failure.is_untrue() else 'no answer:'} {failure.kind}"] += 1
        self._shown[failure.kind] += 1
        if self._shown[failure.kind] > (MOST_UNDECIDED if failure.kind == UNDECIDED else MOST_REPORTS):
            return
        small = failure if again is None or failure.kind == "hang" else smallest(failure, again, self.end)
        if small.text() not in self.reports:
            self.reports.add(small.text())
            print(f"seed {seed}\n{small.text()}\n", flush=True)


def smallest(failure: Failure, again: Callable[[Failure], list[Failure]], end: float) -> Failure:
    """The same failure with a smaller pair, the search for which ends in time; `again` makes a pair's failures."""

    def alike(pair: Pair) -> Failure | None:
        if time.monotonic() > end:
            return None
        candidate = Failure(failure.kind, pair, failure.direction, failure.said, None, failure.mode)
        return next(
            (one for one in again(candidate) if one.kind == failure.kind and _head(one) == _head(failure)), None
        )

    steps = 120 if failure.kind.startswith("moved") else MOST_STEPS
    return alike(shrunk(failure.pair, lambda pair: alike(pair) is not None, steps)) or failure


def _again(failure: Failure, seed: int) -> list[Failure]:
    trial = Trial(failure.pair, failure.direction, seed, failure.mode)
    found = trial.failures()
    if trial.verdict == UNDECIDED:
        found.append(Failure(UNDECIDED, failure.pair, failure.direction, trial.said, None, failure.mode))
    return found


def _head(failure: Failure) -> str:
    if failure.kind == UNDECIDED:
        return _reason(failure.said)
    return failure.said[:40] if failure.kind == "exception" else ""


def _reason(said: str) -> str:
    return said.split("(")[-1].split(")")[0]


def main() -> int:
    """Run trials, print each kind of failure made small, and the counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.soundness", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--undecided", action="store_true", help="show undecided pairs, made small")
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    run = Run(end, show_undecided=options.undecided)
    first = seed = options.seed * 1_000_000
    while time.monotonic() < end:
        run.step(seed)
        seed += 1
    failed = {name for name in run.counts if name.startswith("FAILED") and run.counts[name]}
    print(f"{seed - first} seeds from {first}")
    for name, count in sorted(run.counts.items()):
        if count:
            print(f"  {name}: {count}")
    for reason, count in run.reasons.most_common(12):
        print(f"  undecided for {reason}: {count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
