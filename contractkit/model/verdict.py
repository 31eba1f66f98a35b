"""The one answer of a comparison."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contractkit.model.contract import Contract, Notice
from contractkit.model.finding import Finding, Severity
from contractkit.model.records import NamedTuple, field, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from contractkit.model.standing import Unused


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


@record(frozen=True, slots=True)
class SideInfo:
    """What a report says about one side of a comparison.

    Attributes:
        contract: the contract itself; its digest is made when a report asks for it.
        warnings: what was set aside while loading and while comparing.
        made: gives the digest where another process makes it before anybody asks.
    """

    contract: Contract
    warnings: tuple[Notice, ...] = ()
    made: Callable[[], str] | None = field(default=None, compare=False)

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
        return self.contract.digest if self.made is None else self.made()

    @property
    def hints(self) -> tuple[str, ...]:
        """Things the user may want to know."""
        return self.contract.hints


class VersionStep(NamedTuple):
    """Whether `info.version` took the step that semantic versioning asks for.

    Attributes:
        needed: the smallest version that will do.
        enough: whether the revision's version is that, or a later one.
        fails: whether the run exits with 1 because it is not.
    """

    needed: str
    enough: bool
    fails: bool = False


@record(frozen=True, slots=True)
class Verdict:
    """The one answer of a comparison.

    Attributes:
        outcome: the highest severity found.
        required_bump: the version step that is needed.
        base: the contract that clients were built on.
        revision: the contract that is to replace it.
        findings: sorted by operation, direction, location, rule, id.
        unused: approvals against this base that do not count.
        version: what became of `info.version`; None where one of the two is no semantic version.
    """

    outcome: Outcome
    required_bump: Bump
    base: SideInfo
    revision: SideInfo
    findings: tuple[Finding, ...]
    unused: tuple[Unused, ...] = ()
    version: VersionStep | None = None

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def approved(self) -> int:
        """How many findings are approved."""
        return sum(one.standing is not None and one.standing.approval is not None for one in self.findings)

    @property
    def only_text(self) -> bool:
        """Whether nothing but the text of the document differs: what another version of a generator writes."""
        if self.outcome not in (Outcome.IDENTICAL, Outcome.COMPATIBLE) or self.base.version != self.revision.version:
            return False
        small = self.required_bump in (Bump.NONE, Bump.PATCH)
        return small and self.base.contract.document != self.revision.contract.document

    @property
    def fails(self) -> bool:
        """Whether the run exits with 1."""
        return any(one.fails for one in self.findings) or (self.version is not None and self.version.fails)
