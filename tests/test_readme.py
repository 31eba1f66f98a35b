"""The README: every block is run, or says why not, and shows what really comes out.

`console` blocks are commands after `$ ` with their output. They run in order, in a copy of the repository's files;
those of "Start in your own project" in a folder of their own, with the files that the blocks above them name.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contractkit.sources.config import load_config

ROOT = Path(__file__).parents[1]
OWN_PROJECT = "Start in your own project"
NOT_RUN = re.compile(r"<!-- not run by the tests: .+ -->\n$")
REST = "..."


@dataclass(frozen=True)
class Block:
    """A fenced block: the section it is in, its info string, its text, and what stands right before it."""

    section: str
    info: str
    text: str
    before: str


def blocks() -> list[Block]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^```([^\n]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        heading = re.findall(r"^## (.+)$", text[: match.start()], re.MULTILINE)[-1]
        found.append(Block(heading, match[1], match[2], text[: match.start()]))
    return found


BLOCKS = blocks()


def of(kind: str, *, own_project: bool) -> list[Block]:
    return [
        block
        for block in BLOCKS
        if block.info.split()[0] == kind
        and (block.section == OWN_PROJECT) == own_project
        and block.info != "python run"
    ]


def commands(block: Block) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines that it should print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def run(command: str, folder: Path) -> list[str]:
    """The lines a command prints, without what changes: see `untimed`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMPLE_APP_")}
    settings = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        # Python takes an old .pyc for a file that keeps its size and is changed within a second; no reader is as fast.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**kept, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return untimed(done.stdout.splitlines())


def untimed(lines: list[str]) -> list[str]:
    """The lines without the time a command took, and without the day and commit of a stored contract."""
    lines = [re.sub(r" · \d+\.\d\d s$", " · … s", line) for line in lines]
    return [re.sub(r"  \d{4}-\d\d-\d\d  [0-9a-f]{9}  ", "  (day)  (commit)  ", line) for line in lines]


def assert_told_truly(blocks: list[Block], folder: Path) -> None:
    for block in blocks:
        for command, expected in commands(block):
            printed = run(command, folder)
            if expected[-1:] == [REST]:
                assert len(printed) > len(expected), command
                printed = [*printed[: len(expected) - 1], REST]
            assert (command, printed) == (command, untimed(expected))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    for name in ("baselines", "docs/examples", "sample_app"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    git = ["git", "-c", "user.name=Reader", "-c", "user.email=reader@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "A copy to read"]):
        subprocess.run([*git, *words], cwd=folder, check=True, timeout=60)
    return folder


def test_every_block_is_known() -> None:
    known = {"console", "json", "python my_shop/main.py", "python run", "sh wheel", "toml pyproject.toml"}
    unknown = [block.info for block in BLOCKS if block.info not in known and not NOT_RUN.search(block.before)]
    assert unknown == []


def test_the_first_two_commands() -> None:
    assert (BLOCKS[0].info, BLOCKS[0].text) == ("sh", "make demo\nmake test\n")


def test_the_quick_start_in_a_project_of_ones_own(tmp_path: Path) -> None:
    for block in BLOCKS:
        if block.section == OWN_PROJECT and block.info != "console":
            file = tmp_path / block.info.split()[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    consoles = of("console", own_project=True)
    assert sum(len(commands(block)) for block in consoles) == 8
    assert_told_truly(consoles, tmp_path)


def test_five_commands_to_a_failing_check(tmp_path: Path) -> None:
    """The first installs; `make package` runs it too, in an environment of its own."""
    (block,) = [block for block in BLOCKS if block.info == "sh wheel"]
    (app,) = [block for block in BLOCKS if block.info == "python my_shop/main.py"]
    (tmp_path / "my_shop").mkdir()
    (tmp_path / "my_shop" / "main.py").write_text(app.text, encoding="utf-8")
    first, *others = block.text.splitlines()
    assert (first, len(others)) == ("pip install fastapi contractkit", 4)
    git = 'git() { command git -c user.name=Reader -c user.email=reader@example.com -c commit.gpgsign=false "$@"; }'
    assert run("git init -q", tmp_path) == []
    *_, last = [run(f"{git}; {command}; echo exit code $?", tmp_path) for command in others]
    assert last == [
        "::error file=my_shop/main.py,line=9,title=breaking%3A request-maximum-decreased::POST /orders: "
        "`maximum` of `quantity` fell from 100 to 50 [ck1-523b8dea6733fb09]",
        "contractkit: 1 finding fails the check",
        "exit code 1",
    ]


def test_the_configuration_that_is_shown_is_one(tmp_path: Path) -> None:
    texts = [block.text for block in BLOCKS if block.info.startswith("toml") and block.section != OWN_PROJECT]
    (tmp_path / "pyproject.toml").write_text("\n".join(texts), encoding="utf-8")
    (tmp_path / "services/orders").mkdir(parents=True)
    config = load_config(tmp_path)
    assert (len(config.policy.levels), [one.name for one in config.every_api()]) == (2, ["my-shop", "orders"])


def test_the_commands_in_this_repository(repository: Path) -> None:
    consoles = of("console", own_project=False)
    assert sum(len(commands(block)) for block in consoles) > 15
    assert_told_truly(consoles, repository)


def test_the_finding_is_one_of_the_report(repository: Path) -> None:
    (block,) = of("json", own_project=False)
    command = "contractkit diff docs/examples/shop-1.0.yaml docs/examples/shop-1.1.yaml --format json --fail-on never"
    report: dict[str, Any] = json.loads("\n".join(run(command, repository)))
    shown = json.loads(block.text)
    assert [(one, list(one)) for one in report["findings"] if one["id"] == shown["id"]] == [(shown, list(shown))]
    table = block.before[block.before.rindex("| Key | Value |") :]
    named = re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)))
    assert named == list(report)


def test_the_python_block_runs(repository: Path) -> None:
    (block,) = [block for block in BLOCKS if block.info == "python run"]
    done = subprocess.run(
        [sys.executable, "-c", block.text], cwd=repository, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 2)
