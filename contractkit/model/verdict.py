"""The one answer of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contractkit.model.contract import Notice
from contractkit.model.finding import Finding, Severity


class Outcome(StrEnum):
    """The highest severity found, before approvals; `identical` when the documents say the same."""

    BREAKING = "breaking"
    RISKY = "risky"
    COMPATIBLE = "compatible"
    IDENTICAL = "identical"


class Bump(StrEnum):
    """The version step that semantic versioning asks for (semver.org 2.0.0, items 6 to 8)."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SideInfo:
    """What a report says about one side: source as written, title, version, digest, warnings and hints."""

    source: str
    title: str
    version: str
    digest: str
    warnings: tuple[Notice, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome, findings (sorted by operation, direction, location, rule, id) and the required bump."""

    outcome: Outcome
    required_bump: Bump
    base: SideInfo
    revision: SideInfo
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)
