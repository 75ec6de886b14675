"""The pages in headless Chromium: every view, a way through them, both languages, and the keyboard alone."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from web_ledger import serving, small_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")
VIEWS = [
    "/", "/?words=rudal", "/events", "/actor?name=Rusia", "/pair?one=RUS&other=UKR", "/watch?every=month&on=2024-06-07",
    "/positions?issue=rudal&bloc=NATO", "/scenarios?actor=RUS&recipient=UKR", "/outlooks", "/nothing-here",
]  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a free port."""
    with serving(small_ledger(tmp_path_factory.mktemp("browser") / "ledger")) as where:
        yield where


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def watched(browser: Browser, address: str, **context: object) -> Iterator[Page]:
    """A page of which nothing may ask another host, or complain on the console (but for a 404 that was asked for)."""
    opened = browser.new_context(**context)  # type: ignore[arg-type]
    page = opened.new_page()
    wrong: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(address) else wrong.append(r.url))
    page.on("console", lambda m: None if "404" in m.text else wrong.append(m.text))
    page.on("pageerror", lambda e: wrong.append(str(e)))
    yield page
    opened.close()
    assert wrong == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view(browser: Browser, address: str, width: int, scheme: str) -> None:
    with watched(browser, address, viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        for path in VIEWS:
            page.goto(address + path)
            assert page.locator("h1").is_visible()
            # The phone needs no scrolling sideways.
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            # The style has come: the colour of the paper is that of the scheme.
            red = page.evaluate("+getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
            assert (red < 60) == (scheme == "dark")


CONTRAST = """() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = numbers(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest("svg")) continue;
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${e.textContent.trim().slice(0, 30)}`);
  }
  return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Browser, address: str, scheme: str) -> None:
    """WCAG 2.2, AA: 4.5 to 1 for all text."""
    with watched(browser, address, color_scheme=scheme) as page:
        for path in VIEWS:
            page.goto(address + path)
            assert page.evaluate(CONTRAST) == []
        page.goto(address + "/?words=rudal")
        page.locator(".said a").first.click()
        assert page.evaluate(CONTRAST) == []


def test_from_the_search_to_an_actor(browser: Browser, address: str) -> None:
    with watched(browser, address, locale="id-ID") as page:
        page.goto(address)
        page.get_by_label("Kata", exact=True).fill('"jarak jauh"')
        page.get_by_role("button", name="Cari").click()
        assert page.get_by_role("heading", name="1–2 dari 2").is_visible()
        page.get_by_role("link", name="rudal jarak jauh").first.click()
        # Come from the list, the statement is explained.
        card = page.locator("#s0")
        assert card.locator("dl.parts").is_visible()
        # A click on other words explains those, and only those.
        page.locator("a.m", has_text="akan menyerang").click()
        card = page.locator("#e0")
        assert card.locator("dl.parts").is_visible()
        assert card.get_by_text("jika rudal itu datang").is_visible()
        assert page.locator("dl.parts:visible").count() == 1
        assert page.locator("a.m.now").count() >= 3
        page.keyboard.press("Escape")
        assert page.locator("dl.parts:visible").count() == 0
        page.locator("#s0").get_by_role("link", name="Sergey Lavrov").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Sergei Lavrov"
        assert page.get_by_text("4 pernyataan").is_visible()


def test_without_a_script(browser: Browser, address: str) -> None:
    with watched(browser, address, java_script_enabled=False, locale="en-GB") as page:
        page.goto(address + "/?words=rudal")
        page.locator(".said a").first.click()
        page.locator("dl.parts:visible").first.wait_for()
        assert page.locator("dl.parts:visible").count() == 1
        page.goto(address + "/pair?one=RUS&other=UKR")
        page.get_by_text("The numbers as a table").click()
        assert page.get_by_role("table").is_visible()


def test_on_a_phone_the_explanation_comes_from_below(browser: Browser, address: str) -> None:
    with watched(browser, address, viewport={"width": 390, "height": 780}, locale="en-GB") as page:
        page.goto(address + "/?words=rudal")
        page.locator(".said a").first.click()
        page.locator(".card:target").wait_for()
        box = page.locator(".card:target").bounding_box()
        assert box
        assert box["y"] + box["height"] == pytest.approx(780, abs=2)
        number = page.locator(f"#m-{page.locator('.card:target').get_attribute('id')}").bounding_box()
        assert number
        assert 0 <= number["y"] < box["y"]
        page.locator(".card:target").get_by_role("link", name="Back to the text").click()
        assert page.locator(".card:target").count() == 0


def test_languages(browser: Browser, address: str) -> None:
    with watched(browser, address, locale="de-DE") as page:
        page.goto(address + "/events?type=THREATEN")
        # Indonesian, where nothing else is asked for.
        assert page.get_by_role("heading", level=1).inner_text() == "Peristiwa"
        page.get_by_role("link", name="en", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == "Events"
        assert "type=THREATEN" in page.url
        page.goto(address)
        assert page.get_by_role("heading", level=1).inner_text() == "Statements"


def test_keyboard_alone(browser: Browser, address: str) -> None:
    with watched(browser, address, locale="en-GB") as page:
        page.goto(address)
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        assert skip.evaluate("e => e === document.activeElement")
        box = skip.bounding_box()
        assert box
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "words"
        # What has the focus is seen to have it.
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.type("rudal")
        page.keyboard.press("Enter")
        page.wait_for_url("**words=rudal**")
        # On to the first result, and on its page from number to number.
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("!!document.activeElement.closest('.said')"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/article/**")
        page.goto(page.url.partition("#")[0])
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('.text .no')"):
                break
        page.keyboard.press("Enter")
        assert page.locator(".card:target dl.parts").is_visible()


def test_every_field_has_a_label(browser: Browser, address: str) -> None:
    with watched(browser, address) as page:
        for path in VIEWS[:-1]:
            page.goto(address + path)
            assert page.evaluate(
                "[...document.querySelectorAll('input:not([type=hidden]), select')].every(e => e.labels.length === 1)"
            )
            assert page.evaluate(
                "[...document.querySelectorAll('table')].every(t => t.tHead.querySelector('th[scope=col]'))"
            )
            assert page.evaluate(
                "[...document.querySelectorAll('[id]')].every((e, _, all) => all.filter(o => o.id === e.id).length === 1)"
            ), path
            # Headings step down one rank at a time.
            ranks = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
            assert all(b - a <= 1 for a, b in zip(ranks, ranks[1:], strict=False)), (path, ranks)
