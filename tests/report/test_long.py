"""What is too long for a person, in the reports that show a line to copy."""

from contractkit.model.contract import Contract
from contractkit.model.finding import Severity
from contractkit.model.fuzz import FuzzFinding, FuzzVerdict, Step
from contractkit.model.verdict import SideInfo
from contractkit.report.fuzz_json import report
from contractkit.report.fuzz_text import render_fuzz_text
from contractkit.report.lines import message_lines
from contractkit.report.view import Message

SERVER = "http://127.0.0.1:8000"
LONG = "a" * 4_000


def test_the_lines_of_other_formats_have_no_line_to_copy() -> None:
    message = Message("POST", f"/{LONG}", {"X": LONG}, has_body=True, body=LONG, curl=f"curl {LONG}")
    assert list(message_lines(message, "proof")) == [
        ("proof", "POST /" + "a" * 593 + "…"),
        ("headers", "X: " + "a" * 596 + "…"),
        ("body", '"' + "a" * 598 + "…"),
    ]
    assert list(message_lines(Message("GET", "/", curl="curl /"), "proof")) == [("proof", "curl /")]


def test_a_finding_of_fuzz_has_none_in_the_text_and_one_in_the_json_report() -> None:
    step = Step("POST", "/a", headers={"Content-Type": "application/json"}, has_body=True, body=LONG, status=500)
    place = ("GET /a", ("GET /a",), "500", "it fails", "mend it")
    finding = FuzzFinding("ck1-1", "server-error", Severity.BREAKING, *place, (step,), None, None)
    side = SideInfo(Contract("shop:app", {"info": {"title": "Shop", "version": "1"}, "paths": {}}))
    verdict = FuzzVerdict(side, "shop:app", (finding,), (), (), 1, 1.0, 3, ())
    lines = render_fuzz_text(verdict, SERVER).splitlines()
    shown = [line for line in lines if line.startswith(("    proof", "    body"))]
    assert shown == ["    proof      POST /a", '    body       "' + "a" * 158 + "…"]
    found = report(verdict, SERVER)
    assert found["findings"][0]["witness"]["curl"].endswith(f"--data-raw '\"{LONG}\"'")
