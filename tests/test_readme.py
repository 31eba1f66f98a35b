"""The README and docs/*.md: every block is run, or says why not, and shows what really comes out: `tests/blocks.py`."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from contractkit.cli.formats import FORMATS
from contractkit.fuzz.check import checks
from tests.blocks import PAGES, ROOT, Session, blocks_of, is_done, play, prepare, run, sessions

TRIED_ELSEWHERE = {
    "sh wheel": "test_five_commands_to_a_failing_check",
    "json finding": "test_the_finding_is_one_of_the_report",
    "sh pipeline": "tests/pipelines/test_docs.py",
    "yaml github": "tests/pipelines/test_docs.py",
    "yaml code-scanning": "tests/pipelines/test_docs.py",
    "yaml gitlab": "tests/pipelines/test_docs.py",
    "yaml pre-commit": "tests/pipelines/test_docs.py",
}
COMMAND = re.compile(r"^\s*(?:\$ |contractkit |pytest |git |pip |docker |make )", re.MULTILINE)


@pytest.mark.parametrize("session", sessions(), ids=lambda session: session.name)
def test_a_page_tells_the_truth(session: Session, tmp_path: Path) -> None:
    if not session.own_project:
        prepare(tmp_path)
    play(session, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    idle = [
        one
        for one in blocks_of(page)
        if not (is_done(one) or one.excused or one.info in TRIED_ELSEWHERE or one.info.startswith("{"))
    ]
    assert [f"{one.page}:{one.line} {one.info}" for one in idle if one.info != "text" or COMMAND.search(one.text)] == []


def test_there_are_pages_and_they_are_played() -> None:
    played = [block for session in sessions() for block in session.blocks if is_done(block)]
    assert len([command for block in played if block.info == "console" for command in block.commands]) > 40
    assert {block.page for block in played} > {"README.md", "docs/tutorial.md", "docs/fuzzing.md", "docs/releases.md"}


def test_the_first_two_commands() -> None:
    first = blocks_of(ROOT / "README.md")[0]
    assert (first.info, first.text) == ("sh", "make demo\nmake test\n")


def test_five_commands_to_a_failing_check(tmp_path: Path) -> None:
    """The first installs; `make package` runs it too, in an environment of its own."""
    blocks = blocks_of(ROOT / "README.md")
    (block,) = [one for one in blocks if one.info == "sh wheel"]
    (app,) = [one for one in blocks if one.file == "my_shop/main.py"]
    (tmp_path / "my_shop").mkdir()
    (tmp_path / "my_shop" / "main.py").write_text(app.text, encoding="utf-8")
    first, *others = block.text.splitlines()
    assert (first, len(others)) == ("pip install fastapi contractkit", 4)
    assert run("git init -q", tmp_path) == []
    *_, last = [run(f"{command}; echo exit code $?", tmp_path) for command in others]
    assert last == [
        "::error file=my_shop/main.py,line=9,title=breaking%3A request-maximum-decreased::POST /orders: "
        "`maximum` of `quantity` fell from 100 to 50 [ck1-523b8dea6733fb09]",
        "contractkit: 1 finding fails the check",
        "exit code 1",
    ]


def test_the_finding_is_one_of_the_report(tmp_path: Path) -> None:
    page = ROOT / "docs/reports.md"
    (block,) = [one for one in blocks_of(page) if one.info == "json finding"]
    prepare(tmp_path)
    command = "contractkit diff docs/examples/shop-1.0.yaml docs/examples/shop-1.1.yaml --format json --fail-on never"
    report: dict[str, Any] = json.loads("\n".join(run(command, tmp_path)))
    shown = json.loads(block.text)
    assert [(one, list(one)) for one in report["findings"] if one["id"] == shown["id"]] == [(shown, list(shown))]
    text = page.read_text(encoding="utf-8")
    table = text[text.index("| Key | Value |") :].partition("\n\n")[0]
    named = re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)))
    assert named == list(report)


def test_every_check_and_every_format_has_its_row() -> None:
    def rows(page: str, head: str) -> set[str]:
        table = (ROOT / page).read_text(encoding="utf-8").split(f"\n| {head} |")[1].split("\n\n")[0]
        return {
            name
            for cell in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
            for name in re.findall(r"`([a-z-]+)`", cell)
        }

    told = rows("docs/fuzzing.md", "Check"), rows("docs/websockets.md", "Check")
    assert told == tuple({one.id for one in checks().values() if one.of_sockets is kind} for kind in (False, True))
    assert rows("docs/reports.md", "Format") == set(FORMATS)
