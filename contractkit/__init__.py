"""contractkit: API contract and regression testing for FastAPI. A break comes with proof.

`contractkit.diff` and `contractkit.fuzz` do what the commands of these names do, and give the same objects.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False  # without `typing`, whose import takes longer than all of this
if TYPE_CHECKING:
    from contractkit import websocket
    from contractkit.api.comparing import compare, diff, find_breaking_changes
    from contractkit.api.fuzzing import fuzz
    from contractkit.fuzz.identities import User
    from contractkit.model.contract import Contract
    from contractkit.model.errors import InputError
    from contractkit.model.finding import Finding, Severity
    from contractkit.model.fuzz import FuzzFinding, FuzzVerdict
    from contractkit.model.policy import Policy
    from contractkit.model.verdict import Bump, Outcome, Verdict
    from contractkit.sources.load import load
    from contractkit.sources.options import LoadOptions

__version__ = "0.1.0"

__all__ = [
    "Bump",
    "Contract",
    "Finding",
    "FuzzFinding",
    "FuzzVerdict",
    "InputError",
    "LoadOptions",
    "Outcome",
    "Policy",
    "Severity",
    "User",
    "Verdict",
    "__version__",
    "compare",
    "diff",
    "find_breaking_changes",
    "fuzz",
    "load",
    "websocket",
]

_HOMES = {
    "Bump": "contractkit.model.verdict",
    "Contract": "contractkit.model.contract",
    "Finding": "contractkit.model.finding",
    "FuzzFinding": "contractkit.model.fuzz",
    "FuzzVerdict": "contractkit.model.fuzz",
    "InputError": "contractkit.model.errors",
    "LoadOptions": "contractkit.sources.options",
    "Outcome": "contractkit.model.verdict",
    "Policy": "contractkit.model.policy",
    "Severity": "contractkit.model.finding",
    "User": "contractkit.fuzz.identities",
    "Verdict": "contractkit.model.verdict",
    "compare": "contractkit.api.comparing",
    "diff": "contractkit.api.comparing",
    "find_breaking_changes": "contractkit.api.comparing",
    "fuzz": "contractkit.api.fuzzing",
    "load": "contractkit.sources.load",
}
"""Where a name comes from, once somebody asks for it: `import contractkit` itself imports nothing."""


if not TYPE_CHECKING:  # checkers know the names, and tell of others

    def __getattr__(name: str) -> object:
        from importlib import import_module

        if name == "websocket":
            return import_module("contractkit.websocket")
        if name not in _HOMES:
            raise AttributeError(f"module `contractkit` has no attribute `{name}`")
        value: object = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Lets `contractkit.diff` and `contractkit.fuzz` be the functions, whatever was imported before.

    There are packages of the same names, and Python binds a package here when it is imported first.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
