"""Requests put together of others: parts of their parents and nothing else, the same for the same seed."""

import json
import random

from contractkit.fuzz.message import Request
from contractkit.fuzz.recombine import grafted, recombined

JSON = (("Content-Type", "application/json"),)
ONE = Request("POST", "/teas?limit=1&colour=red", (*JSON, ("X-Trace", "a")), b'{"name":"a","grams":1}')
OTHER = Request("POST", "/teas?limit=2&limit=3", JSON, b'{"name":"b","tags":[]}')


def parts(request: Request) -> set[tuple[str, str, str]]:
    found = {("query", name, value) for name, value in request.pairs}
    found |= {("header", name, value) for name, value in request.headers}
    return found | {("body", name, json.dumps(value)) for name, value in request.json.items()}


def test_every_part_is_a_parents() -> None:
    made = list(recombined([ONE, OTHER], random.Random(1), 200))
    assert len(made) == len(set(made)) > 50
    assert {ONE, OTHER}.isdisjoint(made)
    assert set().union(*map(parts, made)) == parts(ONE) | parts(OTHER)
    assert {(request.method, request.path) for request in made} == {("POST", "/teas")}
    # What stands twice in a query stays together.
    limits = {tuple(value for name, value in request.pairs if name == "limit") for request in made}
    assert limits == {("1",), ("2", "3")}


def test_the_same_for_the_same_seed() -> None:
    assert [*recombined([ONE, OTHER], random.Random(7), 20)] == [*recombined([ONE, OTHER], random.Random(7), 20)]


def test_one_parent_has_no_others() -> None:
    assert [*recombined([ONE], random.Random(1), 20)] == []


def test_a_graft_keeps_bodies_of_another_type_whole() -> None:
    broken = Request("POST", "/teas?limit=x", JSON, b"[1]")
    made = [*grafted([ONE], [broken], random.Random(1), 50)]
    assert {request.body for request in made} == {b"[1]"}
    assert {dict(request.pairs).get("limit") for request in made} == {"1", "x"}
