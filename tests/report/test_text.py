"""The text report, as a person sees it."""

from dataclasses import replace
from textwrap import dedent

import pytest

from contractkit.judge.verdict import judge
from contractkit.model.change import Change, Direction, Proof, Witness
from contractkit.model.contract import Contract
from contractkit.model.finding import Finding, Severity
from contractkit.model.verdict import Bump, SideInfo, Verdict
from contractkit.report.terminal import Terminal
from contractkit.report.text import render_text


def dedented(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_the_whole_report_in_a_pipe(verdict: Verdict) -> None:
    assert render_text(verdict, seconds=0.214) == dedented(
        """
        base      Orders 1.0.0 (old.json)
        revision  Orders 1.1.0 (new.json)

        GET /gone
          breaking  `GET /gone` was removed without having been deprecated
            id         ck1-25048e0bbfa18726 operation-removed

        POST /orders
          breaking  `qty` became required
            where      request body.qty, in OrderIn
            reaches    POST /orders, PUT /orders/{}
            proof      curl -X POST 'http://a.b/api/orders?a' -H 'Content-Type: text/json' --data-raw '{"n": "i'"'"'s"}'
            answer     refused: 'qty' is a required property
            id         ck1-6263ac63439547ec request-property-became-required

          breaking  `id` may now be null
            where      response 200.body.id
            before     "string"
            after      ["string", "null"]
            proof      the server may answer 200 with Content-Type: application/json
            body       {"id": null}
            client     refuses it: null is not of type 'string'
            id         ck1-b32aefcec9e475de response-null-added

          safe      `summary` changed in `POST /orders`

        GET /shop0
          risky     `pattern` of query parameter `q` changed from "(?=a)b" to "(?=b)a"
            where      request query.q
            reaches    GET /shop0, GET /shop1, GET /shop2 and 3 more
            before     "(?=a)b"
            after      "(?=b)a"
            undecided  a lookahead in a regular expression
            id         ck1-43faa4ff8d4a8da4 request-pattern-changed

        The whole document
          safe      version changed from "1.0.0" to "1.1.0"

        3 breaking, 1 risky, 2 safe · needs a major version · 0.21 s
        """
    )


def test_safe_findings_in_full_when_asked(verdict: Verdict) -> None:
    safe = replace(verdict, findings=tuple(f for f in verdict.findings if f.severity is Severity.SAFE))
    assert render_text(safe, verbose=True) == dedented(
        """
        base      Orders 1.0.0 (old.json)
        revision  Orders 1.1.0 (new.json)

        The whole document
          safe      version changed from "1.0.0" to "1.1.0"
            before     "1.0.0"
            after      "1.1.0"
            id         ck1-95811ab193cf7eb5 document-version-changed

        POST /orders
          safe      `summary` changed in `POST /orders`
            before     "Order"
            after      "Orders"
            id         ck1-edabceae50318da9 text-changed

        0 breaking, 0 risky, 2 safe · needs a major version
        """
    )


def test_nothing_differs(identical: Verdict) -> None:
    assert render_text(identical, seconds=1.0) == dedented(
        """
        base      Orders 1.0.0 (old.json)
        revision  Orders 1.0.0 (old.json)

        The two contracts say the same.

        0 breaking, 0 risky, 0 safe · needs no new version · 1.00 s
        """
    )


def test_folded_to_a_narrow_terminal(verdict: Verdict) -> None:
    narrow = render_text(verdict, Terminal(width=60))
    assert narrow == dedented(
        """
        base      Orders 1.0.0 (old.json)
        revision  Orders 1.1.0 (new.json)

        GET /gone
          breaking  `GET /gone` was removed without having been
                    deprecated
            id         ck1-25048e0bbfa18726 operation-removed

        POST /orders
          breaking  `qty` became required
            where      request body.qty, in OrderIn
            reaches    POST /orders, PUT /orders/{}
            proof      curl -X POST 'http://a.b/api/orders?a' -H 'Content-Type: text/json' --data-raw '{"n": "i'"'"'s"}'
            answer     refused: 'qty' is a required property
            id         ck1-6263ac63439547ec request-property-became-required

          breaking  `id` may now be null
            where      response 200.body.id
            before     "string"
            after      ["string", "null"]
            proof      the server may answer 200 with Content-Type:
                       application/json
            body       {"id": null}
            client     refuses it: null is not of type 'string'
            id         ck1-b32aefcec9e475de response-null-added

          safe      `summary` changed in `POST /orders`

        GET /shop0
          risky     `pattern` of query parameter `q` changed from
                    "(?=a)b" to "(?=b)a"
            where      request query.q
            reaches    GET /shop0, GET /shop1, GET /shop2 and 3 more
            before     "(?=a)b"
            after      "(?=b)a"
            undecided  a lookahead in a regular expression
            id         ck1-43faa4ff8d4a8da4 request-pattern-changed

        The whole document
          safe      version changed from "1.0.0" to "1.1.0"

        3 breaking, 1 risky, 2 safe · needs a major version
        """
    )
    too_long = {line for line in narrow.splitlines() if len(line) > 60}
    assert {line.split()[0] for line in too_long} == {"proof", "id"}


def test_colour_is_only_added(verdict: Verdict) -> None:
    coloured = render_text(verdict, Terminal(colour=True))
    assert "\x1b[1;31mbreaking  \x1b[0m`qty` became required" in coloured
    plain = coloured
    for code in ("0", "1", "2", "1;31", "33", "32"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == render_text(verdict)


def _safe(number: int) -> Finding:
    change = Change("operation", "presence", "added", f"GET /new{number:02}")
    return Finding(f"ck1-{number:016}", "operation-added", Severity.SAFE, f"`GET /new{number:02}` is new", change)


@pytest.mark.parametrize(
    ("count", "shown", "rest"),
    [
        (20, 20, None),
        (21, 20, "… and 1 more safe change (--verbose shows all)"),
        (30, 20, "… and 10 more safe changes (--verbose shows all)"),
    ],
)
def test_many_safe_findings_are_counted(identical: Verdict, count: int, shown: int, rest: str | None) -> None:
    many = replace(identical, required_bump=Bump.MINOR, findings=tuple(_safe(number) for number in range(count)))
    lines = render_text(many).splitlines()
    assert len([line for line in lines if line.startswith("  safe")]) == shown
    assert [line for line in lines if line.startswith("…")] == ([] if rest is None else [rest])
    assert len([line for line in render_text(many, verbose=True).splitlines() if line.startswith("  safe")]) == count


def test_what_a_document_says_does_not_steer_the_terminal(identical: Verdict) -> None:
    evil = "\x1b[2J\r\n\x07\x9b31m\u202e\ud800"
    change = Change(
        "schema",
        "enum",
        "changed",
        f"GET /{evil}",
        f"200.body.{evil}",
        Direction.RESPONSE,
        before=[evil],
        after=[evil, "a"],
        component=evil,
        operations=(f"GET /{evil}", "GET /b"),
        proof=Proof.WITNESS,
        witness=Witness(evil, headers={evil: evil}, has_body=True, body=evil, status=evil),
        reason=evil,
    )
    request = replace(change, witness=Witness(evil, method="GET", url=f"/{evil}", headers={"A": evil}))
    findings = tuple(
        Finding(f"ck1-{number}", "some-rule", severity, evil, given)
        for number, (severity, given) in enumerate(
            [
                (Severity.BREAKING, change),
                (Severity.BREAKING, request),
                (Severity.RISKY, replace(change, proof=Proof.UNDECIDED)),
                (Severity.SAFE, change),
            ]
        )
    )
    text = render_text(replace(identical, findings=findings))
    assert [character for character in text if not character.isprintable() and character != "\n"] == []
    assert "\\x1b[2J\\r\\n\\x07\\x9b31m\\u202e\\ud800" in text


def test_long_values_are_cut(identical: Verdict) -> None:
    change = Change("schema", "enum", "changed", "GET /a", before=["a" * 300], after=None, proof=Proof.DEFINITION)
    finding = Finding("ck1-1", "some-rule", Severity.BREAKING, "changed", change)
    lines = render_text(replace(identical, findings=(finding,)), Terminal(width=80)).splitlines()
    assert [line for line in lines if "before" in line or "after" in line] == [
        "    before     " + '["' + "a" * 62 + "…",
        "    after      -",
    ]


@pytest.mark.parametrize(
    ("witness", "proof"),
    [
        (
            Witness("no", "POST", "/a", {"Content-Type": "application/json"}, True, "a" * 4_000),
            ["    proof      POST /a", '    body       "' + "a" * 158 + "…"],
        ),
        (Witness("no", "GET", "/" + "a" * 4_000), ["    proof      GET /" + "a" * 594 + "…"]),
        (Witness("no", "GET", "/a", {"X": "a" * 4_000}), ["    proof      GET /a with X: " + "a" * 584 + "…"]),
        (
            Witness("no", headers={"X": "a" * 4_000}, status="200"),
            ["    proof      the server may answer 200 with X: " + "a" * 565 + "…"],
        ),
        (
            Witness("no", "GET", "/a", {"X": "a" * 3_900}),
            ["    proof      curl http://a.b/api/a -H 'X: " + "a" * 3_900 + "'"],
        ),
    ],
)
def test_a_long_witness_is_cut_and_has_no_line_to_copy(verdict: Verdict, witness: Witness, proof: list[str]) -> None:
    change = Change("schema", "maxLength", "added", "GET /a", proof=Proof.WITNESS, witness=witness)
    finding = Finding("ck1-1", "some-rule", Severity.BREAKING, "changed", change)
    lines = render_text(replace(verdict, findings=(finding,))).splitlines()
    assert [line for line in lines if line.startswith(("    proof", "    body"))] == proof


def test_the_places_of_a_null_that_was_always_there_are_listed_on_demand() -> None:
    places = [f"GET /a 200.body.{name}" for name in ("a", "b", "c")]
    change = Change(
        "schema",
        "nullable",
        "added",
        "GET /a",
        "200.body.a",
        Direction.RESPONSE,
        after=places,
        operations=("GET /a",),
        proof=Proof.WITNESS,
        facts={"null_everywhere": 3},
    )
    side = SideInfo(Contract("a.json", {}))
    verdict = judge([change], side, side)
    line = "    places     GET /a 200.body.a, GET /a 200.body.b, GET /a 200.body.c\n"
    assert line in render_text(verdict, verbose=True)
    assert "places" not in render_text(verdict).replace("--verbose lists the places", "")
