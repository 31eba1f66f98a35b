"""The inputs that the fuzzing begins with: small ones of every kind, with nearly every keyword that is read."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import yaml

from contractkit.api.comparing import diff
from contractkit.model.verdict import Verdict
from contractkit.report.json_report import report

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SEEDS = Path(__file__).parent / "seeds"


@functools.cache
def comparison() -> Verdict:
    """The comparison of the README."""
    return diff(str(EXAMPLES / "shop-1.0.yaml"), str(EXAMPLES / "shop-1.1.yaml"), config=False)


def kept(name: str) -> list[bytes]:
    """The files of `seeds` for a target, as they stand."""
    return [file.read_bytes() for file in sorted((SEEDS / name).iterdir())]


def as_yaml() -> list[bytes]:
    """Documents in YAML, those of the README among them."""
    return [*kept("documents"), *(file.read_bytes() for file in sorted(EXAMPLES.glob("*.yaml")))]


def as_json() -> list[bytes]:
    """The same documents in JSON."""
    return [_json(one) for one in as_yaml()]


def asyncapi() -> list[bytes]:
    """AsyncAPI documents in JSON."""
    return [_json(one) for one in kept("asyncapi")]


def reports() -> list[bytes]:
    """JSON reports of every kind."""
    whole: dict[str, Any] = report(comparison())
    several = {"schema_version": 1, "kind": "diffs", "reports": [whole, whole]}
    return [*kept("report"), *(json.dumps(one).encode() for one in (whole, several))]


def configurations() -> list[bytes]:
    """Configurations, the project's own among them, as pyproject.toml and as contractkit.toml."""
    own = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[tool.contractkit]")[2]
    own = own.partition("[tool.pytest")[0]
    short = own.replace("tool.contractkit.", "")
    return [*kept("config"), f"[tool.contractkit]{own}".encode(), short.encode()]


def baselines() -> list[bytes]:
    """A stored record, and a document."""
    (file,) = (ROOT / "baselines" / "inventory").glob("*/baseline.toml")
    return [*kept("baseline"), file.read_bytes()]


def _json(data: bytes) -> bytes:
    return json.dumps(yaml.safe_load(data)).encode()
