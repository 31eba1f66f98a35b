"""`contractkit diff --all`: every API of a repository, each with its own baseline, in one report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shop import APP, Shop

ROWS = """
[[apis]]
api = "orders"
app = "orders.main:app"
folder = "services/orders"

[[apis]]
api = "stored"
app = "stored.json"
"""
STORED = '{"openapi": "3.1.0", "info": {"title": "Stored", "version": "3.0.0"}, "paths": {}}'


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Three APIs: an app at the top, one in a folder of its own, and a document."""
    shop = Shop(tmp_path)
    package = tmp_path / "services/orders/orders"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "main.py").write_text(APP.replace("Shop", "Orders"))
    (tmp_path / "stored.json").write_text(STORED)
    file = tmp_path / "contractkit.toml"
    file.write_text(file.read_text() + ROWS)
    assert shop.run("baseline", "save", "stored.json", "--api", "stored").returncode == 0
    shop.folder = tmp_path / "services/orders"
    assert shop.run("baseline", "save", "orders.main:app", "--api", "orders").returncode == 0
    shop.folder = tmp_path
    return shop


def orders(shop: Shop, old: str, new: str) -> None:
    file = shop.folder / "services/orders/orders/main.py"
    file.write_text(file.read_text().replace(old, new))


def test_each_is_compared_with_its_own_baseline(shop: Shop) -> None:
    orders(shop, "le=100", "le=50")
    code, report = shop.diff("--all")
    assert (code, report["kind"], report["outcome"], report["required_bump"]) == (1, "diffs", "breaking", "major")
    assert [(one["base"]["source"], one["revision"]["title"], one["outcome"]) for one in report["reports"]] == [
        ("@shop", "Shop", "identical"),
        ("@orders", "Orders", "breaking"),
        ("@stored", "Stored", "identical"),
    ]
    # What was found is approved as ever, and for the API that it was found in.
    finding = report["reports"][1]["findings"][0]["id"]
    assert shop.run("approve", finding, "-m", "agreed").returncode == 0
    assert (shop.folder / f"baselines/orders/approvals/{finding}.toml").is_file()
    assert shop.run("diff", "--all").returncode == 0


def test_the_same_bytes_every_time(shop: Shop) -> None:
    orders(shop, "le=100", "le=50")
    shop.change("max_length=20", "max_length=10")
    runs = {shop.run("diff", "--all", "--format", "json").stdout for _ in range(3)}
    assert len(runs) == 1


def test_all_versions_of_all_of_them(shop: Shop) -> None:
    orders(shop, 'version="1.0.0"', 'version="1.1.0"')
    shop.folder = shop.folder / "services/orders"
    assert shop.run("baseline", "save", "orders.main:app", "--api", "orders").returncode == 0
    shop.folder = shop.folder.parent.parent
    code, report = shop.diff("--all", "--all-baselines")
    assert (code, [one["base"]["source"] for one in report["reports"]]) == (
        0,
        ["@shop:1.0.0", "@orders:1.0.0", "@orders:1.1.0", "@stored:3.0.0"],
    )


def test_one_that_cannot_be_loaded_does_not_hide_the_others(shop: Shop) -> None:
    orders(shop, "from fastapi", "from fast_api")
    done = shop.run("diff", "--all")
    assert (done.returncode, done.stdout.count("The two contracts say the same.")) == (2, 2)
    (line,) = done.stderr.splitlines()
    assert line.startswith("contractkit: orders.main:app: ")
    assert "fast_api" in line
    (shop.folder / "stored.json").write_text("{")
    (shop.folder / "shop.py").write_text("")
    done = shop.run("diff", "--all")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 3)


BAD = {
    '[[apis]]\napi = "a"\n': 'a row of `apis` has no `app`; write app = "my_shop.main:app"',
    '[[apis]]\napp = "a:a"\n': 'a row of `apis` has no `api`; write api = "my-shop"',
    '[[apis]]\napi = "shop"\napp = "a:a"\n': "the API `shop` is there twice; give each a name of its own",
    '[[apis]]\napi = "a"\napp = "a:a"\nfile = "b"\n': "unknown key `apis.file`; did you mean `folder`?",
    "apis = 1\n": "`apis` is not a list of tables; write `[[apis]]`",
}


@pytest.mark.parametrize("rows", BAD)
def test_rows_that_cannot_be_read(tmp_path: Path, rows: str) -> None:
    shop = Shop(tmp_path)
    file = tmp_path / "contractkit.toml"
    file.write_text(file.read_text() + rows)
    done = shop.run("diff", "--all")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"contractkit: {file}: {BAD[rows]}\n")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    file = tmp_path / "contractkit.toml"
    file.write_text(file.read_text() + '[[apis]]\napi = "a"\napp = "a:a"\nfolder = "no"\n')
    assert shop.run("diff").stderr == (
        f"contractkit: {file}: `apis.folder` of `a`: there is no folder {tmp_path / 'no'}; mend the path\n"
    )


def test_what_all_cannot_be_asked(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    for words in (("shop:app",), ("--base-url", "http://127.0.0.1:1")):
        done = shop.run("diff", "--all", *words)
        message = f"{words[0]}: --all compares what is configured; leave one of the two out"
        assert (done.returncode, done.stderr) == (2, f"contractkit: {message}\n")
    file = tmp_path / "contractkit.toml"
    file.write_text("")
    done = shop.run("diff", "--all")
    assert (done.returncode, done.stderr) == (
        2,
        "contractkit: --all: no APIs are configured; add rows with `api` and `app` under `[[tool.contractkit.apis]]` "
        f"to {file}\n",
    )
