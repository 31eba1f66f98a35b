"""An app that is made to break its contract on purpose, and whether `fuzz` and `replay` notice."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from contractkit.api.fuzzing import fuzz
from contractkit.api.users import users_of
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.run import cores
from contractkit.model.records import replace
from contractkit.model.selftest import Behaviour
from contractkit.mutants.behaviour import BEHAVIOURS, breakages
from contractkit.openapi.endpoint import erased
from contractkit.replay.masking import Masks
from contractkit.replay.record import record
from contractkit.replay.replay import replay

if TYPE_CHECKING:
    from contractkit.model.contract import Contract
    from contractkit.model.fuzz import FuzzVerdict
    from contractkit.mutants.behaviour import BehaviourKind, Breakage
    from contractkit.sources.config import Config
    from contractkit.sources.options import LoadOptions
    from contractkit.sources.syntax import AppSource

_BROKEN = "contractkit.mutants.broken"


def misbehaviours(
    app: AppSource,
    contract: Contract,
    config: Config,
    options: LoadOptions,
    *,
    seed: int = 1,
    each: int = 1,
    kinds: Sequence[BehaviourKind] = BEHAVIOURS,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Behaviour, ...]:
    """Break an app in known ways, one at a time; fuzz the operation that is broken, and replay what it answered before.

    Args:
        app: the app, imported from the working tree.
        contract: its contract.
        config: the project's configuration: users and examples are those of `contractkit fuzz`.
        options: how the contract was loaded; the app is run in `options.root`.
        seed: which places are broken, and what is sent.
        each: the most breakages of one kind.
        kinds: the kinds of broken behaviour.
        progress: told what is broken next.

    Returns:
        What was done, in the order of the kinds. What is found without any breakage counts for none.

    Raises:
        InputError: the app cannot be run.
    """
    chosen = breakages(contract.document, seed=seed, each=each, kinds=kinds)
    if not chosen:
        return ()

    def fuzzed(target: str, operations: list[str]) -> FuzzVerdict:
        return fuzz(
            target,
            contract=contract,
            only=sorted(set(operations)),
            seed=seed,
            failures=False,
            config=config,
            options=replace(options, baselines=config.baselines),
        )

    sound = f"{app.module}:{app.attribute}"
    progress("as it is")
    clean = _said(fuzzed(sound, [one.operation for one in chosen]))
    tape = _Tape(app, contract, config, options.root, seed)
    found = []
    for one in chosen:
        progress(f"{one.kind} at {one.where}")
        key = erased(one.operation)
        with _broken(app, one) as marks:
            said = _said(fuzzed(f"{_BROKEN}:app", [one.operation])) - clean
            checks = sorted({check for _, check, where in said if where == key})
            rules = tape.replayed(key)
            found.append(Behaviour(one.kind, one.where, marks.stat().st_size > 0, tuple(checks), rules))
    return tuple(found)


class _Tape:
    """What an app answered when it was sound, to be played again when it is broken."""

    def __init__(self, app: AppSource, contract: Contract, config: Config, root: Path, seed: int) -> None:
        users = users_of((), (), config.fuzz())
        self._folder = str(root)
        target = AppTarget(app.module, app.attribute, self._folder)
        self._options = Options(contract=contract, target=target, users=users, seed=seed)
        self._masks = Masks(users)
        self._cassettes = record(self._options, masks=self._masks, workers=cores())

    def replayed(self, key: str) -> tuple[str, ...]:
        """Return the rules of the differences that the broken app shows at an operation, sorted."""
        target = AppTarget(_BROKEN, "app", self._folder)
        cassettes = [one for one in self._cassettes if any(step.operation == key for step in one.steps)]
        outcome, _ = replay(replace(self._options, target=target), cassettes, masks=self._masks, workers=cores())
        return tuple(sorted({rule for rule, operation, _ in outcome.causes if operation == key}))


def _said(verdict: FuzzVerdict) -> set[tuple[str, str, str]]:
    """Return id, check and operation of what was found; one check may find several things at an operation."""
    return {
        (finding.id, finding.check, where)
        for finding in verdict.findings
        for where in (finding.operation, *finding.operations)
    }


@contextmanager
def _broken(app: AppSource, breakage: Breakage) -> Iterator[Path]:
    """Let the processes that are started meanwhile find the broken app; yields the file of its marks."""
    from contractkit.mutants.broken import VARIABLE

    with tempfile.TemporaryDirectory(prefix="contractkit-") as folder:
        marks = Path(folder) / "marks"
        marks.touch()
        told = {"module": app.module, "attribute": app.attribute, "breakage": breakage.text(), "marks": str(marks)}
        os.environ[VARIABLE] = json.dumps(told)
        try:
            yield marks
        finally:
            del os.environ[VARIABLE]
