"""Plays cassettes on another version and tells what it answers otherwise; what does not show twice is unstable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.pool import errands
from contractkit.fuzz.unit import Errand, Workbench
from contractkit.replay.answer import answer_of
from contractkit.replay.cassette import Cassette, Step
from contractkit.replay.compare import differences
from contractkit.replay.difference import Difference, rule_of
from contractkit.replay.marks import TEXT, kind_of
from contractkit.replay.masking import Masks
from contractkit.replay.play import clock, played, wanted

_SHOWN = 5
"""Earlier requests that a finding shows at most."""
_MOST = 200
"""Differences of one cause that are kept of a cassette."""
Told = Callable[[int], None]
Cause = tuple[str, str, str]
"""Rule, operation and place: differences that have all three in common are one finding."""


@dataclass
class Shown:
    """The differences of one cause.

    Attributes:
        found: the differences, each once, in the order in which they came.
        steps: the requests that show the first of them, those first that it carries something on from.
        last: the last request that shows it.
        count: how many recorded requests show it.
    """

    found: list[Difference]
    steps: list[Exchange]
    last: Exchange
    count: int = 1


@dataclass
class Outcome:
    """What came of playing a cassette.

    Attributes:
        causes: the differences by their cause.
        sent: how many requests were sent to each operation.
        statuses: how often each status came, by operation.
        unplayed: requests that could not be sent, as what they carry on was not answered: why, by operation.
    """

    causes: dict[Cause, Shown] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    unplayed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Replaying(Errand):
    """Plays a cassette and compares the answers.

    Attributes:
        cassette: the cassette.
        masks: knows the secrets that placeholders stand for.
    """

    cassette: Cassette
    masks: Masks

    def run(self, bench: Workbench, skipped: frozenset[Request]) -> Outcome:
        """Do it; see `Errand`."""
        outcome = Outcome()
        givers: dict[str, Exchange] = {}
        with clock(self.cassette.clock) as now:
            session = bench.session(skipped)
            try:
                for one in played(self.cassette, session, self.masks, now):
                    if one.exchange is None:
                        why = f"`{one.missing}`, which it carries on, was not answered"
                        outcome.unplayed.append((one.step.operation, why))
                        continue
                    key, status = one.exchange.operation, one.exchange.response.status
                    outcome.sent[key] += 1
                    outcome.statuses.setdefault(key, Counter())[status] += 1
                    if one.step.captures:
                        givers.update({capture.name: one.exchange for capture in one.step.captures})
                    if one.step.expected is not None:
                        answer = answer_of(one.exchange.response, one.values, one.step.expected.names)
                        for difference in differences(one.step.expected, answer):
                            _note(outcome, difference, one.step, one.exchange, givers)
            finally:
                session.close()
        return outcome


def _note(
    outcome: Outcome, difference: Difference, step: Step, exchange: Exchange, givers: dict[str, Exchange]
) -> None:
    cause = (rule_of(difference.what).id, step.operation or f"{step.method} {exchange.request.path}", difference.place)
    shown = outcome.causes.get(cause)
    if shown is None:
        outcome.causes[cause] = Shown([difference], [*_before(step, givers), exchange], exchange)
        return
    if shown.last is not exchange:
        shown.last = exchange
        shown.count += 1
    if difference not in shown.found and len(shown.found) < _MOST:
        shown.found.append(difference)


def _before(step: Step, givers: dict[str, Exchange]) -> Iterator[Exchange]:
    """Yield the exchanges that a request carries something on from."""
    needed = {name: None for name in wanted(step) if name in givers}
    seen: list[Exchange] = []
    for name in needed:
        if givers[name] not in seen:
            seen.append(givers[name])
    yield from seen[:_SHOWN]


def replay(
    options: Options, cassettes: Sequence[Cassette], *, masks: Masks, workers: int, told: Told = lambda _: None
) -> tuple[Outcome, dict[Cause, Shown]]:
    """Play cassettes, each on a fresh app, and return what came of them.

    Those with a difference are played once more: what another play does not show is no finding.

    Args:
        options: what is called, and who requests are sent as.
        cassettes: what was recorded.
        masks: knows the secrets that placeholders stand for.
        workers: how many processes at most; a server is called by one.
        told: told of so many requests more that were sent.

    Returns:
        What came of all cassettes together, with the causes that two plays show; and the causes that only one did.

    Raises:
        InputError: the app cannot be loaded, started or reached.
    """
    workers = workers if isinstance(options.target, AppTarget) else 1
    first = _played(options, cassettes, masks, workers, told)
    again = [number for number, one in enumerate(first) if one.causes]
    second = dict(
        zip(again, _played(options, [cassettes[number] for number in again], masks, workers, told), strict=True)
    )
    whole, unstable = Outcome(), dict[Cause, Shown]()
    for number, one in enumerate(first):
        whole.sent += one.sent
        whole.unplayed += one.unplayed
        for key, statuses in one.statuses.items():
            whole.statuses.setdefault(key, Counter()).update(statuses)
        for cause, shown in one.causes.items():
            other = second[number].causes.get(cause)
            if other is None or is_unsteady(shown.found, other.found):
                _add(unstable, cause, shown)
            else:
                _add(whole.causes, cause, replace(shown, found=[*steady(shown.found, other.found)]))
    return whole, {cause: shown for cause, shown in unstable.items() if cause not in whole.causes}


def _played(options: Options, cassettes: Sequence[Cassette], masks: Masks, workers: int, told: Told) -> list[Outcome]:
    if not cassettes:
        return []
    found = errands(options, [Replaying(one, masks) for one in cassettes], workers, told)
    return [one for one in found if isinstance(one, Outcome)]


def _add(causes: dict[Cause, Shown], cause: Cause, shown: Shown) -> None:
    known = causes.get(cause)
    if known is None:
        causes[cause] = shown
        return
    known.count += shown.count
    known.found += [one for one in shown.found if one not in known.found]


def is_unsteady(first: list[Difference], second: list[Difference]) -> bool:
    """Return whether a value is another one in each play, of the shape that was recorded: by chance it was not then."""
    fleeting = [one for one in first if one not in second]
    shapes = [(kind_of(one.before), kind_of(one.after)) for one in fleeting if one.what in ("value", "header")]
    return len(shapes) == len(first) and all(before == after != TEXT for before, after in shapes)


def steady(first: list[Difference], second: list[Difference]) -> Iterator[Difference]:
    """Yield differences with a mark for what is another value each time, so that their id is the same each time."""
    seen: list[Difference] = []
    for one in first:
        found = one if one in second else replace(one, after=None if one.after is None else kind_of(one.after))
        if found not in seen:
            seen.append(found)
            yield found
