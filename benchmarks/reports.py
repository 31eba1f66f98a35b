"""How long the reports of a comparison with 2,000 findings take, beside the comparison's JSON report.

    python benchmarks/reports.py [--findings 2000] [--rounds 5]

Each format is made from the JSON values, as the command line does it; what is printed is the median of the rounds, its
ratio to the JSON report's, and the size. The goal: each under 2 s. Nothing is asserted: the figures are for people.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from contractkit.api.comparing import compare
from contractkit.cli.formats import RENDERED, rendered
from contractkit.model.contract import Contract
from contractkit.report.changelog import changelog_of
from contractkit.report.changelog_formats import changelog_markdown
from contractkit.report.json_report import render_json, report
from contractkit.report.reading import read_report

GOAL = 2.0


def document(operations: int, most: int, states: list[str]) -> dict[str, Any]:
    """A document whose operations each take and give an object of their own: two changes each where both differ."""
    order = {
        "type": "object",
        "required": ["sku", "quantity"],
        "properties": {"sku": {"type": "string"}, "quantity": {"type": "integer", "maximum": most}},
    }
    answer = {"type": "object", "required": ["state"], "properties": {"state": {"enum": states}}}
    operation = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": order}}},
        "responses": {"200": {"description": "done", "content": {"application/json": {"schema": answer}}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Many", "version": "1.0.0"},
        "paths": {f"/orders{number}": {"post": operation} for number in range(operations)},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--findings", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    base = Contract("base.json", document(given.findings // 2, 100, ["a", "b"]))
    revision = Contract("revision.json", document(given.findings // 2, 50, ["a", "b", "c"]))
    verdict = compare(base, revision)
    print(f"{len(verdict.findings)} findings, {given.rounds} rounds, goal: each under {GOAL:.0f} s\n")
    values = report(verdict)
    programs: dict[str, Callable[[], str]] = {"json": lambda: render_json(verdict)}
    programs |= {form: partial(rendered, form, values) for form in RENDERED}
    programs["changelog"] = lambda: changelog_markdown(changelog_of(read_report(values)))
    usual = 0.0
    for name, make in programs.items():
        times = []
        for _ in range(given.rounds):
            began = time.perf_counter()
            text = make()
            times.append(time.perf_counter() - began)
        median = statistics.median(times)
        usual = usual or median
        print(f"{name:<10}{median:>8.3f} s{median / usual:>8.2f} x json{len(text) / 1_000:>10.0f} kB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
