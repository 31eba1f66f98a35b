"""The review page in a real browser, by keyboard alone, on a phone, in the dark and without colour."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.review.project import make, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on PATH (Debian: apt install chromium)")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as running:
        one = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def page(browser: Browser, shop: Path) -> Iterator[Page]:
    for file in (shop / "baselines/shop").glob("approvals/*"):
        file.unlink()
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    one = context.new_page()
    said: list[str] = []
    one.on("console", lambda message: said.append(message.text))
    one.on("pageerror", lambda error: said.append(str(error)))
    with served(shop) as url:
        one.goto(url)
        yield one
        context.close()
    assert said == []


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_finding_is_approved_by_keyboard_alone(page: Page, shop: Path) -> None:
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("j")
    second = focused(page)
    page.keyboard.press("k")
    assert focused(page) == first != second
    page.keyboard.press("a")
    page.keyboard.type("agreed with all of them")
    with page.expect_navigation(url=f"**/#{first}"):
        page.keyboard.press("Enter")
    assert page.inner_text("#said").startswith(f"approved {first} (")
    assert page.get_attribute(f"#{first}", "data-state") == "approved"
    assert focused(page) == first
    assert [path.name for path in (shop / "baselines/shop/approvals").iterdir()] == [f"{first}.toml"]
    page.keyboard.press("a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_attribute(f"#{first}", "data-state") == "fails"
    assert not (shop / "baselines/shop/approvals").exists()


def test_the_filter_hides_what_does_not_fit(page: Page) -> None:
    assert page.inner_text("#shown") == "2 of 2 shown"
    page.keyboard.press("/")
    page.keyboard.type("QUANTITY maximum")
    assert page.inner_text("#shown") == "1 of 2 shown"
    assert page.locator("article[data-state]:visible").count() == 1
    page.keyboard.type(" nothing")
    assert page.inner_text("#none") == "No finding fits the filter."
    assert page.locator("main section[id]:visible").count() == 0
    page.fill("input[type=search]", "")
    page.uncheck("input[value=breaking]")
    assert page.inner_text("#shown") == "0 of 2 shown"


def test_the_witness_has_three_forms(page: Page) -> None:
    article = page.locator("article").first
    assert article.locator("details.form summary").all_inner_texts() == ["curl", "JSON", "Python"]
    article.locator("details.form summary", has_text="Python").click()
    assert "httpx.request(" in article.locator("details.form[open] pre").last.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_it_fits_the_screen_and_can_be_read(page: Page, scheme: Literal["light", "dark"], width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # WCAG 2.2, 1.4.3: text has a contrast of 4.5 to 1 against what is behind it.
    assert page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const found = parse(getComputedStyle(node).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const texts = "h1, h2, h3, h4, p, a, dt, dd, label, summary, code, pre, td, th, del, ins, span, button, strong";
  for (const node of document.querySelectorAll(texts)) {
    if (!node.textContent.trim() || !node.checkVisibility()) continue;
    const [one, other] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) bad.push(`${node.tagName} ${node.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


def test_a_screen_reader_finds_its_way(page: Page) -> None:
    snapshot = page.locator("body").aria_snapshot()
    for part in ("- banner:", "- search", "- navigation", "- main:", "- contentinfo:", "- status", "heading", "- link"):
        assert part in snapshot, snapshot
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('input:not([type=hidden]), select, button')]
          .filter((one) => !(one.labels && one.labels.length) && !one.textContent.trim() && !one.ariaLabel)
          .map((one) => one.outerHTML)"""
    )
    assert unnamed == []
