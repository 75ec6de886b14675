"""The pages of scenarios and of their score, and the same as JSON, over a ledger that can be counted by hand."""

from __future__ import annotations

import re
import shutil
from datetime import date
from html import unescape
from typing import TYPE_CHECKING

import pytest
from forecast_case import Told, add, ledger_of
from web_ledger import HOSTILE, Client, serving

from ujar.forecast.outlooks import keep
from ujar.forecast.run import Memory, look_ahead
from ujar.web.app import create_app
from ujar.web.views import scenarios as views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from ujar.store import Ledger

SAYS = {"material conflict": 0.62, "ASSAULT": 0.6, "verbal conflict": 0.3, "THREATEN": 0.3, "CONSULT": 0.05}
PAIR = "actor=RUS&recipient=UKR&every=week"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """With one outlook whose span is over."""
    ledger = ledger_of(tmp_path_factory.mktemp("web") / "ledger")
    memory = Memory(fit=lambda *_: Told(SAYS))
    keep(ledger.folder, look_ahead(ledger, actor="RUS", recipient="UKR", every="week", memory=memory))
    add(ledger, [(date(2025, 3, 13), "Rusia", "CONSULT", "Ukraina"), (date(2025, 3, 19), "Jerman", "AID", "Moldova")])
    # The page asks the same forecaster.
    views.memory_of(ledger.folder).fit = lambda *_: Told(SAYS)
    return ledger


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Client:
    return Client(create_app(ledger))


def words_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/scenarios", f"/scenarios?{PAIR}", f"/scenarios?{PAIR}&given=RUS+THREATEN+NATO", "/scenarios?actor=RUS&recipient=Peru",
        "/scenarios?actor=RUS&on=2020-01-01", "/scenarios?actor=Rusia&recipient=NATO&every=day", "/outlooks",
        "/outlooks?every=day", "/outlooks?late=true",
    ],
)  # fmt: skip
def test_every_view_in_both_languages(client: Client, path: str, language: str) -> None:
    answer = client.get(path, **{"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1") == 1
    assert not re.findall(r">\s*(?:type|quad|level|every|cases|thin|coming|scores)_\w+", answer.text)
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|<script(?! src=\"/static/)", answer.text)
    assert "{" not in words_of(answer.text)


def test_the_tree(client: Client) -> None:
    text = client.get(f"/scenarios?{PAIR}&lang=en").text
    words = words_of(text)
    assert "Material conflict 62 % likely" in words
    assert "ASSAULT (assault) 60 % likely" in words
    assert "What the words mean: almost certain 95–100 %" in words
    assert "Changed since the outlook for the span from 12 March 2025" in words
    given = client.get(f"/scenarios?{PAIR}&given=RUS+THREATEN+UKR&lang=en").text
    assert "without 62 % with 90 % difference +28" in words_of(given)
    # A precedent leads to its place in the article.
    assert re.search(r'<a href="/article/[0-9a-f]{16}#e0">Rusia menyerang Ukraina pada hari itu\.</a>', given)


def test_thin_and_wrong_questions(client: Client) -> None:
    thin = words_of(client.get("/scenarios?actor=RUS&recipient=Peru&lang=en").text)
    assert "The ledger knows no event by or towards Peru." in thin
    assert "no forecast for these two sides" in thin
    wrong = client.get(f"/scenarios?{PAIR}&given=RUS+NATO&lang=id")
    assert wrong.status_code == 400
    assert "Peristiwa yang diandaikan tidak dapat dibaca" in words_of(wrong.text)
    assert client.get(f"/scenarios?{PAIR}&given=" + "+;".join(["RUS+AID+UKR"] * 4)).status_code == 400
    assert client.get("/scenarios?actor=RUS&every=year").status_code == 422
    assert client.get("/scenarios?actor=RUS&recipient=Rusia").status_code == 400


def test_the_score(client: Client) -> None:
    text = client.get("/outlooks?lang=en").text
    words = words_of(text)
    assert "1 outlooks" in words
    # Material conflict was said with 62 %, an attack with 60 %, and neither came.
    assert "Rusia → Ukraina: material conflict" in words
    assert "62 % was said, and it did not happen" in words
    assert "5 % was said, and it happened" in words
    # A curve a level, each with a name and its numbers as a table.
    assert text.count('<svg viewBox="0 0 320 304" role="img" aria-labelledby="curve-') == 3
    assert text.count('<circle class="came"') >= 5


def test_a_page_keeps_nothing(client: Client, ledger: Ledger) -> None:
    before = sorted(p.name for p in ledger.folder.rglob("*"))
    for path in (f"/scenarios?{PAIR}", "/outlooks", f"/api/scenarios?{PAIR}", "/api/outlooks"):
        assert client.get(path).status_code == 200
    assert sorted(p.name for p in ledger.folder.rglob("*")) == before


def test_the_interface(client: Client) -> None:
    row = client.get(f"/api/scenarios?{PAIR}").json()
    assert row["asked"]["actor"]["units"] == ["RUS"]
    assert row["branches"][0]["outcome"]["p"] == 0.62
    assert row["branches"][0]["likelihood"]["id"] == "mungkin"
    assert row["change"]["number"] == 1
    score = client.get("/api/outlooks").json()
    assert (score["scored"], score["kept"]) == (1, 1)
    assert len(score["scores"][0]["bins"]) == 10
    assert client.get("/api/scenarios?actor=RUS&given=RUS+NATO").json()["error"] == "bad-given"
    assert client.get("/api/scenarios?recipient=RUS").status_code == 422


def test_hostile_names(client: Client) -> None:
    from urllib.parse import quote

    answer = client.get(f"/scenarios?actor={quote(HOSTILE)}&recipient=UKR")
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "\x1b" not in answer.text


@pytest.fixture(scope="module")
def address(ledger: Ledger) -> Iterator[str]:
    with serving(ledger) as where:
        yield where


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH")
@pytest.mark.parametrize(("locale", "width", "scheme"), [("id-ID", 1280, "light"), ("en-GB", 390, "dark")])
def test_in_a_browser(address: str, locale: str, width: int, scheme: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    from test_web_browser import CONTRAST

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page: Page = browser.new_page(
            locale=locale, viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=True
        )
        english = locale.startswith("en")
        page.goto(f"{address}/scenarios")
        page.get_by_label("From" if english else "Dari", exact=True).fill("Rusia")
        page.get_by_label("Towards" if english else "Terhadap", exact=True).fill("Ukraina")
        page.get_by_role("button", name="Show" if english else "Tampilkan").click()
        heading = page.get_by_role("heading", level=2).filter(has_text="62 %")
        assert ("likely" if english else "mungkin") in heading.inner_text()
        page.locator("summary").nth(1).click()
        assert page.locator("details[open] .cases").first.is_visible()
        for path in (f"/scenarios?{PAIR}&given=RUS+THREATEN+UKR", "/outlooks"):
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            for summary in page.locator("main summary").all():
                summary.click()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert page.evaluate(CONTRAST) == []
            ranks = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])")
            assert all(b - a <= 1 for a, b in zip(ranks, ranks[1:], strict=False))
            assert page.evaluate(
                "[...document.querySelectorAll('[id]')].every((e, _, all) => all.filter(o => o.id === e.id).length === 1)"
            )
        browser.close()
