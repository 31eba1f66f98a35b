"""Shell completion: what bash offers behind the script that `--show-completion` prints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
SCRIPT = """
words=("$@")
eval "$(contractkit --show-completion)" || exit 3
COMP_WORDS=("${words[@]}")
COMP_CWORD=$((${#words[@]} - 1))
_contractkit_completion contractkit
printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(*words: str) -> list[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", SCRIPT, "bash", "contractkit", *words],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("bas",), ["baseline"]),
        (("re",), ["record", "replay", "review"]),
        (("baseline", "ver"), ["verify"]),
        (("fuzz", "--time-"), ["--time-limit"]),
        (("diff", "--all"), ["--all", "--all-baselines", "--allow-remote-refs"]),
    ],
)
def test_commands_and_options_are_completed(words: tuple[str, ...], expected: list[str]) -> None:
    assert sorted(offered(*words)) == expected
