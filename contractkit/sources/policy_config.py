"""The keys of `[tool.contractkit]` that say what is done about findings."""

from __future__ import annotations

import re
from typing import Any

from contractkit.model.change import Direction
from contractkit.model.policy import FAIL_ON, Clients, Level, LevelRule, Policy, VersionPolicy
from contractkit.sources.tables import TableReader

POLICY_KEYS = ("approvers", "clients", "fail-on", "ignore", "levels", "sunset-policy", "version-policy")
"""The keys that are read here."""

_LEVEL_KEYS = ("direction", "level", "operations", "reason", "rules", "tags")
_SUNSET = ("allow", "deny")
_PARAMETER = re.compile(r"\{[^{}]*\}")


def policy_config(reader: TableReader, table: dict[str, Any], prefix: str) -> Policy:
    """Return what is set about findings.

    Args:
        reader: reads the file.
        table: the project's table, its keys known.
        prefix: the key that it stands under, with a dot at its end; empty in contractkit.toml.

    Raises:
        InputError: an unknown key or a wrong value.
    """
    levels = [_level(reader, row, f"{prefix}levels") for row in reader.rows(table, "levels", prefix)]
    return Policy(
        fail_on=reader.choice(table, "fail-on", prefix, FAIL_ON),
        levels=(*levels, *_ignored(reader, table, prefix)),
        clients=Clients(reader.choice(table, "clients", prefix, tuple(Clients))),
        sunset=reader.choice(table, "sunset-policy", prefix, _SUNSET) == "allow",
        version=VersionPolicy(reader.choice(table, "version-policy", prefix, tuple(VersionPolicy))),
        approvers=reader.texts(table, "approvers", prefix),
    )


def _level(reader: TableReader, row: Any, key: str) -> LevelRule:
    prefix = f"{key}."
    reader.keys(row, _LEVEL_KEYS, prefix)
    if "level" not in row:
        raise reader.refuse(f"a row of `{key}` has no level", f'write level = "{Level.WARN}"')
    lists = {name: reader.texts(row, name, prefix) for name in ("operations", "rules", "tags")}
    direction = row.get("direction")
    if direction is not None:
        direction = Direction(reader.choice(row, "direction", prefix, tuple(Direction)))
    level = Level(reader.choice(row, "level", prefix, tuple(Level)))
    if not any(lists.values()) and direction is None:
        mend = "give `rules`, `operations`, `tags` or `direction`; for everything there is `fail-on`"
        raise reader.refuse(f"a row of `{key}` says nothing about what it is for", mend)
    reason = reader.text(row, "reason", prefix).strip()
    if level is Level.IGNORE and not reason:
        raise reader.refuse(f"a row of `{key}` ignores without a reason", 'write reason = "..."')
    operations = tuple(_glob(operation) for operation in lists["operations"])
    return LevelRule(level, lists["rules"], operations, lists["tags"], direction, reason)


def _ignored(reader: TableReader, table: dict[str, Any], prefix: str) -> list[LevelRule]:
    rows = table.get("ignore", {})
    if not isinstance(rows, dict):
        raise reader.refuse(f"`{prefix}ignore` is not a table", f"write `[{prefix}ignore]`")
    for operation, reason in rows.items():
        if not isinstance(reason, str) or not reason.strip():
            raise reader.refuse(f"`{prefix}ignore` gives no reason for `{operation}`", f'write "{operation}" = "why"')
    return [LevelRule(Level.IGNORE, operations=(_glob(one),), reason=why.strip()) for one, why in rows.items()]


def _glob(operation: str) -> str:
    """Return a glob of operations as their keys are written: the method in upper case, parameter names erased."""
    method, space, path = operation.strip().partition(" ")
    if not space:
        return "* " + _PARAMETER.sub("{}", method) if method.startswith("/") else method
    return f"{method.upper()} {_PARAMETER.sub('{}', path.strip())}"
