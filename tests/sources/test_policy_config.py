"""What the configuration says about findings."""

from pathlib import Path

import pytest

from contractkit.model.change import Direction
from contractkit.model.errors import InputError
from contractkit.model.policy import Clients, Level, LevelRule, Policy, VersionPolicy
from contractkit.sources.config import load_config

FULL = """
fail-on = "risky"
clients = "tolerant"
sunset-policy = "deny"
version-policy = "require"
approvers = ["Ann", "bob@example.com"]
supported = ["2.*"]

[ignore]
"GET /debug/{name}" = "not public"
"/internal/*" = "ours alone"

[[levels]]
rules = ["request-*"]
operations = ["get /a/{id}"]
tags = ["beta"]
direction = "request"
level = "warn"
reason = "known"
"""


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "contractkit.toml").write_text(FULL)
    config = load_config(tmp_path)
    assert config.supported == ("2.*",)
    assert config.policy == Policy(
        fail_on="risky",
        levels=(
            LevelRule(Level.WARN, ("request-*",), ("GET /a/{}",), ("beta",), Direction.REQUEST, "known"),
            LevelRule(Level.IGNORE, operations=("GET /debug/{}",), reason="not public"),
            LevelRule(Level.IGNORE, operations=("* /internal/*",), reason="ours alone"),
        ),
        clients=Clients.TOLERANT,
        sunset=False,
        version=VersionPolicy.REQUIRE,
        approvers=("Ann", "bob@example.com"),
    )


def test_nothing_set_is_the_usual(tmp_path: Path) -> None:
    (tmp_path / "contractkit.toml").write_text("")
    assert load_config(tmp_path).policy == Policy()


ERRORS = {
    'clients = "strickt"': "`clients` is `strickt`; it may be strict, tolerant",
    "version-policy = 1": "`version-policy` is no text; it may be report, require, permit",
    'sunset = "allow"': "unknown key `sunset`; did you mean `sunset-policy`?",
    'ignore = ["GET /a"]': "`ignore` is not a table; write `[ignore]`",
    '[ignore]\n"GET /a" = ""': '`ignore` gives no reason for `GET /a`; write "GET /a" = "why"',
    "[levels]\nrule = 1": "`levels` is not a list of tables; write `[[levels]]`",
    '[[levels]]\nrules = ["a"]': 'a row of `levels` has no level; write level = "warn"',
    '[[levels]]\nlevel = "warn"': "a row of `levels` says nothing about what it is for; give `rules`, `operations`, "
    "`tags` or `direction`; for everything there is `fail-on`",
    '[[levels]]\nrule = "a"\nlevel = "warn"': "unknown key `levels.rule`; did you mean `rules`?",
    '[[levels]]\nrules = ["a"]\nlevel = "off"': "`levels.level` is `off`; it may be fail, warn, ignore",
    '[[levels]]\nrules = ["a"]\nlevel = "ignore"': 'a row of `levels` ignores without a reason; write reason = "..."',
    "approvers = 3": '`approvers` must be a list of texts; write approvers = ["..."]',
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors_name_the_key_and_the_mend(tmp_path: Path, text: str) -> None:
    file = tmp_path / "contractkit.toml"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load_config(tmp_path)
    assert str(caught.value) == f"{file}: {ERRORS[text]}"
