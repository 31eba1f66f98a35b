"""A rule that `contractkit rules new` has begun fails each of its tests with what is left to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

RULES = Path(__file__).parents[2] / "contractkit" / "rules"


@pytest.fixture(autouse=True)
def _is_filled_in(request: pytest.FixtureRequest) -> None:
    given: dict[str, Any] = getattr(getattr(request.node, "callspec", None), "params", {})
    rule_id = str(given.get("rule_id") or getattr(given.get("rule"), "id", ""))
    if todo := left_to_do(RULES / f"{rule_id.replace('-', '_')}.py"):
        pytest.fail("\n".join([*todo, 'CONTRIBUTING.md, "Add a rule", says what belongs there']), pytrace=False)


def left_to_do(file: Path) -> list[str]:
    """The lines of a rule's file that are still those of the template; none where there is no such file."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    where = f"contractkit/rules/{file.name}"
    return [f"{where}:{number}: fill in: {line.strip()}" for number, line in enumerate(lines, 1) if "TODO" in line]
