from __future__ import annotations

from pathlib import Path

import pytest

from contractkit.model.errors import InputError
from contractkit.model.policy import Policy
from contractkit.sources.config import Config, load_config


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config(folder=tmp_path, baselines=tmp_path / "baselines")


def test_the_table_of_pyproject_is_found_upwards(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.contractkit]\napp = "shop.main:app"\napi = "shop"\nbaselines = "api"\nfail-on = "risky"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (below / "pyproject.toml").write_text('[project]\nname = "other"\ndescription = "uses contractkit"\n')
    assert load_config(below) == Config(
        tmp_path, file, "shop.main:app", "shop", tmp_path / "api", Policy(fail_on="risky")
    )


def test_contractkit_toml_counts_before_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.contractkit]\napi = "one"\n')
    own = tmp_path / "contractkit.toml"
    own.write_text('api = "two"\n')
    assert load_config(tmp_path) == Config(tmp_path, own, api="two", baselines=tmp_path / "baselines")


ERRORS = {
    'fail_on = "never"': ": unknown key `tool.contractkit.fail_on`; did you mean `fail-on`?",
    'baseline = "x"': ": unknown key `tool.contractkit.baseline`; did you mean `baselines`?",
    "qqq = 1": ": unknown key `tool.contractkit.qqq`; the keys are api, apis, app, approvers, baselines, "
    "clients, fail-on, fuzz, ignore, levels, mask, sunset-policy, supported, version-policy",
    "app = 1": ': `tool.contractkit.app` must be a text; write app = "..."',
    'fail-on = "all"': ": `tool.contractkit.fail-on` is `all`; it may be breaking, risky, never",
    "app = ": ":2:7: not TOML: Invalid value; mend the file there",
}


@pytest.mark.parametrize("line", ERRORS)
def test_errors_name_file_place_and_mend(line: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool.contractkit]\n{line}\n")
    with pytest.raises(InputError) as caught:
        load_config(tmp_path)
    assert str(caught.value) == f"{file}{ERRORS[line]}"


def test_a_table_header_in_contractkit_toml_is_explained(tmp_path: Path) -> None:
    file = tmp_path / "contractkit.toml"
    file.write_text('[tool.contractkit]\napi = "shop"\n')
    with pytest.raises(InputError) as caught:
        load_config(tmp_path)
    assert str(caught.value) == (
        f"{file}: unknown key `tool`; "
        "in contractkit.toml the keys stand at the top, without a `[tool.contractkit]` line"
    )


def test_a_table_that_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\ncontractkit = 3\n")
    with pytest.raises(InputError, match=r"`tool\.contractkit` is not a table"):
        load_config(tmp_path)
