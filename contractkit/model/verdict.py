"""The one answer of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contractkit.model.contract import Contract, Notice
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
    """What a report says about one side of a comparison.

    Attributes:
        contract: the contract itself; its digest is made only when a report asks for it.
        warnings: what was set aside while loading and while comparing.
    """

    contract: Contract
    warnings: tuple[Notice, ...] = ()

    @property
    def source(self) -> str:
        """The source as the user wrote it."""
        return self.contract.source

    @property
    def title(self) -> str:
        """`info.title`, or an empty string."""
        return self.contract.title

    @property
    def version(self) -> str:
        """`info.version`, or an empty string."""
        return self.contract.version

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the canonical document."""
        return self.contract.digest

    @property
    def hints(self) -> tuple[str, ...]:
        """Things the user may want to know."""
        return self.contract.hints


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
