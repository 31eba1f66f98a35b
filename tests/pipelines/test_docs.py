"""docs/ci.md: what can be pasted names what there is, and its commands are run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.pipelines.conftest import Clone

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", (ROOT / "docs/ci.md").read_text(), re.MULTILINE | re.DOTALL)


def block(name: str) -> Any:
    ((text,),) = [[text] for _, found, text in BLOCKS if found == name]
    return yaml.safe_load(text)


def test_github() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (_, step) = block("github")["jobs"]["contract"]["steps"]
    assert set(step["with"]) - set(action["inputs"]) == set()
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", text, re.MULTILINE)
    assert sorted(re.findall(r"[a-z-]+", " ".join(rows))) == sorted(action["inputs"])
    (told,) = re.findall(r"^Outputs are (.+?)\.", text, re.MULTILINE)
    assert sorted(re.findall(r"`(.+?)`", told)) == sorted(action["outputs"])


def test_gitlab() -> None:
    template = yaml.safe_load((ROOT / ".gitlab" / "contractkit.yml").read_text(encoding="utf-8"))
    pasted = block("gitlab")
    assert [one["file"] for one in pasted["include"]] == ["/.gitlab/contractkit.yml"]
    job = pasted["contract"]
    assert (job["extends"] in template, set(job["variables"]) - set(template[job["extends"]]["variables"])) == (
        True,
        set(),
    )


def test_pre_commit() -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for repo in block("pre-commit")["repos"] for hook in repo["hooks"]} == hooks


def test_any_other(clone: Clone) -> None:
    (clone.folder / "my_shop").mkdir()
    clone.change("", "")
    (clone.folder / "shop.py").rename(clone.folder / "my_shop" / "main.py")
    assert clone.run(["contractkit", "init"]).returncode == 0
    stored, main = [text for _, found, text in BLOCKS if found == "pipeline"]
    assert clone.run(["bash", "-ec", stored]).returncode == 0
    assert sorted(file.name for file in clone.folder.glob("contract.*")) == ["contract.html", "contract.xml"]
    here = main.replace("my_shop.main:app'", "shop:app'")  # what the remote has
    assert clone.run(["bash", "-ec", here]).returncode == 0
