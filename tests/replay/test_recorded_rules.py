"""Each rule of recorded behaviour is reported on its own example, and on no answer close by."""

from collections.abc import Mapping
from typing import Any

import pytest

from contractkit.fuzz.message import Response, dumped
from contractkit.replay.answer import Answer, answer_of
from contractkit.replay.cassette import Step
from contractkit.replay.compare import differences
from contractkit.replay.difference import RecordedRule, recorded_rules, rule_of
from contractkit.replay.learn import learned
from contractkit.replay.masking import Masks
from contractkit.rules.registry import all_rules

RULES = list(recorded_rules().values())


def response(example: Mapping[str, Any]) -> Response:
    headers = {"content-type": "application/json", **example.get("headers", {})}
    return Response(example["status"], tuple(headers.items()), dumped(example["body"]))


def answer(example: Mapping[str, Any]) -> Answer:
    return answer_of(response(example), {}, None, Masks())


def reported(rule: RecordedRule, example: Mapping[str, Any]) -> list[str]:
    expected = learned(Step("GET /", None, "GET", "/"), [answer(rule.recorded), answer(rule.recorded)]).expected
    assert expected is not None
    return [rule_of(one.what).id for one in differences(expected, answer_of(response(example), {}, ()))]


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.id)
def test_a_rule_is_reported_on_its_example_alone(rule: RecordedRule) -> None:
    assert (reported(rule, rule.breaks), reported(rule, rule.holds)) == ([rule.id], [])


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.id)
def test_a_page_says_what_to_do_instead(rule: RecordedRule) -> None:
    assert rule.page.split("\n\n")[-1].startswith("Instead: ")


def test_ids_are_no_others() -> None:
    assert not set(recorded_rules()) & set(all_rules())
