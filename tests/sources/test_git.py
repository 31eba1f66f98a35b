from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources.load import LoadOptions, commit_behind, load

if TYPE_CHECKING:
    from tests.sources.conftest import Checkout

DOCUMENT = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
APP = "from fastapi import FastAPI\napp = FastAPI(title={!r})\n@app.get('/')\ndef root() -> int: return 1\n"


def options(folder: Path, timeout: float = 60.0) -> LoadOptions:
    return LoadOptions(root=folder, timeout=timeout)


def error(source: str, folder: Path, timeout: float = 60.0) -> str:
    with pytest.raises(InputError) as caught:
        load(source, options=options(folder, timeout))
    return str(caught.value)


def test_a_file_at_a_revision_with_its_neighbours(checkout: Checkout) -> None:
    main = DOCUMENT | {"components": {"schemas": {"A": {"$ref": "m/b.json#/B"}, "C": {"$ref": "../top.json"}}}}
    checkout.commit(api__openapi_json=json.dumps(main), api__m__b_json='{"B": {}}', top_json="{}")
    checkout.commit(api__openapi_json="{}", api__m__b_json="[]")
    contract = load("git:HEAD~1:api/openapi.json", options=options(checkout.folder))
    assert contract.document["x-contractkit-files"] == {"m/b.json": {"B": {}}}
    assert contract.warnings == (
        Notice("/components/schemas/C/$ref", "`../top.json` is not followed: it leads out of the document's folder"),
    )
    assert (contract.source, contract.file) == ("git:HEAD~1:api/openapi.json", None)


def test_paths_are_meant_from_the_top_and_with_a_dot_from_here(checkout: Checkout) -> None:
    checkout.commit(api__openapi_json=json.dumps(DOCUMENT))
    here = checkout.folder / "api"
    for source in ("git:main:api/openapi.json", "git:main:./openapi.json", "git:main:../api/openapi.json"):
        assert load(source, options=options(here)).document == DOCUMENT
    assert error("git:main:openapi.json", here) == (
        "git:main:openapi.json: there is no regular file `openapi.json` at main; "
        "did you mean git:main:api/openapi.json?"
    )


