"""The documentation site: it builds without a warning, no link leads nowhere, and nothing comes from another host."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from contractkit.cli.program import COMMANDS
from contractkit.fuzz.check import checks
from contractkit.replay.difference import recorded_rules
from contractkit.rules.registry import all_rules

ROOT = Path(__file__).parents[1]
LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data", "link": "href"}
ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[\w\[]", re.IGNORECASE)


class Page(HTMLParser):
    """What a page loads, where its links lead, and the places that it has."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.styles: list[str] = []
        self._in_style = False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value for name, value in attributes if value}
        self._in_style = tag == "style"
        self.places.update(known[name] for name in ("id", "name") if name in known)
        if tag in LOADING and LOADING[tag] in known:
            self.loads.append(known[LOADING[tag]])
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        self.styles += [known["style"]] if "style" in known else []

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        self.styles += [data] if self._in_style else []


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site, built from a copy of docs/ that stands beside everything else of the repository."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for entry in ROOT.iterdir():
        if entry.name != "docs":
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("reference", "__pycache__"))
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "docs", "site"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "site"


def test_the_site(site: Path) -> None:
    """One test, so that one build is enough, however many processes run the tests."""
    pages = {file: Page(file) for file in site.rglob("*.html")}
    assert_every_rule_check_and_command_has_its_place(pages, site)
    assert_no_link_leads_nowhere(pages)
    assert_nothing_is_loaded_from_another_host(pages, site)


def assert_every_rule_check_and_command_has_its_place(pages: dict[Path, Page], site: Path) -> None:
    def places(*names: str) -> set[str]:
        return {place for name in names for file in site.glob(f"reference/{name}.html") for place in pages[file].places}

    assert set(all_rules()) - places("rules/*") == set()
    assert set(checks()) - places("checks", "socket-checks") == set()
    assert set(recorded_rules()) - places("recorded") == set()
    assert {f"contractkit-{name}" for name in COMMANDS} - places("commands") == set()


def assert_no_link_leads_nowhere(pages: dict[Path, Page]) -> None:
    dead = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto"):
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            known = target.is_file() and (
                not parts.fragment or target.suffix != ".html" or unquote(parts.fragment) in pages[target].places
            )
            dead += [] if known else [(file.name, link)]
    assert len(pages) > 60
    assert dead == []


def assert_nothing_is_loaded_from_another_host(pages: dict[Path, Page], site: Path) -> None:
    loaded = [(file, one) for file, page in pages.items() for one in page.loads]
    assert len(loaded) > len(pages)
    assert [(file.name, one) for file, one in loaded if urlsplit(one).scheme or urlsplit(one).netloc] == []
    files = [(file, file.parent / unquote(urlsplit(one).path)) for file, one in loaded if not one.startswith("#")]
    missing = [(file.name, str(target)) for file, target in files if not target.is_file()]
    assert missing == []
    styles = [text for page in pages.values() for text in page.styles]
    styles += [file.read_text(encoding="utf-8") for file in site.rglob("*.css")]
    addresses = [one for text in styles for one in re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")\s;]+)", text)]
    assert [one for one in addresses if ELSEWHERE.match(one)] == []
