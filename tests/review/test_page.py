"""The page as text: what is marked, what is escaped, what may run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from contractkit.report.reading import read_reports
from contractkit.report.view import Message
from contractkit.review.compare import side_by_side
from contractkit.review.page import Desk, Texts, render_review
from contractkit.review.snippets import json_text, python_text, value_text

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`&\x1b[31m\u202e"


def report(text: str, count: int = 1) -> dict[str, object]:
    side = {"source": text, "title": text, "version": text, "digest": "sha256:0"}
    witness = {
        "method": "POST",
        "url": f"/{text}",
        "headers": {text: text},
        "body": {text: text},
        "curl": text,
        "refusal": text,
    }
    findings = [
        {
            "id": f"ck1-{number:016x}",
            "rule": "request-maximum-decreased",
            "severity": "breaking",
            "proof": "witness",
            "operation": f"POST /{text}",
            "direction": "request",
            "location": f"body.{text}",
            "component": text,
            "operations": [f"POST /{text}", f"PUT /{text}"],
            "message": text,
            "before": {text: [text]},
            "after": text,
            "witness": witness,
            "source": {"file": text, "line": 3},
            "approval": None,
            "ignored": None,
            "fails": True,
            "notes": [text],
        }
        for number in range(count)
    ]
    return {
        "schema_version": 1,
        "kind": "diff",
        "outcome": "breaking",
        "required_bump": "major",
        "base": side,
        "revision": side,
        "counts": {"breaking": count, "risky": 0, "safe": 0, "approved": 0},
        "version": None,
        "findings": findings,
        "unused_approvals": [],
        "warnings": {"base": [], "revision": []},
    }


class Elements(HTMLParser):
    """Collects the elements of a page, and the handlers of events among their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("desk", [None, Desk("Ann", "token", EVIL, is_error=True)])
def test_nothing_of_a_document_runs(desk: Desk | None) -> None:
    texts = {"ck1-0000000000000000": Texts(EVIL, EVIL + "x")}
    page = render_review(read_reports(report(EVIL)), texts, desk)
    elements = Elements()
    elements.feed(page)
    assert elements.names.count("script") == 1
    assert (elements.names.count("img"), elements.handlers) == (0, [])
    assert not set(page) & {"\x1b", "\u202e"}


def test_only_the_page_s_own_script_and_style_are_allowed() -> None:
    page = render_review(read_reports(report("a")))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    hashes = {
        kind: base64.b64encode(
            hashlib.sha256(re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)[0].encode()).digest()
        )
        for kind in ("style", "script")
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style'].decode()}'; "
        f"script-src 'sha256-{hashes['script'].decode()}'; base-uri 'none'; form-action 'none'"
    )


def test_the_difference_is_marked_word_by_word() -> None:
    table = side_by_side('{\n  "maximum": 100,\n  "a": 1\n}', '{\n  "maximum": 50,\n  "a": 1,\n  "b": 2\n}', "both")
    rows = re.findall(r'<tr><td class="(\w+)">(.*?)</td><td class="\w+">(.*?)</td></tr>', table)
    assert rows == [
        ("same", "{", "{"),
        ("differs", "  &quot;maximum&quot;: <del>100</del>,", "  &quot;maximum&quot;: <ins>50</ins>,"),
        ("differs", "  &quot;a&quot;: 1", "  &quot;a&quot;: 1<ins>,</ins>"),
        ("differs", "", "<ins>  &quot;b&quot;: 2</ins>"),
        ("same", "}", "}"),
    ]


def test_long_texts_are_cut() -> None:
    table = side_by_side("\n".join("x" * 500 for _ in range(100)), "", "both")
    assert table.count("<tr>") == 62
    assert "… and 40 more lines" in table
    assert "x" * 299 + "…" in table


REQUEST = Message(
    "POST",
    "/orders?a=1",
    {"Content-Type": "application/json"},
    has_body=True,
    body={"sku": "it's", "n": None},
    curl="curl -X POST 'https://api.example/v1/orders?a=1' -H 'x: y'",
)


def test_a_request_as_a_program_that_runs() -> None:
    text = python_text(REQUEST)
    assert text is not None
    sent: dict[str, object] = {}

    class Http:
        @staticmethod
        def request(method: str, url: str, **more: object) -> object:
            sent.update(more, method=method, url=url)
            return type("Response", (), {"status_code": 200, "text": ""})

    exec(compile(text.replace("import httpx\n", ""), "snippet", "exec"), {"httpx": Http})
    assert sent == {
        "method": "POST",
        "url": "https://api.example/v1/orders?a=1",
        "headers": {"Content-Type": "application/json"},
        "json": {"sku": "it's", "n": None},
    }


def test_a_body_that_is_no_json_is_sent_as_its_bytes() -> None:
    headers = {"Content-Type": "application/json"}
    text = python_text(Message("POST", "/orders", headers, has_body=True, body='"\\xb9', raw=b'"\xb9'))
    assert text is not None
    assert "content=b'\"\\xb9'," in text
    assert python_text(Message("POST", "/orders", headers, has_body=True, body="a", truncated=True)) is None


def test_a_program_sends_to_the_server_and_never_to_what_a_body_names() -> None:
    curl = 'printf \'{"link": "https://evil.test/hooks", \\377\' | curl http://127.0.0.1:9000/hooks --data-binary @-'
    text = python_text(Message("POST", "/hooks", has_body=True, body="?", raw=b"?", curl=curl))
    assert text is not None
    assert "'http://127.0.0.1:9000/hooks'" in text


def test_a_response_is_no_program() -> None:
    message = Message(status="200", has_body=True, body={"a": 1})
    assert python_text(message) is None
    assert json.loads(json_text(message)) == {"status": "200", "body": {"a": 1}}


@pytest.mark.parametrize(("value", "text"), [(None, ""), ("a", "a"), (False, "false"), ({"a": 1}, '{\n  "a": 1\n}')])
def test_values(value: object, text: str) -> None:
    assert value_text(value) == text