def test_what_git_does_not_have(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit(openapi_json=json.dumps(DOCUMENT))
    checkout.git("tag", "v1.2.0")
    (checkout.folder / "link.json").symlink_to("openapi.json")
    checkout.commit()
    top = checkout.folder
    assert error("git:v1.2:openapi.json", top) == (
        "git:v1.2:openapi.json: git knows no revision `v1.2`; did you mean v1.2.0?"
    )
    assert error("git:--output=x:openapi.json", top) == (
        "git:--output=x:openapi.json: git knows no revision `--output=x`; "
        "in a shallow clone, `git fetch --unshallow --tags` first"
    )
    for path in ("link.json", "nothing.json", ".", "../x.json"):
        assert error(f"git:main:{path}", top).startswith(
            f"git:main:{path}: there is no regular file `{path}` at main; "
        )
    outside = tmp_path / "outside"
    outside.mkdir()
    assert error("git:main:openapi.json", outside).startswith(
        f"git:main:openapi.json: git cannot be asked in {outside} (fatal: not a git repository"
    )


def test_symbolic_links_in_a_revision_are_not_followed(checkout: Checkout) -> None:
    (checkout.folder / "b.json").symlink_to("/etc/hostname")
    checkout.commit(openapi_json=json.dumps(DOCUMENT | {"components": {"schemas": {"A": {"$ref": "b.json"}}}}))
    contract = load("git:main:openapi.json", options=options(checkout.folder))
    text = "`b.json` is not followed: there is no such regular file at that revision"
    assert contract.warnings == (Notice("/components/schemas/A/$ref", text),)


def trees(checkout: Checkout) -> int:
    return len(checkout.git("worktree", "list").splitlines())


def test_an_app_at_a_revision(checkout: Checkout) -> None:
    checkout.commit(shop_py=APP.format("Old"))
    checkout.commit(shop_py=APP.format("New"))
    (checkout.folder / "shop.py").write_text(APP.format("Not committed"))
    assert load("HEAD~1!shop:app", options=options(checkout.folder)).title == "Old"
    assert load("main!shop:app", options=options(checkout.folder)).title == "New"
    assert trees(checkout) == 1
    assert checkout.git("status", "--porcelain", "--untracked-files=no") == "M shop.py"


def test_an_app_in_a_folder_of_the_repository(checkout: Checkout) -> None:
    checkout.commit(service__shop_py=APP.format("Old"))
    assert load("HEAD!shop:app", options=options(checkout.folder / "service")).title == "Old"
    checkout.git("checkout", "-q", "--orphan", "bare")
    checkout.git("rm", "-rfq", ".")
    checkout.commit(other_py="")
    (checkout.folder / "service").mkdir()
    message = error("bare!shop:app", checkout.folder / "service")
    assert "the folder service does not exist at" in message
    assert trees(checkout) == 1


def test_the_worktree_goes_when_the_app_fails_or_hangs(checkout: Checkout) -> None:
    checkout.commit(broken_py="raise RuntimeError('no')\n", hang_py="import time\ntime.sleep(600)\n")
    assert error("HEAD!broken:app", checkout.folder) == (
        "HEAD!broken:app: `broken` cannot be imported: RuntimeError: no; see the rest with --verbose"
    )
    assert error("HEAD!hang:app", checkout.folder, timeout=1.0) == (
        "HEAD!hang:app: the app gave no document within 1 s; see where with --verbose, or give it more with --timeout"
    )
    assert trees(checkout) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_worktree_and_the_app_go_when_contractkit_is_killed(
    number: signal.Signals, checkout: Checkout, tmp_path: Path
) -> None:
    """The app tells its process id and its folder through a FIFO, and holds it open until it is gone itself."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    hang = f"import os, time\nf = open({str(fifo)!r}, 'w')\nprint(os.getcwd(), file=f, flush=True)\ntime.sleep(600)\n"
    checkout.commit(hang_py=hang)
    code = "from contractkit.sources.load import load; load('HEAD!hang:app')"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(temporary)}
    run = subprocess.Popen(
        [sys.executable, "-c", code], cwd=checkout.folder, env=environment, stderr=subprocess.DEVNULL
    )
    with fifo.open() as heard:
        folder = Path(heard.readline().strip())
        assert folder.is_dir()
        run.send_signal(number)
        run.wait(30)
        assert heard.read() == ""  # ends when the app is gone
    for _ in range(1000):
        if not any(temporary.iterdir()):
            break
        time.sleep(0.01)
    assert list(temporary.iterdir()) == []
    assert trees(checkout) == 1


def test_a_module_from_elsewhere_is_not_taken_for_the_revision(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit(readme_md="")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "shop.py").write_text(APP.format("Elsewhere"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(elsewhere))
        message = error("HEAD!shop:app", checkout.folder)
    assert message == (
        f"HEAD!shop:app: `shop` was imported from {elsewhere / 'shop.py'}, not from the revision; "
        "put the folder that holds the package on PYTHONPATH, relative to here (PYTHONPATH=src)"
    )


@pytest.mark.parametrize("absolute", [True, False])
def test_pythonpath_in_the_checkout_means_the_revision(absolute: bool, checkout: Checkout) -> None:
    checkout.commit(src__shop_py=APP.format("Old"))
    checkout.commit(src__shop_py=APP.format("New"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(checkout.folder / "src") if absolute else "src")
        assert load("HEAD~1!shop:app", options=options(checkout.folder)).title == "Old"


def test_hooks_of_the_repository_do_not_run(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit(shop_py=APP.format("Old"))
    hook = checkout.folder / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    load("HEAD!shop:app", options=options(checkout.folder))
    assert not (tmp_path / "ran").exists()


def test_in_a_hook_the_index_of_the_user_stays(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.commit(shop_py=APP.format("Old"))
    checkout.commit(shop_py=APP.format("New"))
    (checkout.folder / "staged.txt").write_text("x")
    checkout.git("add", "staged.txt")
    git_folder = checkout.folder / ".git"
    with monkeypatch.context() as patch:
        patch.setenv("GIT_DIR", str(git_folder))
        patch.setenv("GIT_INDEX_FILE", str(git_folder / "index"))
        assert load("HEAD~1!shop:app", options=options(checkout.folder)).title == "Old"
    assert checkout.git("status", "--porcelain", "--untracked-files=no") == "A  staged.txt"
    assert trees(checkout) == 1


def test_the_commit_behind_a_source(checkout: Checkout, tmp_path: Path) -> None:
    first = checkout.commit(openapi_json=json.dumps(DOCUMENT))
    second = checkout.commit(shop_py="")
    here = options(checkout.folder)
    behind = {
        source: commit_behind(source, here)
        for source in ("git:HEAD~1:openapi.json", "HEAD~1!shop:app", "shop:app", "openapi.json", "-", "@shop")
    }
    assert behind == {
        "git:HEAD~1:openapi.json": first,
        "HEAD~1!shop:app": first,
        "shop:app": second,
        "openapi.json": second,
        "-": "",
        "@shop": "",
    }
    (tmp_path / "a.json").write_text("{}")
    assert commit_behind("a.json", options(tmp_path)) == ""
