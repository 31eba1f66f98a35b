"""Every check finds its own example that breaks the promise, and nothing in the one that keeps it."""

import pytest

from contractkit.fuzz.check import Check, checks
from tests.fuzz.conftest import TRAITS, USERS, Fuzz

ALL = list(checks().values())
PLAIN = frozenset(checks()) - TRAITS


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_breaks(check: Check, fuzz: Fuzz) -> None:
    # Where nothing ends each request waits for that; what is waited for here is that it does not.
    wait = {"timeout": 3.0} if check.id == "socket-hang" else {}
    result = fuzz(check.breaks, checks=PLAIN | {check.id}, users=USERS if check.needs_users else (), **wait)
    found = {(claim.check, claim.severity) for claim in result.confirmed}
    assert found == {(check.id, check.severity)}
    assert result.unstable == []


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_holds(check: Check, fuzz: Fuzz) -> None:
    result = fuzz(check.holds, checks=PLAIN | {check.id}, users=USERS if check.needs_users else ())
    assert [(claim.check, claim.message) for claim in result.confirmed] == []
    assert result.unstable == []


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_page(check: Check) -> None:
    assert check.summary
    assert len(check.page.splitlines()) > 3
    assert [check.judge, check.review, check.play].count(None) == 2
