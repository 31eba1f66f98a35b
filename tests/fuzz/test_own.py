"""A failure is named by a place in the app's own code that exists, and by none that its developer cannot change."""

import sys
import types
from pathlib import Path

import pytest

from contractkit.fuzz.own import OwnCode, own_code


def touched(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def imported(monkeypatch: pytest.MonkeyPatch, name: str, file: Path) -> None:
    module = types.ModuleType(name)
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, name, module)


def test_what_lies_in_the_folder_is_its_own_and_what_is_installed_there_is_not(tmp_path: Path) -> None:
    own = OwnCode(tmp_path)
    assert own.name(str(touched(tmp_path / "shop" / "main.py"))) == "shop/main.py"
    assert own.name(str(touched(tmp_path / ".venv" / "site-packages" / "x.py"))) is None
    assert own.name(str(touched(tmp_path.parent / "other.py"))) is None


def test_generated_code_has_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = OwnCode(tmp_path)
    assert [own.name(file) for file in ("<string>", "<frozen posixpath>", "lib/_io.pyx")] == [None] * 3


@pytest.mark.parametrize(
    ("module", "file", "expected"),
    [
        ("shop.api.main", "shop/api/main.py", "shop/data/rows.py"),
        ("shop.api", "shop/api/__init__.py", "shop/data/rows.py"),
        ("shop", "shop.py", None),
    ],
)
def test_an_installed_app_is_its_own_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, file: str, expected: str | None
) -> None:
    installed = tmp_path / "site-packages"
    imported(monkeypatch, module, touched(installed / file))
    own = own_code(tmp_path / "here", module)
    assert own.name(str(installed / file)) == file
    assert own.name(str(touched(installed / "shop" / "data" / "rows.py"))) == expected
    assert own.name(str(touched(installed / "other" / "main.py"))) is None
