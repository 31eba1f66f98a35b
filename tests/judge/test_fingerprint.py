"""Finding ids are stable where they should be, and differ where they should."""

from dataclasses import replace

import pytest

from contractkit.judge.fingerprint import fingerprint
from contractkit.model.change import Change, Direction, Proof, Witness

CHANGE = Change("schema", "minimum", "increased", "POST /orders", "body.qty", Direction.REQUEST, 1, 5)


def test_the_id_is_part_of_what_users_keep() -> None:
    assert fingerprint("request-minimum-increased", CHANGE) == "ck1-640de503f36a3829"


@pytest.mark.parametrize(
    "same",
    [
        replace(CHANGE, before=1.0),
        replace(CHANGE, component="Order"),
        replace(CHANGE, operations=("POST /orders", "PUT /orders/{}")),
        replace(CHANGE, proof=Proof.WITNESS, witness=Witness("too small")),
        replace(CHANGE, reason="a pattern", facts={"place": "property"}),
    ],
)
def test_proof_component_and_reach_do_not_change_the_id(same: Change) -> None:
    assert fingerprint("r", same) == fingerprint("r", CHANGE)


@pytest.mark.parametrize(
    "other",
    [
        replace(CHANGE, operation="PUT /orders"),
        replace(CHANGE, location="body.count"),
        replace(CHANGE, before=True),
        replace(CHANGE, before=None),
        replace(CHANGE, after=6),
        replace(CHANGE, after="5"),
    ],
)
def test_operation_location_and_values_change_the_id(other: Change) -> None:
    assert fingerprint("r", other) != fingerprint("r", CHANGE)


def test_the_rule_changes_the_id() -> None:
    assert fingerprint("r", CHANGE) != fingerprint("s", CHANGE)


def test_key_order_does_not_change_the_id_and_lone_surrogates_have_one() -> None:
    one = replace(CHANGE, before={"a": 1, "b": "\ud800"})
    other = replace(CHANGE, before={"b": "\ud800", "a": 1})
    assert fingerprint("r", one) == fingerprint("r", other)
