"""Warnings and hints on stderr."""

import pytest

from contractkit.model.contract import Contract, Notice
from contractkit.model.verdict import Bump, Outcome, SideInfo, Verdict
from contractkit.report.notices import notice_lines, short_place


def verdict(base: SideInfo, revision: SideInfo) -> Verdict:
    return Verdict(Outcome.IDENTICAL, Bump.NONE, base, revision, ())


def test_each_side_is_named_and_hints_come_last() -> None:
    base = SideInfo(Contract("a.json", {}, hints=("app.shop is mounted",)), (Notice("/paths/~1a", "no object"),))
    revision = SideInfo(Contract("b.json", {}), (Notice("#/info", "no\x1b object"), Notice("", "no `paths`")))
    assert notice_lines(verdict(base, revision)) == [
        "warning: a.json#/paths/~1a: no object",
        "warning: b.json#/info: no\\x1b object",
        "warning: b.json: no `paths`",
        "hint: app.shop is mounted",
    ]


@pytest.mark.parametrize(("count", "verbose", "expected"), [(10, False, 10), (12, False, 11), (12, True, 12)])
def test_beyond_ten_only_their_number(count: int, verbose: bool, expected: int) -> None:
    side = SideInfo(Contract("a.json", {}), tuple(Notice(f"/{number}", "odd") for number in range(count)))
    lines = notice_lines(verdict(side, SideInfo(Contract("b.json", {}))), verbose=verbose)
    assert len(lines) == expected
    assert (lines[-1] == "and 2 more warnings, --verbose shows all") == (expected == 11)


def test_the_same_notice_twice_is_one() -> None:
    side = SideInfo(Contract("a.json", {}), (Notice("/a", "odd"), Notice("/a", "odd")))
    assert notice_lines(verdict(side, SideInfo(Contract("b.json", {})))) == ["warning: a.json#/a: odd"]


def test_a_deep_place_is_told_by_its_ends() -> None:
    assert short_place("#/a" * 50) == "#/a" * 50
    assert short_place("#" + "/items" * 1_000) == "#" + ("/items" * 17)[:99] + "…" + ("/items" * 7)[-40:]
