"""The program itself: help, version, exit codes, signals, terminals, and what it does not import."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contractkit import __version__
from contractkit.fuzz.check import checks
from contractkit.replay.difference import recorded_rules
from contractkit.rules.registry import all_rules

PROGRAM = [sys.executable, "-m", "contractkit"]
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1.0.0"},
    "paths": {"/orders": {"get": {"responses": {"200": {"description": "done"}}}}},
}
EMPTY = {**DOCUMENT, "paths": {}}
HEAVY = {
    "fastapi",
    "httpx",
    "jsonschema",
    "jsonschema_rs",
    "openapi_spec_validator",
    "pydantic",
    "rich",
    "yaml",
}


def run(*arguments: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "80", **environment},
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    (tmp_path / "new.json").write_text(json.dumps(EMPTY), encoding="utf-8")
    return tmp_path


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"contractkit {__version__}\n", "")


def test_help_lists_every_command() -> None:
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    listed = re.findall(r"^  (\w+)  ", done.stdout.partition("Commands:")[2], flags=re.MULTILINE)
    assert sorted(listed) == [
        *(
            "approvals",
            "approve",
            "baseline",
            "changelog",
            "diff",
            "fuzz",
            "impact",
            "init",
            "pull",
            "record",
            "replay",
            "review",
            "rules",
            "schema",
            "selftest",
            "validate",
        )
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["diff"],
        ["rules"],
        ["rules", "list"],
        ["rules", "show"],
        ["pull"],
        ["baseline"],
        ["fuzz"],
        ["record"],
        ["replay"],
        ["impact"],
        ["init"],
        ["changelog"],
        ["schema"],
    ],
)
def test_every_command_has_help(command: list[str]) -> None:
    done = run(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(rf"usage: contractkit {' '.join(command)}\b", done.stdout, flags=re.IGNORECASE)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["dif"], "dif: there is no such command; did you mean diff?"),
        (["qqq"], "qqq: there is no such command; `contractkit --help` shows how it is used"),
        (["--versio"], "--versio: there is no such option; did you mean --version?"),
        (["baseline", "lst"], "baseline lst: there is no such command; did you mean list?"),
        (["rules", "show", "--qq"], "rules show --qq: there is no such option; {}"),
        (["rules", "show"], "rules show: missing argument 'ID'; {}"),
        (["pull", "a", "b"], "pull: got unexpected extra argument(s) (b); {}"),
        (
            ["baseline", "list", "--format", "jsn"],
            "baseline list: invalid value for '--format': 'jsn' is not one of 'text', 'json'; {}",
        ),
        (
            ["validate", "--timeout", "-1"],
            "validate: invalid value for '--timeout': Input should be greater than or equal to 0.1; {}",
        ),
    ],
)
def test_a_wrong_command_line_is_one_line(arguments: list[str], line: str) -> None:
    done = run(*arguments)
    command = " ".join(arguments[: 2 if arguments[0] in ("rules", "baseline") else 1])
    expected = line.format(f"`contractkit {command} --help` shows how it is used")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"contractkit: {expected}\n")


@pytest.mark.parametrize("arguments", [[], ["baseline"]])
def test_without_a_command_the_help_is_shown(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", run(*arguments, "--help").stdout)


def test_rules_lists_every_rule_and_check() -> None:
    done = run("rules")
    assert (done.returncode, done.stderr) == (0, "")
    blocks = done.stdout.split("\n\n")
    titles = [
        "contractkit diff",
        "contractkit fuzz: what an app promises",
        "contractkit replay: what was recorded",
    ]
    assert [blocks[0], blocks[2], blocks[4]] == titles
    listed = [[line.split()[0] for line in block.splitlines()] for block in (blocks[1], blocks[3], blocks[5])]
    assert listed == [sorted(all_rules()), sorted(checks()), sorted(recorded_rules())]
    assert run("rules", "list").stdout == done.stdout


def test_a_rule_is_shown_with_its_page_and_examples() -> None:
    done = run("rules", "show", "security-flow-changed")
    assert (done.returncode, done.stderr) == (0, "")
    paragraphs = done.stdout.split("\n\n")
    assert paragraphs[0] == (
        "security-flow-changed (risky): an address of an OAuth 2 flow changed, or the flow is gone"
    )
    assert [text for text in paragraphs if text.startswith(("This ", "and "))] == [
        "This is risky: the document, before",
        "and after",
        "This breaks nobody: the document, before",
        "and after",
    ]
    assert "            tokenUrl: /login/token" in done.stdout
    assert "&id" not in done.stdout


def test_a_check_is_shown_with_its_page_and_apps() -> None:
    done = run("rules", "show", "slow-answer")
    assert (done.returncode, done.stderr) == (0, "")
    paragraphs = done.stdout.split("\n\n")
    assert paragraphs[0] == "slow-answer (breaking): no input makes an answer take seconds"
    assert {"An app that breaks it", "An app that keeps it"} < set(paragraphs)
    assert "        time.sleep(1.5)" in done.stdout


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (
            "operation-remove",
            "operation-remove: there is no such rule; did you mean operation-removed, "
            "unstable-operation-removed, operation-added?",
        ),
        ("qqq", "qqq: there is no such rule; `contractkit rules list` shows all"),
    ],
)
def test_an_unknown_rule_gets_the_nearest_names(rule: str, line: str) -> None:
    done = run("rules", "show", rule)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"contractkit: {line}\n")


def imported(*arguments: str, folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-v", "-m", "contractkit", *arguments],  # tells of `importlib.import_module` as well
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return set(re.findall(r"^import '([\w.]+)'", done.stderr, flags=re.MULTILINE))


def test_help_imports_nothing_heavy(folder: Path) -> None:
    names = imported("--help", folder=folder)
    assert {name for name in names if name.partition(".")[0] in HEAVY} == set()
    assert {name for name in names if name.startswith(("contractkit.diff", "contractkit.schema"))} == set()


def test_diff_imports_nothing_heavy(folder: Path) -> None:
    names = imported("diff", "old.json", "new.json", folder=folder)
    assert {name for name in names if name.partition(".")[0] in HEAVY | {"typer", "dataclasses", "inspect"}} == set()
    assert _pages(names) >= {"operation_presence"}
    assert _pages(names) & {"enum_values", "security_schemes", "string_length"} == set()
    same = imported("diff", "old.json", "old.json", folder=folder)
    assert _pages(same) == {"examples", "registry", "rule"}


def _pages(names: set[str]) -> set[str]:
    home = "contractkit.rules."
    return {name.removeprefix(home) for name in names if name.startswith(home)}


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_without_a_traceback(folder: Path, sent: signal.Signals, code: int) -> None:
    os.mkfifo(folder / "pipe.json")
    process = subprocess.Popen(
        [*PROGRAM, "diff", "pipe.json", "old.json"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with open(folder / "pipe.json", "wb") as writer:  # opens only when the program reads
        writer.flush()
        process.send_signal(sent)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, b"", b"")


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run([*PROGRAM, "rules"], stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert (process.returncode, process.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("redirected", "code", "err"),
    [
        ("diff old.json new.json >&-", 1, ""),
        ("rules >&-", 0, ""),
        ("--help >&-", 0, ""),
        ("diff gone.json new.json 2>&-", 2, ""),
        (
            "diff - new.json <&-",
            2,
            "standard input: is no OpenAPI document but empty; "
            "give a document; contractkit reads OpenAPI 3.0, 3.1 and 3.2",
        ),
    ],
)
def test_streams_may_be_closed(folder: Path, redirected: str, code: int, err: str) -> None:
    command = f'exec "{sys.executable}" -m contractkit {redirected}'
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", err and f"contractkit: {err}\n")


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs the device /dev/full")
@pytest.mark.parametrize("command", [["diff", "old.json", "new.json"], ["rules"], ["pull", "old.json"], ["--help"]])
def test_a_full_disk_is_one_line(folder: Path, command: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*PROGRAM, *command], cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.returncode == 2
    assert re.fullmatch(
        r"contractkit: standard output: cannot be written \(No space left on device\); .+\n", done.stderr
    )


def test_a_device_stays_one(folder: Path) -> None:
    done = run("diff", "old.json", "new.json", "--format", "json:/dev/stdout", folder=folder)
    assert (done.returncode, json.loads(done.stdout)["outcome"], done.stderr) == (1, "breaking", "")
    assert Path("/dev/stdout").is_symlink()


def test_a_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    script = f'mkdir gone; cd gone; rmdir ../gone; exec "{sys.executable}" -P -m contractkit diff a.json b.json'
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "contractkit: the current folder: cannot be read (No such file or directory); change into another\n",
    )


def on_a_terminal(folder: Path, **environment: str) -> list[str]:
    """Return the lines that `diff` writes to a terminal of 50 columns."""
    pty = pytest.importorskip("pty")
    own, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    process = subprocess.Popen(
        [*PROGRAM, "diff", "old.json", "new.json"],
        cwd=folder,
        stdout=theirs,
        stdin=subprocess.DEVNULL,
        env={**clean, "TERM": "xterm", "COLUMNS": "50", **environment},
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(own, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not part:
            break
        parts.append(part)
    process.wait(timeout=60)
    os.close(own)
    return b"".join(parts).decode().splitlines()


def test_a_terminal_gets_colour_and_its_width(folder: Path) -> None:
    lines = on_a_terminal(folder)
    assert lines[3:6] == [
        "\x1b[1mGET /orders\x1b[0m",
        "  \x1b[1;31mbreaking  \x1b[0m`GET /orders` was removed without",
        "            having been deprecated",
    ]


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_may_refuse_colour(folder: Path, environment: dict[str, str]) -> None:
    lines = on_a_terminal(folder, **environment)
    assert lines[3:6] == [
        "GET /orders",
        "  breaking  `GET /orders` was removed without",
        "            having been deprecated",
    ]


def test_a_pipe_gets_colour_only_when_asked(folder: Path) -> None:
    plain = run("diff", "old.json", "new.json", folder=folder, NO_COLOR="", FORCE_COLOR="").stdout
    forced = run("diff", "old.json", "new.json", folder=folder, NO_COLOR="", FORCE_COLOR="1", TERM="xterm").stdout
    assert "\x1b" not in plain
    assert "\x1b[1mGET /orders\x1b[0m\n" in forced


def test_an_output_that_cannot_show_a_character_is_no_error(folder: Path) -> None:
    (folder / "ä.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    done = subprocess.run(
        [*PROGRAM, "diff", "ä.json", "old.json"],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"base      Orders 1.0.0 (\\xe4.json)\n")
