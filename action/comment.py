"""Keeps the one comment of contractkit on a pull request: writes it, updates it, takes it away when all is mended.

`gh` speaks to GitHub. The comment is found again by its first line, and only among those of the one who writes it:
anybody may write a comment that begins alike. Where the token may not write (a pull request from a fork), that is a
warning: the check itself has its verdict.

Environment: CONTRACTKIT_JSON and CONTRACTKIT_MARKDOWN are the reports, CONTRACTKIT_FOLDER the project's folder, which
has a comment of its own; REPOSITORY is `owner/name`, PULL_REQUEST a number, CONTRACTKIT_AUTHOR who writes, if it is not
the bot of GitHub Actions.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

_MARKER = "<!-- contractkit -->"
_BOT = "github-actions[bot]"


def main() -> int:
    """Bring the comment up to date; return the exit code, which is 0 whether or not GitHub allowed it."""
    report = json.loads(Path(os.environ["CONTRACTKIT_JSON"]).read_text(encoding="utf-8"))
    body = Path(os.environ["CONTRACTKIT_MARKDOWN"]).read_text(encoding="utf-8")
    marker = _marker(os.environ.get("CONTRACTKIT_FOLDER", ""))
    repository = os.environ["REPOSITORY"]
    try:
        comments = _own(repository, os.environ["PULL_REQUEST"], marker)
        kept = comments[:1] if _has_news(report) else []
        for comment in comments[len(kept) :]:
            _gh("DELETE", f"repos/{repository}/issues/comments/{comment}")
        if _has_news(report):
            text = json.dumps({"body": marker + body.removeprefix(_MARKER)})
            if kept:
                _gh("PATCH", f"repos/{repository}/issues/comments/{kept[0]}", text)
            else:
                _gh("POST", f"repos/{repository}/issues/{os.environ['PULL_REQUEST']}/comments", text)
    except (OSError, subprocess.CalledProcessError) as error:
        said = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        print(f"::warning title=contractkit::the comment could not be written: {' '.join(said.split())[:300]}")
    return 0


def _marker(folder: str) -> str:
    """Return the first line of the comment; each folder of a repository with several projects has its own."""
    name = re.sub(r"[^A-Za-z0-9._/]+", "_", folder.strip().removeprefix("./").rstrip("/"))
    return _MARKER if name in ("", ".") else f"<!-- contractkit {name} -->"


def _has_news(report: dict[str, Any]) -> bool:
    """Tell whether there is something that a reviewer should read: a change that may break, or what fails the check."""
    reports = report["reports"] if report["kind"] == "diffs" else [report]
    return any(
        one["counts"]["breaking"] or one["counts"]["risky"] or one["version"]["fails"] or one["unused_approvals"]
        for one in reports
    )


def _own(repository: str, number: str, marker: str) -> list[int]:
    """Return the ids of the comments that were written here before, the oldest first."""
    text = _gh("GET", f"repos/{repository}/issues/{number}/comments?per_page=100", None, "--paginate")
    author = os.environ.get("CONTRACTKIT_AUTHOR") or _BOT
    decoder = json.JSONDecoder()
    found: list[int] = []
    while text := text.lstrip():  # gh prints a list for each page
        page, end = decoder.raw_decode(text)
        text = text[end:]
        found += [
            int(one["id"])
            for one in page
            if (one.get("user") or {}).get("login") == author and one["body"].splitlines()[:1] == [marker]
        ]
    return sorted(found)


def _gh(method: str, path: str, body: str | None = None, *options: str) -> str:
    words = ["gh", "api", "--method", method, *options, *(["--input", "-"] if body is not None else []), path]
    return subprocess.run(words, input=body or "", check=True, capture_output=True, text=True, encoding="utf-8").stdout


if __name__ == "__main__":
    sys.exit(main())
