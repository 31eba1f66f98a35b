"""A verdict with a finding of every kind, for the reports."""

from typing import Any

import pytest

from contractkit.judge.verdict import judge
from contractkit.model.change import Change, Direction, Proof, Witness
from contractkit.model.contract import Contract, Notice
from contractkit.model.verdict import SideInfo, Verdict

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1.0.0"},
    "servers": [{"url": "http://a.b/api"}],
    "paths": {},
}
BASE = Contract("old.json", DOCUMENT)
REVISION = Contract("new.json", {**DOCUMENT, "info": {"title": "Orders", "version": "1.1.0"}})
MANY = tuple(f"GET /shop{number}" for number in range(6))

CHANGES = (
    Change(
        "schema",
        "required",
        "added",
        "POST /orders",
        "body.qty",
        Direction.REQUEST,
        component="OrderIn",
        operations=("POST /orders", "PUT /orders/{}"),
        proof=Proof.WITNESS,
        witness=Witness(
            "'qty' is a required property",
            method="POST",
            url="/orders?a",
            headers={"Content-Type": "text/json"},
            has_body=True,
            body={"n": "i's"},
        ),
    ),
    Change(
        "schema",
        "nullable",
        "added",
        "POST /orders",
        "200.body.id",
        Direction.RESPONSE,
        before="string",
        after=["string", "null"],
        operations=("POST /orders",),
        proof=Proof.WITNESS,
        witness=Witness(
            "null is not of type 'string'",
            headers={"Content-Type": "application/json"},
            has_body=True,
            body={"id": None},
            status="200",
        ),
    ),
    Change(
        "schema",
        "pattern",
        "changed",
        "GET /shop0",
        "query.q",
        Direction.REQUEST,
        before="(?=a)b",
        after="(?=b)a",
        operations=MANY,
        proof=Proof.UNDECIDED,
        reason="a lookahead in a regular expression",
    ),
    Change("operation", "presence", "removed", "GET /gone", operations=("GET /gone",)),
    Change(
        "operation", "summary", "changed", "POST /orders", before="Order", after="Orders", operations=("POST /orders",)
    ),
    Change("document", "version", "changed", before="1.0.0", after="1.1.0"),
)


WARNING = Notice("/paths/~1a", "an object was expected where 3 stands; it is read as if it said nothing")


@pytest.fixture
def verdict() -> Verdict:
    return judge(CHANGES, SideInfo(BASE, (WARNING,)), SideInfo(REVISION))


@pytest.fixture
def identical() -> Verdict:
    return judge((), SideInfo(BASE), SideInfo(BASE))
