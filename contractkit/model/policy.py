"""What a project does about findings: the part of the configuration that judges."""

from __future__ import annotations

from enum import StrEnum

from contractkit.model.change import Direction
from contractkit.model.records import NamedTuple


class Level(StrEnum):
    """What is done about a finding, whatever its severity."""

    FAIL = "fail"
    WARN = "warn"
    IGNORE = "ignore"


class Clients(StrEnum):
    """What the clients of the API can cope with."""

    STRICT = "strict"
    TOLERANT = "tolerant"


class VersionPolicy(StrEnum):
    """What the step of `info.version` decides.

    `report` only says which version is needed; with `require` a smaller step than semantic versioning asks for fails;
    with `permit` a break passes where the step is large enough.
    """

    REPORT = "report"
    REQUIRE = "require"
    PERMIT = "permit"


FAIL_ON = ("breaking", "risky", "never")
"""The values that `fail-on` may have."""


class LevelRule(NamedTuple):
    """One row of `levels`; the last one that fits decides.

    Attributes:
        level: what is done.
        rules: globs of rule or check ids; empty for all.
        operations: globs of operations, parameter names erased (`GET /orders/{}`); empty for all.
        tags: tags of operations; empty for all.
        direction: request or response; None for both.
        reason: why, for reports.
    """

    level: Level
    rules: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    direction: Direction | None = None
    reason: str = ""


class Policy(NamedTuple):
    """What the project decided once for all findings.

    Attributes:
        fail_on: the severity from which on a finding fails: `breaking`, `risky` or `never`.
        levels: rows that say something else for some findings.
        clients: `tolerant` clients read enum values that they do not know.
        sunset: whether something may be removed after the day that `x-sunset` announced.
        version: what the step of `info.version` decides.
        approvers: who may approve (a name, an e-mail address or both as git writes them); empty for everybody.
    """

    fail_on: str = "breaking"
    levels: tuple[LevelRule, ...] = ()
    clients: Clients = Clients.STRICT
    sunset: bool = True
    version: VersionPolicy = VersionPolicy.REPORT
    approvers: tuple[str, ...] = ()
