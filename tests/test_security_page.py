"""docs/security.md: each line of it names tests, and they are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_line_names_tests_that_exist() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and not line.startswith(("| What may", "|---"))]
    assert len(rows) > 25
    assert [row for row in rows if not TEST.search(row.rpartition(" | ")[2])] == []
    for file, name in TEST.findall(PAGE):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not name or re.search(rf"^ *(async )?def {name}\(", text, re.MULTILINE), f"{file}::{name}"
