"""What is fuzzed: one way in which contractkit reads something that others wrote, from the file to the last report."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from contractkit.api.comparing import diff
from contractkit.api.project import policy_of, read_reports
from contractkit.cli.formats import RENDERED, rendered
from contractkit.diff.working import working_requests
from contractkit.fuzz.failures import Failures
from contractkit.model.finding import Severity
from contractkit.model.verdict import Verdict
from contractkit.replay.cassette import from_text, to_text
from contractkit.replay.har import read_traffic
from contractkit.replay.impact import impacts
from contractkit.report import changelog_formats
from contractkit.report.changelog import changelog_of
from contractkit.report.fuzz_merge import merge_reports
from contractkit.report.json_report import render_json, report
from contractkit.report.reading import read_report
from contractkit.report.text import render_text
from contractkit.sources.config import load_config
from contractkit.sources.options import LoadOptions
from contractkit.store.approvals import ApprovalStore
from contractkit.store.baselines import BaselineStore
from contractkit.store.files import encode
from tests.selffuzz import corpus
from tests.selffuzz.mutation import Mutator, parsed, written


@dataclass(frozen=True)
class Target:
    """One thing that is read.

    Attributes:
        run: reads it from an input, in a folder of its own.
        form: what its inputs are made of, for the mutations: `json`, `yaml` or `text`.
        seeds: inputs to begin with.
    """

    run: Callable[[bytes, Path], None]
    form: str
    seeds: Callable[[], list[bytes]]


def _document(data: bytes, folder: Path, suffix: str = "json") -> None:
    """A document is compared with itself, and with one that was made of it, in every format of reports."""
    other = Mutator(Random(zlib.crc32(data)))
    value = parsed(data.decode("utf-8", "replace"), suffix)
    revision = data if value is None else written(other.value(value, 3), suffix)
    names = []
    for name, content in (("base", data), ("revision", revision)):
        (folder / f"{name}.{suffix}").write_bytes(content)
        names.append(f"{name}.{suffix}")
    options = LoadOptions(root=folder)
    same = diff(names[0], names[0], config=False, options=options)
    told = [one.message for one in same.findings if one.severity is Severity.BREAKING]
    assert not told, f"a document breaks itself: {told[:3]}"
    _reported(diff(*names, config=False, options=options), zlib.crc32(data))


def _reported(verdict: Verdict, number: int) -> None:
    """Write the report as text, as JSON, and in one of the formats that are made of it; or as a changelog."""
    encode(render_text(verdict))
    encode(render_json(verdict))
    values = report(verdict)
    if number % 4:
        encode(rendered(RENDERED[number % len(RENDERED)], values))
        return
    log = changelog_of(read_report(values), working_requests(verdict.revision.contract))
    encode(changelog_formats.changelog_json(log))
    encode(changelog_formats.changelog_markdown(log))
    encode(changelog_formats.changelog_html(log))


def _yaml(data: bytes, folder: Path) -> None:
    _document(data, folder, "yaml")


def _cassette(data: bytes, folder: Path) -> None:
    to_text(from_text("one", data.decode("utf-8", "replace"), "one.json"))


def _har(data: bytes, folder: Path) -> None:
    file = folder / "traffic.har"
    file.write_bytes(data)
    verdict = corpus.comparison()
    breaking = [one for one in verdict.findings if one.severity is Severity.BREAKING]
    traffic = read_traffic(file, "traffic.har")
    impacts(verdict, breaking, traffic)


def _report(data: bytes, folder: Path) -> None:
    file = folder / "report.json"
    file.write_bytes(data)
    rows = read_reports(file, "report.json")
    for row in rows:
        encode(rendered(RENDERED[zlib.crc32(data) % len(RENDERED)], row))
    if all(row["kind"] == "fuzz" for row in rows):
        merge_reports([("report.json", row) for row in rows * 2])


def _config(data: bytes, folder: Path) -> None:
    name = "pyproject.toml" if b"tool.contractkit" in data else "contractkit.toml"
    (folder / name).write_bytes(data)
    try:
        config = load_config(folder)
        policy_of(config, None)
        config.fuzz()
    finally:
        (folder / name).unlink()


def _approval(data: bytes, folder: Path) -> None:
    where = folder / "baselines" / "shop" / "approvals"
    where.mkdir(parents=True, exist_ok=True)
    (where / "ck1-0123456789abcdef.toml").write_bytes(data)
    ApprovalStore(folder / "baselines", "shop").all()


def _baseline(data: bytes, folder: Path) -> None:
    where = folder / "baselines" / "shop" / "1.0.0"
    where.mkdir(parents=True, exist_ok=True)
    for name in ("baseline.toml", "openapi.json"):
        (where / name).write_bytes(data if (name == "openapi.json") == data.lstrip().startswith(b"{") else b"")
    BaselineStore(folder / "baselines").verify()


def _failure(data: bytes, folder: Path) -> None:
    (folder / "ck1-0123456789abcdef.json").write_bytes(data)
    Failures(folder, "Shop", ()).load()


TARGETS = {
    "json": Target(_document, "json", corpus.as_json),
    "yaml": Target(_yaml, "yaml", corpus.as_yaml),
    "asyncapi": Target(_document, "json", corpus.asyncapi),
    "cassette": Target(_cassette, "json", lambda: corpus.kept("cassette")),
    "har": Target(_har, "json", lambda: corpus.kept("har")),
    "report": Target(_report, "json", corpus.reports),
    "config": Target(_config, "text", corpus.configurations),
    "approval": Target(_approval, "text", lambda: corpus.kept("approval")),
    "baseline": Target(_baseline, "text", corpus.baselines),
    "failure": Target(_failure, "json", lambda: corpus.kept("failure")),
}
