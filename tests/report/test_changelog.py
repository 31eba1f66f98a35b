"""The changelog for the users of an API: groups, sentences, examples, and its three forms."""

import json
import re

from contractkit.judge.verdict import judge
from contractkit.model.change import Change, Direction, Proof
from contractkit.model.verdict import SideInfo, Verdict
from contractkit.report.changelog import Changelog, changelog_of
from contractkit.report.changelog_formats import changelog_html, changelog_json, changelog_markdown
from contractkit.report.json_report import report
from contractkit.report.reading import read_report
from tests.report.conftest import BASE, CHANGES, REVISION

MORE = (
    Change(
        "operation", "deprecated", "added", "GET /shop0", operations=("GET /shop0",), facts={"sunset": "2031-01-01"}
    ),
    Change(
        "schema",
        "maximum",
        "increased",
        "POST /orders",
        "body.n",
        Direction.REQUEST,
        before=5,
        after=9,
        operations=("POST /orders",),
        proof=Proof.CONTAINED,
    ),
)


def changelog(verdict: Verdict) -> Changelog:
    return changelog_of(read_report(report(verdict)))


def whole() -> Changelog:
    return changelog(judge((*CHANGES, *MORE), SideInfo(BASE), SideInfo(REVISION)))


def test_markdown() -> None:
    assert (
        changelog_markdown(whole())
        == """\
# `Orders`: from `1.0.0` to `1.1.0`

3 changes need your work; 1 more may.

## Change this now

Clients that were made for the old version fail here.

### `GET /gone`

- `GET /gone` was removed without having been deprecated.

### `POST /orders`

- `qty` became required. (`request body.qty, in OrderIn`)
  - Also in `PUT /orders/{}`
  - Worked before, is refused now: `POST /orders?a {"n": "i's"}`
  - Why: `'qty' is a required property`
- `id` may now be null. (`response 200.body.id`)
  - Before: `"string"`
  - Now: `["string", "null"]`
  - May be answered now: `200 {"id": null}`

## You may be affected

Some clients that were made for the old version may fail here.

### `GET /shop0`

- `pattern` of query parameter `q` changed from `"(?=a)b"` to `"(?=b)a"`. (`request query.q`)
  - Also in `GET /shop1`, `GET /shop2`, `GET /shop3`, `GET /shop4`, `GET /shop5`
  - Before: `"(?=a)b"`
  - Now: `"(?=b)a"`
  - Whether clients notice could not be told: `a lookahead in a regular expression`

## Deprecated: plan for it

This still works and will end.

### `GET /shop0`

- `GET /shop0` is now deprecated, to end on `2031-01-01`.

## New, for you to use

Clients go on working without it.

### `POST /orders`

- `maximum` of `n` rose from 5 to 9. (`request body.n`)
  - Before: `5`
  - Now: `9`

## Corrections: nothing to do

No client notices these, or only those that read the document itself.

### `POST /orders`

- `summary` changed in `POST /orders`.
  - Before: `"Order"`
  - Now: `"Orders"`
"""
    )


def test_the_json_form_says_the_same() -> None:
    found = json.loads(changelog_json(whole()))
    assert list(found) == ["schema_version", "kind", "base", "revision", "required_bump", "groups"]
    assert (found["schema_version"], found["kind"], found["required_bump"]) == (1, "changelog", "major")
    told = [
        (group["group"], group["title"], [(row["operation"], len(row["changes"])) for row in group["operations"]])
        for group in found["groups"]
    ]
    assert told == [
        ("must-change", "Change this now", [("GET /gone", 1), ("POST /orders", 2)]),
        ("may-be-affected", "You may be affected", [("GET /shop0", 1)]),
        ("deprecated", "Deprecated: plan for it", [("GET /shop0", 1)]),
        ("new", "New, for you to use", [("POST /orders", 1)]),
        ("corrections", "Corrections: nothing to do", [("POST /orders", 1)]),
    ]
    (change,) = found["groups"][3]["operations"][0]["changes"]
    assert change == {
        "id": change["id"],
        "sentence": "`maximum` of `n` rose from 5 to 9.",
        "where": "request body.n",
        "also": [],
        "examples": [{"label": "Before", "text": "5"}, {"label": "Now", "text": "9"}],
    }


def test_the_html_form_has_a_heading_for_each_group_and_operation() -> None:
    text = changelog_html(whole())
    headings = re.findall(r"<h([1-3])[^>]*>(.*?)</h[1-3]>", text)
    assert headings == [
        ("1", "Orders: from 1.0.0 to 1.1.0"),
        ("2", "Change this now"),
        ("3", "<code>GET /gone</code>"),
        ("3", "<code>POST /orders</code>"),
        ("2", "You may be affected"),
        ("3", "<code>GET /shop0</code>"),
        ("2", "Deprecated: plan for it"),
        ("3", "<code>GET /shop0</code>"),
        ("2", "New, for you to use"),
        ("3", "<code>POST /orders</code>"),
        ("2", "Corrections: nothing to do"),
        ("3", "<code>POST /orders</code>"),
    ]


def test_nothing_changed(identical: Verdict) -> None:
    assert changelog_markdown(changelog(identical)) == "# `Orders`\n\nNothing changed.\n"


def test_approved_breaks_are_told_too(verdict: Verdict) -> None:
    values = report(verdict)
    for finding in values["findings"]:
        finding["approval"] = {"by": "Ann", "reason": "agreed", "at": "2030-01-01T00:00:00Z", "until": None}
    assert changelog_of(read_report(values)) == changelog(verdict)
