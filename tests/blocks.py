"""The fenced blocks of the README and of docs/*.md: what they are, and how they are run.

A page is cut into sessions. One begins at the top of a page and at each of these comments:

    <!-- tests: this repository -->        a copy of the files that the page speaks of; also without a comment
    <!-- tests: a project of its own -->   an empty folder

In a session the blocks are taken in their order. The info string of each says what is done with it:

    console            commands after `$ `, and all that they print; a last line `...` stands for more of it
    sh run             commands that end with exit code 0
    python run         a program that ends so and has nothing to complain about
    LANGUAGE FILE      a file, written into the folder; one of contractkit's configuration has to be right
    LANGUAGE NAME      is tried by a test of its own, which knows it by that name
    text               no command
    {DIRECTIVE}        for Sphinx

Any other is to be excused by the line before it, `<!-- not run by the tests: REASON -->`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from contractkit.sources.config import load_config

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
REST = "..."
TIME_LIMIT = 300
_PIECE = re.compile(r"^<!-- tests: (?P<place>.+) -->$|^```(?P<info>.*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
_EXCUSE = re.compile(r"<!-- not run by the tests: .+ -->\n$")
_CONFIGURATION = ("pyproject.toml", "contractkit.toml")


@dataclass(frozen=True)
class Block:
    """A fenced block: its page from the root, its line, its info string, its text, and whether it need not be run."""

    page: str
    line: int
    info: str
    text: str
    excused: bool

    @property
    def file(self) -> str | None:
        """The file that the block is, where its info string names one."""
        name = self.info.partition(" ")[2]
        return name if "." in name else None

    @property
    def commands(self) -> list[tuple[str, list[str]]]:
        """The commands of a console block, each with the lines that it should print."""
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
        return found


@dataclass(frozen=True)
class Session:
    """Blocks that are taken one after the other in one folder."""

    name: str
    own_project: bool
    blocks: tuple[Block, ...]


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page."""
    return [block for _, block in _pieces(page) if block is not None]


def sessions() -> list[Session]:
    """Return the sessions of all pages that have something to do."""
    return [session for page in PAGES for session in _sessions(page) if any(map(is_done, session.blocks))]


def is_done(block: Block) -> bool:
    """Whether something is done with a block in its session."""
    return not block.excused and (block.info in ("console", "sh run", "python run") or block.file is not None)


def prepare(folder: Path) -> None:
    """Make a copy of the files of the repository that the pages speak of, in git."""
    for name in ("baselines", "docs/examples", "sample_app"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "A copy to read"]):
        subprocess.run(["git", *words], cwd=folder, env=_environment(), check=True, timeout=TIME_LIMIT)


def play(session: Session, folder: Path) -> None:
    """Do what the blocks of a session ask for, and fail where a page does not tell the truth."""
    for block in session.blocks:
        where = f"{block.page}:{block.line}"
        if block.excused:
            continue
        if block.info == "console":
            for command, expected in block.commands:
                printed = run(command, folder)
                if expected[-1:] == [REST]:
                    assert len(printed) > len(expected), (where, command, printed)
                    printed = [*printed[: len(expected) - 1], REST]
                assert (command, printed) == (command, untimed(expected)), (where, printed)
        elif block.info in ("sh run", "python run"):
            program = [sys.executable, "-c"] if block.info == "python run" else ["bash", "-ec"]
            done = subprocess.run(
                [*program, block.text],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIME_LIMIT,
                check=False,
            )
            assert done.returncode == 0, (where, done.stdout, done.stderr)
            assert block.info == "sh run" or done.stderr == "", (where, done.stderr)
        elif block.file is not None:
            file = folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
            if file.name in _CONFIGURATION:
                config = load_config(file.parent)
                assert config.file is not None, where
                with patch.dict(os.environ, dict.fromkeys(re.findall(r"\$([A-Z_]+)", block.text), "secret")):
                    config.fuzz()


def run(command: str, folder: Path) -> list[str]:
    """Return the lines that a command prints, without what changes: see `untimed`."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    return untimed(done.stdout.splitlines())


def untimed(lines: list[str]) -> list[str]:
    """Return the lines without how long a command took and how far it was meanwhile, without days and commits."""
    kept = [line for line in lines if not re.match(r"contractkit: \d+ of \d+ parts, ", line)]
    for pattern, word in (
        (r" · \d+\.\d+ s(?= ·|$)", " · … s"),
        (r"(?<=  )\d{4}-\d\d-\d\d  (?:[0-9a-f]{9}|-        )  ", "(day)  (commit)  "),
        (r"(?<= on )\d{4}-\d\d-\d\d(?=:)", "(day)"),
    ):
        kept = [re.sub(pattern, word, line) for line in kept]
    return kept


def _environment() -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SAMPLE_APP_", "PYTEST_", "GIT_"))
    }
    who = {"NAME": "Reader", "EMAIL": "reader@example.com"}
    return {
        **kept,
        **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        # Python takes an old .pyc for a file that keeps its size and is changed within a second; no reader is as fast.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _pieces(page: Path) -> Iterator[tuple[str, Block | None]]:
    """Yield each block of a page with the place where its session is, and each change of that place."""
    text = page.read_text(encoding="utf-8")
    place = "this repository"
    for match in _PIECE.finditer(text):
        if match["place"]:
            place = match["place"]
            assert place in ("this repository", "a project of its own"), f"{page}: {place}"
            yield place, None
        else:
            before = text[: match.start()]
            line = before.count("\n") + 1
            name = page.relative_to(ROOT).as_posix()
            yield place, Block(name, line, match["info"], match["text"], _EXCUSE.search(before) is not None)


def _sessions(page: Path) -> Iterator[Session]:
    name = page.relative_to(ROOT).as_posix()
    found: list[Block] = []
    number, kind = 1, "this repository"
    for place, block in _pieces(page):
        if block is None:
            yield Session(f"{name}-{number}", kind == "a project of its own", tuple(found))
            found, number = [], number + 1
        else:
            found.append(block)
        kind = place
    yield Session(f"{name}-{number}", kind == "a project of its own", tuple(found))
