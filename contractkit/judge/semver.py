"""Whether `info.version` took the step that the findings ask for (semver.org 2.0.0)."""

from __future__ import annotations

import re

from contractkit.model.policy import Policy, VersionPolicy
from contractkit.model.verdict import Bump, Verdict, VersionStep

_VERSION = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9})(?:\.(\d{1,9})(?:[-+].*)?)?)?")

_Numbers = tuple[int, int, int]


def version_step(verdict: Verdict, policy: Policy) -> VersionStep | None:
    """Return the version that is needed and whether the revision has it; None where versions are no numbers.

    Before 1.0.0 anything may change at any time (item 4); as Cargo and npm count, a break then needs the next minor
    version, and the rest a patch.
    """
    base, revision = _numbers(verdict.base.version), _numbers(verdict.revision.version)
    if base is None or revision is None:
        return None
    needed = _after(base, verdict.required_bump)
    enough = revision >= needed
    fails = policy.version is VersionPolicy.REQUIRE and not enough and policy.fail_on != "never"
    return VersionStep(".".join(map(str, needed)), enough, fails)


def _numbers(version: str) -> _Numbers | None:
    match = _VERSION.fullmatch(version.strip())
    return None if match is None else (int(match[1]), int(match[2] or 0), int(match[3] or 0))


def _after(base: _Numbers, bump: Bump) -> _Numbers:
    major, minor, patch = base
    if major == 0:
        bump = {Bump.MAJOR: Bump.MINOR, Bump.MINOR: Bump.PATCH}.get(bump, bump)
    if bump is Bump.MAJOR:
        return (major + 1, 0, 0)
    if bump is Bump.MINOR:
        return (major, minor + 1, 0)
    return (major, minor, patch + 1) if bump is Bump.PATCH else base
