"""The published JSON Schema of the configuration accepts and refuses what the reader does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contractkit.model.change import Direction
from contractkit.model.errors import InputError
from contractkit.model.policy import FAIL_ON, Clients, Level, VersionPolicy
from contractkit.sources import config as config_module
from contractkit.sources import fuzz_config, policy_config
from contractkit.sources.config import load_config

SCHEMA = json.loads(Path(config_module.__file__).with_name("config.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def each(*values: Any) -> tuple[Any, ...]:
    return values


ACCEPTED: list[dict[str, Any]] = [
    {},
    {
        "api": "shop",
        "apis": [{"api": "orders", "app": "orders:app"}, {"api": "users", "app": "users.json", "folder": "."}],
        "app": "shop:app",
        "approvers": ["ann"],
        "baselines": "api",
        "clients": "tolerant",
        "fail-on": "never",
        "fuzz": {
            "allow-untested": ["GET /a"],
            "exclude-checks": ["leak"],
            "max-examples": 1,
            "max-response-time": 0.5,
            "off": [{"operation": "GET /a", "checks": ["leak"]}, {}],
            "users": [
                {"name": "a", "username": "a", "password": "b", "scopes": []},
                {"headers": {"X-Key": "1"}},
                {"headers": {}, "username": "a"},
                {"headers": {"X-Key": "1"}, "username": ""},
            ],
        },
        "ignore": {"* /internal/*": "mine"},
        "levels": [
            {"level": "fail", "rules": ["a"], "operations": [], "tags": []},
            {"level": "warn", "direction": "request", "reason": ""},
            {"level": "ignore", "tags": ["a"], "reason": "because"},
            {"level": "warn", "operations": ["GET /a"]},
        ],
        "sunset-policy": "deny",
        "supported": ["1.*"],
        "mask": ["nickname"],
        "version-policy": "permit",
    },
    {"approvers": [], "supported": [], "mask": [], "levels": [], "ignore": {}, "fuzz": {}},
]
NO_TEXT: tuple[Any, ...] = (1, True, [], {}, "", " ")
NO_TEXTS: tuple[Any, ...] = (1, "a", {}, [1], ["a", 1])
NO_CHOICE: tuple[Any, ...] = ("other", "", 1, True, [], {})
LEVEL = {"level": "warn", "rules": ["a"]}
USER = {"username": "a"}
API = {"api": "a", "app": "a:a"}
WRONG: list[dict[str, Any]] = [
    *({key: value} for key in ("api", "app", "baselines") for value in NO_TEXT),
    *({key: value} for key in ("approvers", "mask", "supported") for value in NO_TEXTS),
    *({key: value} for key in ("clients", "fail-on", "sunset-policy", "version-policy") for value in NO_CHOICE),
    {"other": 1},
    {"fail_on": "never"},
    *({"apis": value} for value in each(1, {}, "a", [1], [{}], [{"api": "a"}], [{"app": "a"}], [{**API, "other": 1}])),
    *({"apis": [{**API, key: value}]} for key in ("api", "app") for value in NO_TEXT),
    {"apis": [{**API, "folder": 1}]},
    *({"ignore": value} for value in each(1, "a", [], {"GET /a": ""}, {"GET /a": " "}, {"GET /a": 1})),
    *({"levels": value} for value in each(1, {}, "a", [1], [{}], [{"level": "warn"}], [{"rules": ["a"]}])),
    *({"levels": [{**LEVEL, key: value}]} for key in ("operations", "rules", "tags") for value in NO_TEXTS),
    *({"levels": [{**LEVEL, "level": value}]} for value in NO_CHOICE),
    *({"levels": [{**LEVEL, "direction": value}]} for value in NO_CHOICE),
    {"levels": [{**LEVEL, "reason": 1}]},
    {"levels": [{**LEVEL, "other": 1}]},
    {"levels": [{"level": "warn", "rules": [], "tags": []}]},
    {"levels": [{**LEVEL, "level": "ignore"}]},
    {"levels": [{**LEVEL, "level": "ignore", "reason": " "}]},
    *({"fuzz": value} for value in each(1, "a", [], {"other": 1})),
    *({"fuzz": {key: value}} for key in ("allow-untested", "exclude-checks") for value in NO_TEXTS),
    *({"fuzz": {"max-examples": value}} for value in each(0, -1, 1.5, True, "1")),
    *({"fuzz": {"max-response-time": value}} for value in each(0, -1, True, "1")),
    *({"fuzz": {"off": value}} for value in each(1, {}, [1], [{"other": 1}], [{"operation": 1}], [{"checks": "a"}])),
    *({"fuzz": {"users": value}} for value in each(1, {}, [1], [{}], [{"headers": {}}], [{"username": ""}])),
    *({"fuzz": {"users": [{**USER, key: 1}]}} for key in ("name", "password", "other", "headers", "scopes")),
    {"fuzz": {"users": [{**USER, "headers": {"X-Key": "1"}}]}},
    {"fuzz": {"users": [{"headers": {"X-Key": 1}}]}},
    {"fuzz": {"users": [{"username": 1}]}},
]


def toml(value: Any) -> str:
    """A value as TOML writes it inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def is_read(table: dict[str, Any], folder: Path) -> bool:
    (folder / "contractkit.toml").write_text("".join(f"{key} = {toml(value)}\n" for key, value in table.items()))
    try:
        load_config(folder).fuzz()
    except InputError:
        return False
    return True


@pytest.mark.parametrize("table", ACCEPTED)
def test_both_accept(table: dict[str, Any], tmp_path: Path) -> None:
    assert (list(VALIDATOR.iter_errors(table)), is_read(table, tmp_path)) == ([], True)


@pytest.mark.parametrize("table", WRONG, ids=map(str, WRONG))
def test_both_refuse(table: dict[str, Any], tmp_path: Path) -> None:
    assert (VALIDATOR.is_valid(table), is_read(table, tmp_path)) == (False, False)


def test_the_keys_and_choices_are_the_readers() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    parts = SCHEMA["$defs"]
    keys = {*config_module._TEXTS, *policy_config.POLICY_KEYS, "apis", "fuzz", "mask", "supported"}
    assert list(SCHEMA["properties"]) == sorted(keys) == sorted(ACCEPTED[1])
    assert tuple(parts["level"]["properties"]) == policy_config._LEVEL_KEYS
    assert tuple(parts["api"]["properties"]) == config_module._API_KEYS
    assert tuple(parts["fuzz"]["properties"]) == fuzz_config._KEYS
    assert tuple(parts["user"]["properties"]) == fuzz_config._USER_KEYS
    assert tuple(parts["fuzz"]["properties"]["off"]["items"]["properties"]) == fuzz_config._OFF_KEYS
    choices: dict[str, list[str]] = {
        "clients": list(Clients),
        "fail-on": list(FAIL_ON),
        "sunset-policy": list(policy_config._SUNSET),
        "version-policy": list(VersionPolicy),
    }
    assert {key: SCHEMA["properties"][key]["enum"] for key in choices} == choices
    level = parts["level"]["properties"]
    assert (level["level"]["enum"], level["direction"]["enum"]) == (list(Level), list(Direction))
    for key, names in choices.items():
        assert SCHEMA["properties"][key]["default"] == names[0]
