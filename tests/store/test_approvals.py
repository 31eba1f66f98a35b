"""Approvals on the disk."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from contractkit.model.approval import Approval, Kind
from contractkit.model.errors import InputError
from contractkit.model.finding import Severity
from contractkit.store.approvals import ApprovalStore

APPROVAL = Approval(
    finding="ck1-0123456789abcdef",
    kind=Kind.DIFF,
    rule="request-maximum-decreased",
    severity=Severity.BREAKING,
    message='`maximum` of "quantity"\nfell',
    operations=("GET /orders", "POST /orders/{}"),
    baselines=("sha256:b", "sha256:a"),
    by="Zoë <zoe@example.com>",
    reason='said "yes" \\ \x7f',
    at="2030-01-01T00:00:00Z",
    until=date(2030, 12, 31),
)
TEXT = """\
finding = "ck1-0123456789abcdef"
kind = "diff"
rule = "request-maximum-decreased"
severity = "breaking"
message = "`maximum` of \\"quantity\\"\\nfell"
by = "Zoë <zoe@example.com>"
reason = "said \\"yes\\" \\\\ \\u007F"
at = "2030-01-01T00:00:00Z"
operations = [
  "GET /orders",
  "POST /orders/{}",
]
baselines = [
  "sha256:b",
  "sha256:a",
]
until = 2030-12-31
"""


@pytest.fixture
def store(tmp_path: Path) -> ApprovalStore:
    return ApprovalStore(tmp_path / "baselines", "shop")


def test_an_approval_is_a_file_that_comes_back_as_it_was(store: ApprovalStore, tmp_path: Path) -> None:
    assert store.all() == ()
    path = store.add(APPROVAL)
    assert path == tmp_path / "baselines" / "shop" / "approvals" / "ck1-0123456789abcdef.toml"
    assert path.read_text() == TEXT
    assert store.all() == (APPROVAL,)


def test_one_for_an_operation_alone_has_a_file_of_its_own(store: ApprovalStore) -> None:
    one, other = (replace(APPROVAL, operations=(key,)) for key in APPROVAL.operations)
    names = [store.add(approval, alone=True).name for approval in (one, other)]
    assert names == [
        "ck1-0123456789abcdef.get-orders-60c198.toml",
        "ck1-0123456789abcdef.post-orders-03e794.toml",
    ]
    assert store.all() == (one, other)


def test_a_new_signature_replaces_the_old_one_for_its_baselines_alone(store: ApprovalStore) -> None:
    a, b, c = (f"sha256:{letter * 64}" for letter in "abc")
    first = replace(APPROVAL, baselines=(a, b))
    store.add(first)
    other = replace(APPROVAL, baselines=(c,), reason="again", until=None)
    assert store.add(other).name == "ck1-0123456789abcdef.cccccccc.toml"
    assert store.all() == (other, first)
    for_a = replace(APPROVAL, baselines=(a,), reason="for a")
    assert store.add(for_a).name == "ck1-0123456789abcdef.aaaaaaaa.toml"
    assert store.all() == (for_a, other, replace(first, baselines=(b,)))
    whole = replace(APPROVAL, baselines=(a, b, c), reason="for all")
    assert store.add(whole).name == "ck1-0123456789abcdef.toml"
    assert store.all() == (whole,)


def test_what_is_no_id_becomes_no_file(store: ApprovalStore, tmp_path: Path) -> None:
    for evil in ("../../evil", "ck1-0123456789abcdef/../../../evil", "/tmp/evil", ""):
        with pytest.raises(InputError, match="is no id of a finding"):
            store.add(replace(APPROVAL, finding=evil))
    assert list(tmp_path.rglob("*.toml")) == []


def test_removing_the_last_one_removes_the_folder(store: ApprovalStore) -> None:
    one, other = APPROVAL, replace(APPROVAL, finding="ck1-fedcba9876543210")
    paths = [store.add(one), store.add(other)]
    assert store.remove([one]) == [paths[0]]
    assert store.all() == (other,)
    assert store.remove([one]) == []
    store.remove([other])
    assert not store.folder.exists()


BROKEN = {
    "finding = 3\n": "`finding` is missing or not a text; restore it from git, or remove it and approve again",
    "x = ": "not TOML: Invalid value (at end of document); restore it from git, or remove it and approve again",
    TEXT.replace("2030-12-31", '"soon"'): "`until` is no date; write until = 2030-12-31",
    TEXT.replace('kind = "diff"', 'kind = "x"'): "'x' is not a valid Kind; restore it from git, or remove it and "
    "approve again",
    TEXT.replace("ck1-0123456789abcdef", "ck1-0123456789abcdee"): 'is for `"ck1-0123456789abcdee"`, which is not its '
    "name; restore it from git, or remove it and approve again",
    TEXT.replace('"sha256:a"', "3"): "`baselines` is no list of texts; restore it from git, or remove it and approve "
    "again",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_file_that_is_none_is_named_with_the_mend(store: ApprovalStore, text: str) -> None:
    path = store.add(APPROVAL)
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        store.all()
    assert str(caught.value) == f"{path}: {BROKEN[text]}"


def test_branches_that_approve_different_things_merge(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)

    store = ApprovalStore(tmp_path / "baselines", "shop")
    git("init", "-b", "main")
    git("commit", "--allow-empty", "-m", "begin")
    branches = {
        "one": (APPROVAL, False),
        "two": (replace(APPROVAL, finding="ck1-fedcba9876543210"), False),
        "three": (replace(APPROVAL, finding="ck1-aaaaaaaaaaaaaaaa", operations=("GET /orders",)), True),
        "four": (replace(APPROVAL, finding="ck1-aaaaaaaaaaaaaaaa", operations=("GET /users",)), True),
    }
    for branch, (approval, alone) in branches.items():
        git("checkout", "-b", branch, "main")
        store.add(approval, alone=alone)
        git("add", "-A")
        git("commit", "-m", branch)
    git("checkout", "main")
    for branch in branches:
        git("merge", "--no-edit", branch)
    by_file = sorted((approval for approval, _ in branches.values()), key=lambda one: (one.finding, one.operations))
    assert sorted(store.all(), key=lambda one: (one.finding, one.operations)) == by_file
