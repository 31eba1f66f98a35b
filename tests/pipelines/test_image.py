"""The Dockerfile: what it copies is there and not ignored, and it is pinned, small and without root."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(word, re.sub(r"\s+", " ", rest)) for word, _, rest in (line.partition(" ") for line in lines if line)]


def is_sent(path: str) -> bool:
    """Whether .dockerignore leaves a path in what Docker is sent: the last line that fits decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and (fnmatch(path, pattern) or path.startswith(f"{pattern}/")):
            sent = line.startswith("!")
    return sent


def test_what_is_copied_is_there() -> None:
    copied = [
        word.removeprefix("./").rstrip("/")
        for instruction, rest in instructions()
        if instruction == "COPY" and not rest.startswith("--from")
        for word in rest.split()[:-1]
    ]
    assert copied == ["pyproject.toml", "README.md", "LICENSE", "contractkit", ".ci/constraints.txt"]
    assert [one for one in copied if not (ROOT / one).exists() or not is_sent(one)] == []
    assert [one for one in ("tests/conftest.py", ".git/config", "baselines/a") if is_sent(one)] == []


def test_the_build_needs_no_file_that_is_not_copied() -> None:
    metadata = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = re.findall(r'^(?:readme = |license-files = \[|packages = \[|path = )"([^"]+)"', metadata, re.MULTILINE)
    assert named == ["README.md", "LICENSE", "contractkit/__init__.py", "contractkit"]
    assert [one for one in named if not is_sent(one)] == []


def test_bases_are_pinned_and_the_user_is_not_root() -> None:
    found = instructions()
    bases = [rest.split()[0] for word, rest in found if word == "FROM"]
    assert [base for base in bases if not re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base)] == []
    assert [rest for word, rest in found if word == "USER"] == ["10001"]
    assert [word for word, _ in found[-4:]] == ["USER", "WORKDIR", "ENTRYPOINT", "CMD"]
    assert dict(found)["ENTRYPOINT"] == '["contractkit"]'
