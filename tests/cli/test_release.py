"""The whole story of a release in a git repository: break, red, approve, green, worse, red, merge, promote."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_the_whole_story(shop: Shop) -> None:
    shop.change("le=100", "le=50")
    code, report = shop.diff()
    assert (code, shop.failing(report)) == (1, {"request-maximum-decreased"})
    (finding,) = [one for one in report["findings"] if one["fails"]]

    # Signed, it passes, and the last report is where the id was found.
    done = shop.run("approve", finding["id"][:10], "--reason", "agreed with the mobile team", "--until", "2030-06-20")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"approved {finding['id']} (request-maximum-decreased) in baselines/shop/approvals/{finding['id']}.toml\n",
        "",
    )
    code, report = shop.diff()
    assert (code, report["counts"]) == (0, {"breaking": 1, "risky": 0, "safe": 0, "approved": 1})
    (approval,) = [one["approval"] for one in report["findings"]]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", approval.pop("at"))
    assert approval == {"by": "Ann <ann@example.com>", "reason": "agreed with the mobile team", "until": "2030-06-20"}

    # Rewording, reordering and another name of the component change nothing about it.
    shop.change("class Order(", "class Command(")
    shop.change("order: Order", "order: Command")
    shop.change("quantity: int = Field(ge=1, le=50)", "quantity: int = Field(ge=1, le=50, description='how many')")
    assert shop.diff()[0] == 0
    shop.commit("smaller orders")

    # It ends.
    done = shop.run("diff", day="2030-06-21")
    assert done.returncode == 1
    assert done.stderr == (
        f"contractkit: warning: the approval of {finding['id']} (request-maximum-decreased) by Ann <ann@example.com> "
        "ended on 2030-06-20; `contractkit approvals prune` removes it\n"
    )
    assert shop.run("diff", day="2030-06-20").returncode == 0

    # What is worse is something else.
    shop.change("le=50", "le=40")
    code, report = shop.diff()
    assert (code, shop.failing(report)) == (1, {"request-maximum-decreased"})
    assert [one["why"] for one in report["unused_approvals"]] == ["matches no finding any more"]
    shop.change("le=40", "le=50")

    # Two branches sign different things, and merge.
    shop.git("checkout", "-b", "shorter")
    shop.change("max_length=20", "max_length=10")
    code, report = shop.diff()
    assert (code, shop.failing(report)) == (1, {"request-max-length-decreased"})
    (shorter,) = [one["id"] for one in report["findings"] if one["fails"]]
    assert shop.run("approve", shorter, "-m", "nobody has longer ones", "--by", "Bob").returncode == 0
    shop.commit("shorter")
    shop.git("checkout", "main")
    shop.change("def change(order_id: int", "def change(order_id: int, really: bool")
    code, report = shop.diff()
    (required,) = [one["id"] for one in report["findings"] if one["fails"]]
    assert shop.run("approve", required, "-m", "new anyway").returncode == 0
    shop.commit("really")
    shop.git("merge", "--no-edit", "shorter")
    code, report = shop.diff()
    assert (code, report["counts"]["approved"]) == (0, 3)
    assert shop.approvals == sorted(f"{one}.toml" for one in (finding["id"], shorter, required))
    listed = shop.run("approvals", "list").stdout.splitlines()
    assert [line.split()[1:3] for line in listed[1:]] == [[name[:-5], "counts"] for name in shop.approvals]

    # The baseline is promoted and consumes what it contains.
    shop.change('version="1.0.0"', 'version="2.0.0"')
    done = shop.run("baseline", "save")
    assert sorted(done.stdout.splitlines()) == sorted(
        [
            "saved @shop:2.0.0 in baselines/shop/2.0.0",
            f"consumed the approval of {finding['id']} (request-maximum-decreased)",
            f"consumed the approval of {shorter} (request-max-length-decreased)",
            f"consumed the approval of {required} (required-parameter-added)",
        ]
    )
    assert shop.approvals == []
    assert shop.diff("--strict-approvals")[0] == 0
    assert {path.name for path in (shop.folder / "baselines/shop").iterdir()} == {"1.0.0", "2.0.0"}


def test_one_operation_of_a_component_finding_can_be_approved_alone(shop: Shop) -> None:
    shop.change("le=100", "le=50")
    _, report = shop.diff()
    (finding,) = report["findings"]
    assert finding["operations"] == ["POST /orders", "PUT /orders/{}"]
    words = ("approve", finding["id"], "-m", "x", "--operation")
    done = shop.run(*words, "put /orders")
    assert (done.returncode, done.stderr) == (
        2,
        f"contractkit: put /orders: {finding['id']} does not reach this operation; did you mean `PUT /orders/{{}}`?\n",
    )
    assert shop.run(*words, "put /orders/{order_id}").returncode == 0
    code, report = shop.diff()
    assert (code, report["findings"][0]["notes"]) == (1, ["approved, but not for POST /orders"])
    assert shop.run(*words, "POST /orders").returncode == 0
    assert shop.diff()[0] == 0
    assert len(shop.approvals) == 2


def test_strict_approvals_fail_on_what_matches_nothing_and_prune_removes_it(shop: Shop) -> None:
    shop.change("le=100", "le=50")
    _, report = shop.diff()
    assert shop.run("approve", report["findings"][0]["id"], "-m", "x").returncode == 0
    shop.change("le=50", "le=100")
    assert shop.diff("--strict-approvals")[0] == 1
    assert shop.diff()[0] == 0
    done = shop.run("approvals", "prune", "--dry-run")
    line = f"{report['findings'][0]['id']} (request-maximum-decreased) of shop: matches nothing\n"
    assert (done.returncode, done.stdout) == (0, f"would remove {line}")
    assert shop.run("approvals", "prune").stdout == f"removed {line}"
    assert shop.run("approvals", "prune").stderr == "contractkit: all approvals count\n"
    assert shop.diff("--strict-approvals")[0] == 0


def test_who_may_approve_can_be_listed(shop: Shop) -> None:
    file = shop.folder / "contractkit.toml"
    file.write_text(file.read_text() + 'approvers = ["bob@example.com"]\n')
    shop.change("le=100", "le=50")
    _, report = shop.diff()
    done = shop.run("approve", report["findings"][0]["id"], "-m", "x")
    assert done.returncode == 2
    assert done.stderr == (
        f"contractkit: Ann <ann@example.com>: is not among `approvers` of {file}; those are bob@example.com\n"
    )
    assert shop.approvals == []
    assert shop.run("approve", report["findings"][0]["id"], "-m", "x", "--by", "Bob <bob@example.com>").returncode == 0
    assert shop.diff()[0] == 0


def test_ids_come_from_a_report_of_another_machine(shop: Shop) -> None:
    shop.change("le=100", "le=50")
    assert shop.run("diff", "--format", "json:artefact.json").returncode == 1
    for path in (shop.folder / ".contractkit").rglob("*"):
        if path.is_file():
            path.unlink()
    done = shop.run("approve", "ck1-", "-m", "x")
    assert (done.returncode, done.stderr) == (
        2,
        "contractkit: approve: no findings are known here; run `contractkit diff` or `contractkit fuzz` here, or name "
        "a JSON report with --report FILE\n",
    )
    assert shop.run("approve", "ck1-", "-m", "x", "--report", "artefact.json").returncode == 0
    assert shop.diff()[0] == 0


def test_every_supported_version_is_compared(shop: Shop) -> None:
    shop.change("le=100", "le=50")
    shop.change('version="1.0.0"', 'version="2.0.0"')
    assert shop.run("baseline", "save").returncode == 0
    assert shop.diff()[0] == 0
    code, report = shop.diff("--all-baselines")
    assert (code, report["kind"], report["outcome"], report["required_bump"]) == (1, "diffs", "breaking", "major")
    assert [(one["base"]["source"], one["outcome"]) for one in report["reports"]] == [
        ("@shop:1.0.0", "breaking"),
        ("@shop:2.0.0", "identical"),
    ]
    assert shop.run("approve", "ck1-", "-m", "x").returncode == 2  # the version differs, too: two findings
    file = shop.folder / "contractkit.toml"
    file.write_text(file.read_text() + 'supported = ["2.*"]\n')
    assert shop.diff("--all-baselines")[0] == 0


def test_a_change_of_the_text_alone_names_the_command_that_stores_it(shop: Shop) -> None:
    words = "Only the text of the document differs; `contractkit baseline save --force` stores it as it is now.\n"
    assert words not in shop.run("diff").stdout
    # What another version of the generator may write: the same values in other words.
    shop.change("class Order(BaseModel):", 'class Order(BaseModel):\n    """An order."""\n')
    done = shop.run("diff")
    assert (done.returncode, words in done.stdout) == (0, True)
    assert shop.diff()[1]["only_text"] is True
    assert shop.run("baseline", "save", "--force").stdout == "replaced @shop:1.0.0 in baselines/shop/1.0.0\n"
    assert words not in shop.run("diff").stdout
    shop.change("le=100", "le=50")
    assert shop.diff()[1]["only_text"] is False


def test_the_baselines_of_an_approval_and_what_prune_leaves_alone(shop: Shop) -> None:
    shop.change("le=100", "le=50")
    identifier = shop.diff()[1]["findings"][0]["id"]
    assert shop.run("approve", identifier, "-m", "whole").returncode == 0
    assert (
        shop.run("approve", identifier, "-m", "x", "--operation", "POST /orders", "--until", "2030-06-15").returncode
        == 0
    )
    assert shop.run("diff", day="2030-06-16").returncode == 0
    done = shop.run("approvals", "prune", day="2030-06-16")
    assert done.stdout == f"removed {identifier} (request-maximum-decreased) of shop: ended\n"
    assert shop.run("diff", day="2030-06-16").returncode == 0

    # Another API has the same finding; what is compared here says nothing about it.
    shop.change("le=50", "le=100")
    assert shop.run("baseline", "save", "--api", "other").returncode == 0
    shop.change("le=100", "le=50")
    assert shop.run("diff", "@other", "shop:app").returncode == 1
    assert shop.run("approve", identifier, "-m", "there, too").returncode == 0
    shop.change("le=50", "le=100")
    assert shop.run("diff").returncode == 0
    assert shop.run("approvals", "prune").stdout == (
        f"removed {identifier} (request-maximum-decreased) of shop: matches nothing\n"
    )
    shop.change("le=100", "le=50")
    assert shop.run("diff", "@other", "shop:app").returncode == 0


def test_a_report_cannot_lead_a_signature_out_of_its_folder(shop: Shop) -> None:
    shop.change("le=100", "le=50")
    _, report = shop.diff()
    before = (shop.folder / "contractkit.toml").read_text()
    report["findings"][0]["id"] += "/../../../../contractkit"
    (shop.folder / "evil.json").write_text(json.dumps(report))
    done = shop.run("approve", "ck1-", "-m", "x", "--report", "evil.json")
    assert (done.returncode, "`ck1-` and 16 hexadecimal digits" in done.stderr) == (2, True)
    assert (shop.folder / "contractkit.toml").read_text() == before


BAD = {
    ("approve", "ck1-0", "-m", " "): "--reason: is empty; say why it may pass",
    ("approve", "ck1-0", "-m", "x", "--until", "soon"): "--until soon: this is no date; write it as 2030-12-31",
    ("approve", "ck1-0", "-m", "x", "--until", "2030-06-14"): "--until 2030-06-14: this day is over; name a day that "
    "is to come",
    ("approve", "ck1-0", "-m", "x", "--report", "no.json"): "no.json: no such file; name a file that "
    "`contractkit diff` or `contractkit fuzz` wrote with --format json:FILE",
    ("approve", "ck1-0", "-m", "x", "--report", "shop.py"): "shop.py: not JSON: Expecting value: line 2 column 1 "
    "(char 1); name a file that `contractkit diff` or `contractkit fuzz` wrote with --format json:FILE",
    (
        "approve",
        "ck1-0",
        "-m",
        "x",
        "--report",
        "baselines/shop/1.0.0/openapi.json",
    ): "baselines/shop/1.0.0/openapi.json: "
    "this is no report: `schema_version` is missing; write one with `contractkit diff --format json:FILE` or "
    "`contractkit fuzz --format json:FILE`",
    ("diff", "shop:app", "shop:app", "--all-baselines"): "shop:app: --all-baselines needs a stored contract as its "
    "base; write @NAME",
}


@pytest.mark.parametrize("words", BAD)
def test_bad_input_is_one_line(shop: Shop, words: tuple[str, ...]) -> None:
    done = shop.run(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"contractkit: {BAD[words]}\n")
    assert shop.approvals == []


def test_a_rule_in_levels_must_exist(shop: Shop) -> None:
    file = shop.folder / "contractkit.toml"
    file.write_text(file.read_text() + '[[levels]]\nrules = ["request-maximum-decrease"]\nlevel = "warn"\n')
    done = shop.run("diff")
    assert (done.returncode, done.stderr) == (
        2,
        f"contractkit: {file}: `levels` names the rule `request-maximum-decrease`, which does not exist; did you mean "
        "`request-maximum-decreased`?\n",
    )
    file.write_text(file.read_text().replace("decrease", "decreased"))
    shop.change("le=100", "le=50")
    assert shop.diff()[0] == 0
