"""Records one version: chooses requests, plays them twice on fresh apps, and keeps what both plays have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from contractkit.fuzz.cut import socket_units_of, units_of
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import Exchange, Request
from contractkit.fuzz.operation import Api
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.pool import errands
from contractkit.fuzz.session import Session
from contractkit.fuzz.unit import Errand, Workbench
from contractkit.replay.answer import Answer, answer_of
from contractkit.replay.carry import cassette_steps
from contractkit.replay.cassette import Cassette, Step
from contractkit.replay.conversations import SocketPlanner
from contractkit.replay.learn import learned, with_habits
from contractkit.replay.masking import Masks
from contractkit.replay.plan import Planner
from contractkit.replay.play import clock, played

DEFAULT_REQUESTS = 8
"""How many requests of one kind an operation gets."""
_LATER = 3_797.3
"""Seconds that the app's clock is ahead in the second play, so that times of any unit differ within the same day."""
_MORNING = 9 * 3_600
Told = Callable[[int], None]


@dataclass(frozen=True)
class Planning(Errand):
    """Chooses the requests of some operations, and returns the steps that play them.

    Attributes:
        keys: the operations.
        start: what the app's clock says; None where it is left alone.
        most: how many requests of one kind an operation gets.
        masks: what must not be written.
    """

    keys: tuple[str, ...]
    start: float | None
    most: int
    masks: Masks

    def run(self, bench: Workbench, skipped: frozenset[Request]) -> list[Step]:
        """Do it; see `Errand`."""
        with clock(self.start) as now:
            session = bench.session(skipped)
            announce = session.announce

            def told(request: Request) -> None:
                now.tick()
                announce(request)

            session.announce = told
            try:
                exchanges = self._exchanges(bench, session)
            finally:
                session.close()
        return cassette_steps(exchanges, bench.api.all, self.masks)

    def _exchanges(self, bench: Workbench, session: Session) -> list[Exchange]:
        seed = bench.options.seed
        maker = Maker(session, bench.generator, bench.resources, seed, f"record {self.keys[0]}")
        sockets = [bench.api.sockets[key] for key in self.keys if key in bench.api.sockets]
        if sockets:
            return SocketPlanner(session, maker, bench.talks, seed, self.most).run(sockets)
        planner = Planner(session, maker, bench.generator, seed, self.most)
        return planner.run([bench.api.operations[key] for key in self.keys])


@dataclass(frozen=True)
class Playing(Errand):
    """Plays a cassette, and returns the answers; None for what could not be sent.

    Attributes:
        cassette: the cassette.
        ahead: seconds that the app's clock is ahead of it.
        masks: what must not be written.
    """

    cassette: Cassette
    ahead: float
    masks: Masks

    def run(self, bench: Workbench, skipped: frozenset[Request]) -> list[Answer | None]:
        """Do it; see `Errand`."""
        start = None if self.cassette.clock is None else self.cassette.clock + self.ahead
        with clock(start) as now:
            session = bench.session(skipped)
            try:
                return [
                    None if one.exchange is None else answer_of(one.exchange.response, one.values, None, self.masks)
                    for one in played(self.cassette, session, self.masks, now)
                ]
            finally:
                session.close()


def record(
    options: Options, *, masks: Masks, workers: int, most: int = DEFAULT_REQUESTS, told: Told = lambda _: None
) -> list[Cassette]:
    """Return the cassettes of an app or server: one for each group of operations on one collection.

    Args:
        options: what is recorded, and who requests are sent as.
        masks: what must not be written.
        workers: how many processes at most; a server is called by one.
        most: how many requests of one kind an operation gets.
        told: told of so many requests more that were sent.

    Raises:
        InputError: the app cannot be loaded, started or reached.
    """
    here = isinstance(options.target, AppTarget)
    start = _morning() if here else None
    workers = workers if here else 1
    api = Api(options.contract, options.base_path)
    units = [*units_of(api), *socket_units_of(api)]
    jobs = [Planning(keys, start, most, masks) for keys in units]
    plans = errands(options, jobs, workers, told, generating=True)
    names = _names(units)
    cassettes = []
    for name, steps in zip(names, plans, strict=True):
        assert isinstance(steps, list)
        cassettes.append(Cassette(name, start, tuple(steps)))
    return relearned(options, [one for one in cassettes if one.steps], masks=masks, workers=workers, told=told)


def retold(
    options: Options,
    heard: Mapping[str, Sequence[Exchange]],
    *,
    masks: Masks,
    workers: int,
    told: Told = lambda _: None,
) -> list[Cassette]:
    """Return cassettes of requests that others sent, each with what the app answers in two plays; see `record`.

    Args:
        options: what is recorded.
        heard: the exchanges, in their order, by the name of the cassette; those of no operation are left out.
        masks: what must not be written.
        workers: how many processes at most.
        told: told of so many requests more that were sent.
    """
    api = Api(options.contract, options.base_path)
    start = _morning() if isinstance(options.target, AppTarget) else None
    cassettes = []
    for name, exchanges in heard.items():
        found = []
        for exchange in exchanges:
            operation = api.find(exchange.request.method, exchange.request.path)
            if operation is not None:
                found.append(replace(exchange, operation=operation.key))
        if found:
            cassettes.append(Cassette(name, start, tuple(cassette_steps(found, api.operations, masks))))
    return relearned(options, cassettes, masks=masks, workers=workers if start is not None else 1, told=told)


def relearned(
    options: Options, cassettes: Sequence[Cassette], *, masks: Masks, workers: int, told: Told = lambda _: None
) -> list[Cassette]:
    """Return cassettes with the answers that two plays of them have in common; see `record`."""
    plays = []
    for ahead, hash_seed in ((0.0, 0), (_LATER, 1)):
        jobs = [Playing(one, ahead, masks) for one in cassettes]
        plays.append(errands(options, jobs, workers, told, hash_seed=hash_seed))
    whole = [
        _whole(replace(cassette, steps=_learned(cassette, found)))
        for cassette, *found in zip(cassettes, *plays, strict=True)
    ]
    return with_habits(whole)


def _learned(cassette: Cassette, plays: Sequence[object]) -> tuple[Step, ...]:
    answers: list[list[Answer | None]] = []
    for play in plays:
        assert isinstance(play, list)
        answers.append(play)
    now = datetime.now(UTC) if cassette.clock is None else None
    rows = zip(cassette.steps, *answers, strict=True)
    return tuple(learned(step, found, now) for step, *found in rows)


def _whole(cassette: Cassette) -> Cassette:
    """Return a cassette without the steps that are not looked at and that nothing depends on."""
    kept = [step for step in cassette.steps if step.expected is not None or step.captures or step.method != "GET"]
    return replace(cassette, steps=tuple(kept))


def _morning() -> float:
    """Return nine o'clock of today, UTC: no play of a few hours comes to another day."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today.timestamp() + _MORNING


def _names(units: Sequence[Sequence[str]]) -> list[str]:
    """Return a name for each group of operations, made of the first path."""
    found: list[str] = []
    for keys in units:
        path = keys[0].partition(" ")[2].partition("/{")[0]
        stem = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "root"
        name, count = stem, 1
        while name in found:
            count += 1
            name = f"{stem}-{count}"
        found.append(name)
    return found
