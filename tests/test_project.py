"""What must hold for the repository as a whole: layers, sizes, public names, and documents that tell the truth."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import contractkit

ROOT = Path(__file__).parents[1]
LONGEST = 400
SOURCES = sorted(
    path
    for folder in ("contractkit", "sample_app", "scripts", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)
PACKAGES = sorted(info.name for info in pkgutil.iter_modules(contractkit.__path__) if info.ispkg)
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(contractkit.__path__, "contractkit.")
    if info.name != "contractkit.__main__"  # importing it runs the program
)
EXPORTING = [name for name in ("contractkit", *MODULES) if hasattr(importlib.import_module(name), "__all__")]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def names_of(path: Path) -> set[str]:
    """Dotted names such as `sys.argv` that the code of a file uses."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {ast.unparse(node) for node in tree if isinstance(node, ast.Attribute)}


def here(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_keep_the_directions_that_pyproject_states() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long_to_read() -> None:
    lines = {here(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_the_model_needs_the_standard_library_only() -> None:
    foreign = {
        name
        for path in (ROOT / "contractkit" / "model").glob("*.py")
        for name in imports_of(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("contractkit.model")
    }
    assert foreign == set()


def test_only_the_command_line_reads_arguments_and_ends_the_process() -> None:
    users = {
        here(path)
        for path in (ROOT / "contractkit").rglob("*.py")
        if names_of(path) & {"sys.argv", "sys.exit", "os._exit"}
    }
    # The processes that import the app are programs of their own; `aside` ends what it forked.
    programs = {"contractkit/sources/child.py", "contractkit/fuzz/worker.py", "contractkit/api/aside.py"}
    assert {name for name in users if not name.startswith("contractkit/cli/")} == programs


def test_the_public_names() -> None:
    assert contractkit.__all__ == [
        "Bump",
        "Contract",
        "Finding",
        "FuzzFinding",
        "FuzzVerdict",
        "InputError",
        "LoadOptions",
        "Outcome",
        "Policy",
        "Severity",
        "User",
        "Verdict",
        "__version__",
        "compare",
        "diff",
        "find_breaking_changes",
        "fuzz",
        "load",
        "websocket",
    ]
    functions = {name for name in contractkit.__all__ if inspect.isfunction(getattr(contractkit, name))}
    assert functions == {"compare", "diff", "find_breaking_changes", "fuzz", "load"}


@pytest.mark.parametrize("name", EXPORTING)
def test_a_list_of_exports_is_sorted_and_true(name: str) -> None:
    module = importlib.import_module(name)
    assert list(module.__all__) == sorted(module.__all__)
    assert [export for export in module.__all__ if not hasattr(module, export)] == []


def test_the_architecture_has_every_package_and_no_other() -> None:
    drawn = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("```text\n")[2].partition("```")[0]
    assert sorted(re.findall(r"^  ([a-z_]+)/ ", drawn, re.MULTILINE)) == PACKAGES


def test_the_architecture_names_files_that_exist() -> None:
    named = set(re.findall(r"\b(\w+\.py)\b", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")))
    assert named - {path.name for path in SOURCES} == set()


def test_the_changelog_knows_the_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert contractkit.__version__ in headings


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_documents_name_targets_and_files_that_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    linked = set(re.findall(r"\]\(([^)#:]+)\)", text))
    assert {link for link in linked if not (ROOT / link).exists()} == set()
