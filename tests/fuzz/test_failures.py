"""Failing cases between runs: kept, tried first, told when they are fixed."""

import json
from pathlib import Path

from contractkit.fuzz.claim import Claim
from contractkit.fuzz.failures import Failures, id_of
from contractkit.fuzz.identities import User
from contractkit.fuzz.message import Exchange, Request, Response
from tests.fuzz.test_run import SHOP, run

CLAIM = Claim(
    "server-error",
    "POST /teas",
    "shop.py tea ZeroDivisionError",
    "it fails",
    (
        Exchange("POST /teas", Request("POST", "/teas?a=1", (("X-A", "b"),), b"\xff\x00"), Response(201, (), b"{}")),
        Exchange("POST /teas", Request("POST", "/teas", identity="alice"), Response(500, (("X-B", "c"),), b"")),
    ),
    place="500",
)
ALICE = (User("alice", username="alice", password="hunter2!"),)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    failures = Failures(tmp_path / ".contractkit" / "failures", "Shop", ALICE)
    assert failures.load().claims == {}
    assert failures.save([CLAIM], []) == []
    assert failures.load().claims == {id_of(CLAIM): CLAIM}
    assert (tmp_path / ".contractkit" / ".gitignore").read_text().splitlines()[-1] == "*"
    assert Failures(tmp_path / ".contractkit" / "failures", "Another", ALICE).load().claims == {}
    assert failures.save([], [id_of(CLAIM)]) == []
    assert failures.load().claims == {}


def test_secrets_are_not_kept(tmp_path: Path) -> None:
    first = CLAIM.steps[0]
    login = Exchange("POST /teas", Request("POST", "/token", body=b"password=hunter2!"), first.response)
    kind = (("Content-Type", "application/json"),)
    answer = Exchange("POST /teas", first.request, Response(200, kind, b'{"access_token": "abcdef"}'))
    claims = [
        Claim("server-error", "POST /teas", str(number), "it fails", (step,))
        for number, step in enumerate((login, answer))
    ]
    failures = Failures(tmp_path / "failures", "Shop", ALICE)
    assert failures.save(claims, []) == []
    assert not (tmp_path / "failures").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "failures").write_text("a file")
    (note,) = Failures(tmp_path / "failures", "Shop", ALICE).save([CLAIM], [])
    assert note.startswith("failing cases could not be kept: ")


def test_a_broken_file_is_told_and_passed_over(tmp_path: Path) -> None:
    failures = Failures(tmp_path, "Shop", ALICE)
    failures.save([CLAIM], [])
    (tmp_path / "ck1-0000.json").write_text("{")
    kept = failures.load()
    assert kept.claims == {id_of(CLAIM): CLAIM}
    assert [note.partition(":")[0] for note in kept.notes] == [str(tmp_path / "ck1-0000.json")]


def test_a_run_tries_what_failed_before_and_tells_what_is_fixed(tmp_path: Path) -> None:
    arguments = ("shop:app", "--max-examples", "4", "-n", "1", "--format", "json", "--check", "server-error")
    (tmp_path / "shop.py").write_text(SHOP)
    folder = tmp_path / ".contractkit" / "failures"
    assert run(tmp_path, *arguments, "--no-failures").returncode == 1
    assert not folder.exists()
    first = json.loads(run(tmp_path, *arguments).stdout)
    (found,) = first["findings"]
    assert [path.name for path in folder.iterdir()] == [f"{found['id']}.json"]
    again = json.loads(run(tmp_path, *arguments).stdout)
    assert [(one["id"], one["witness"]["url"]) for one in again["findings"]] == [(found["id"], "/share?people=0")]
    (tmp_path / "shop.py").write_text(SHOP.replace("100 // people", "100 // (people or 1)"))
    fixed = json.loads(run(tmp_path, *arguments).stdout)
    assert fixed["findings"] == []
    assert fixed["notes"] == [f"fixed since: GET /share: {found['message']} ({found['id']})"]
    assert list(folder.iterdir()) == []
