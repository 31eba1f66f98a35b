"""Whole documents through `contractkit.compare` and the command line: what must hold of every comparison."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from contractkit.api.comparing import compare
from contractkit.model.change import Direction, Proof
from contractkit.model.contract import Contract
from contractkit.model.finding import Finding, Severity
from contractkit.model.verdict import Outcome, Verdict
from tests.soundness.documents import Document, schema_holders
from tests.soundness.oracle import Judge, applied, may_send
from tests.soundness.places import Json, Side
from tests.soundness.rewrites import REWRITES, rewritten

ROOT = Path(__file__).parents[2]


def compared(base: Document, revision: Document) -> Verdict:
    """The verdict on two documents."""
    return compare(Contract("base.json", base), Contract("revision.json", revision))


def body_schema(document: Document, finding: Finding) -> tuple[Json, str] | None:
    """The raw schema of the whole body that a finding's witness is one of, and its media type; None where unclear."""
    change = finding.change
    method, _, erased = change.operation.partition(" ")
    for path, item in document["paths"].items():
        if "/".join("{}" if part.startswith("{") else part for part in path.split("/")) != erased:
            continue
        operation = item.get(method.lower(), {})
        if change.direction is Direction.REQUEST:
            holder = operation.get("requestBody", {})
        else:
            holder = operation.get("responses", {}).get(change.location.split(".")[0], {})
        content = holder.get("content", {})
        if len(content) == 1:
            media, one = next(iter(content.items()))
            return one.get("schema", True), media
    return None


def untrue_witnesses(base: Document, revision: Document, verdict: Verdict, counts: Counter[str]) -> list[str]:
    """The JSON bodies shown as witnesses that the sender's document refuses or the receiver's accepts."""
    wrong = []
    for finding in verdict.findings:
        change = finding.change
        witness = change.witness
        if change.proof is not Proof.WITNESS or witness is None or not witness.has_body or change.direction is None:
            continue
        if "body" not in change.location.split(".")[:2]:
            continue
        direction = change.direction.value
        documents = (base, revision) if direction == "request" else (revision, base)
        schemas = [body_schema(document, finding) for document in documents]
        if any(schema is None or schema[1] != "application/json" for schema in schemas):
            counts["witnesses not looked at"] += 1
            continue
        sender, receiver = (
            Side(schema[0], document["components"]["schemas"])
            for schema, document in zip(schemas, documents, strict=True)
            if schema is not None
        )
        counts["witnesses"] += 1
        if may_send(sender, direction, witness.body) is False:
            wrong.append(f"the sender refuses {json.dumps(witness.body)} of {_where(finding)}")
        if Judge(applied(receiver, direction, sends=False)).accepts(witness.body) is True:
            wrong.append(f"the receiver accepts {json.dumps(witness.body)} of {_where(finding)}")
    return wrong


def _where(finding: Finding) -> str:
    change = finding.change
    return f"{finding.rule} {change.operation} {change.direction} {change.location} {change.aspect}"


def not_identical(document: Document) -> list[str]:
    """What is said of a document against itself, should it be anything."""
    verdict = compared(document, copy.deepcopy(document))
    if verdict.outcome is Outcome.IDENTICAL:
        return []
    return [_where(finding) for finding in verdict.findings] or [verdict.outcome.value]


def respelled(document: Document, rng: Random, rewrites: int) -> Document:
    """A copy that means the same: rewrites at random places of random schemas."""
    document = copy.deepcopy(document)
    holders = list(schema_holders(document))
    for _ in range(rewrites):
        holder, key = rng.choice(holders)
        side = Side(holder[key], document["components"]["schemas"])
        rewrite = rng.choice(REWRITES)
        made = rewritten(side, rewrite, rng)
        if made is not None and rewrite.__name__ not in ("old_tuples", "negate_twice"):
            holder[key] = made.root
            document["components"]["schemas"] = made.components
    return renamed_components(document, rng)


def renamed_components(document: Document, rng: Random) -> Document:
    """A copy with other component names, and references that lead to them."""
    names = list(document["components"]["schemas"])
    fresh = dict(zip(names, (f"Renamed{index}" for index in rng.sample(range(len(names)), len(names))), strict=True))

    def follow(node: Any) -> Any:
        if isinstance(node, dict):
            made = {key: follow(value) for key, value in node.items()}
            name = made["$ref"].rpartition("/schemas/")[2] if isinstance(made.get("$ref"), str) else ""
            if name in fresh:
                made["$ref"] = f"#/components/schemas/{fresh[name]}"
            return made
        return [follow(one) for one in node] if isinstance(node, list) else node

    document = follow(document)
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = {fresh[name]: schemas[name] for name in names}
    return document


def loud(base: Document, revision: Document) -> list[str]:
    """Findings above `safe` between two documents that mean the same."""
    verdict = compared(base, revision)
    return [
        f"{finding.severity} {finding.change.proof} {_where(finding)}"
        for finding in verdict.findings
        if finding.severity is not Severity.SAFE
    ]


def on_the_command_line(base: Document, revision: Document, folder: Path) -> list[str]:
    """What is wrong with two runs under different hash seeds: exit codes, error output, bytes, the verdict."""
    for name, document in (("base", base), ("revision", revision)):
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    wrong = []
    outputs = []
    expected = int(compared(base, revision).outcome is Outcome.BREAKING)
    for seed in ("0", "4711"):
        command = [sys.executable, "-m", "contractkit", "diff", "base.json", "revision.json", "--format", "json"]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        outputs.append(done.stdout)
        if done.returncode != expected:
            wrong.append(f"exit code {done.returncode}, not {expected}: {done.stderr.decode()[-300:]}")
        if b"Traceback" in done.stderr:
            wrong.append(done.stderr.decode()[-500:])
    if outputs[0] != outputs[1]:
        wrong.append("two hash seeds give different bytes")
    return wrong
