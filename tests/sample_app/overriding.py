"""Replace a dependency of an app for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI

Dependency = Callable[..., Any]
Override = Callable[[Dependency, Dependency], None]


@contextmanager
def overriding(app: FastAPI, dependency: Dependency, replacement: Dependency) -> Iterator[None]:
    """`replacement` stands in for `dependency`; afterwards it is as it was before, also if the block raises."""
    before = dict(app.dependency_overrides)
    app.dependency_overrides[dependency] = replacement
    try:
        yield
    finally:
        app.dependency_overrides = before
