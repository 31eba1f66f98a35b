"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

from contractkit.fuzz.claim import Claim
from contractkit.fuzz.identities import User
from contractkit.model.contract import Contract

DEFAULT_EXAMPLES = 100
DEFAULT_TIMEOUT = 10.0


@dataclass(frozen=True)
class AppTarget:
    """An app that is run in the worker processes.

    Attributes:
        module: the module to import.
        attribute: the app or factory in it.
        folder: where to run, first on sys.path.
    """

    module: str
    attribute: str
    folder: str


@dataclass(frozen=True)
class UrlTarget:
    """A server that is called over HTTP.

    Attributes:
        base_url: its address.
    """

    base_url: str


Target = AppTarget | UrlTarget


@dataclass(frozen=True)
class Options:
    """What a run is asked to do.

    Attributes:
        contract: the promise that is checked.
        target: what is called.
        base_path: what stands before every path of the contract where requests are sent to; None for what the
            contract's own servers say.
        users: who requests are sent as, the main user first.
        max_examples: random requests for each operation, valid and invalid ones together.
        seed: for all random choices.
        timeout: seconds that a request may take.
        checks: the ids of the checks that are made.
        off: ids of checks that are off for single operations, by the operation's key.
        response_limit: seconds that an answer may take; None for no limit beside what the others take.
        time_limit: seconds for the whole run, None for no limit.
        exit_first: whether to stop at the first finding.
        weights: how many times the usual examples an operation gets, by key.
        verbose: whether what the app prints is shown.
        kept: claims of earlier runs, which are tried first.
    """

    contract: Contract
    target: Target
    base_path: str | None = None
    users: tuple[User, ...] = ()
    max_examples: int = DEFAULT_EXAMPLES
    seed: int = 0
    timeout: float = DEFAULT_TIMEOUT
    checks: frozenset[str] = frozenset()
    off: tuple[tuple[str, frozenset[str]], ...] = ()
    response_limit: float | None = None
    time_limit: float | None = None
    exit_first: bool = False
    weights: tuple[tuple[str, float], ...] = ()
    verbose: bool = False
    kept: tuple[Claim, ...] = ()

    def enabled(self, check: str, operation: str) -> bool:
        """Return whether a check is made for an operation."""
        return check in self.checks and not any(key == operation and check in ids for key, ids in self.off)

    def examples_for(self, operation: str) -> int:
        """Return how many random requests an operation gets, at least two."""
        weight = dict(self.weights).get(operation, 1.0)
        return max(2, round(self.max_examples * weight))
