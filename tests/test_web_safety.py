"""Hostile texts, hosts, tokens: what must not happen at the pages."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.responses import PlainTextResponse
from web_ledger import HOSTILE, Client, small_ledger

from ujar.errors import LedgerError, UsageError
from ujar.web import views
from ujar.web.app import create_app
from ujar.web.guard import CSP, Guard, is_loopback, local_path, session_of

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.store import Ledger

TOKEN = "0123456789abcdef-token"  # noqa: S105 - of no server


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return small_ledger(tmp_path_factory.mktemp("web") / "ledger")


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Client:
    return Client(create_app(ledger))


def words_of(page: str) -> str:
    """What a reader sees, without the tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# Hostile texts


def hostile_pages(ledger: Ledger) -> list[str]:
    reading = ledger.ask("SELECT reading FROM articles WHERE outlet LIKE '=%'")["reading"][0].as_py()
    key = ledger.ask("SELECT key FROM statements WHERE outlet LIKE '=%'")["key"][0].as_py()
    return [
        "/", f"/article/{reading}", str(httpx.URL("/actor", params={"name": key})), "/watch?every=month&on=2024-06-09",
        str(httpx.URL("/", params={"words": HOSTILE, "speaker": HOSTILE, "outlet": HOSTILE})),
        str(httpx.URL("/events", params={"actor": HOSTILE})),
        str(httpx.URL("/pair", params={"one": HOSTILE, "other": "RUS"})),
        str(httpx.URL("/watch", params={"actor": HOSTILE})),
        str(httpx.URL("/positions", params={"issue": HOSTILE})),
        str(httpx.URL("/", params={HOSTILE: HOSTILE})),
    ]  # fmt: skip


class Elements(HTMLParser):
    """What a browser would make of a page: every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("number", range(10))
def test_nothing_of_a_text_acts(client: Client, ledger: Ledger, number: int) -> None:
    answer = client.get(hostile_pages(ledger)[number])
    assert answer.status_code in (200, 400, 422)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", answer.text)
    assert answer.headers["content-security-policy"] == CSP
    for tag, attributes in Elements(answer.text).found:
        assert tag not in ("img", "b", "i", "style", "iframe", "object", "base")
        assert tag != "script" or str(attributes["src"]).startswith("/static/ujar.js")
        assert not any(name.startswith("on") or name == "style" for name in attributes), attributes
        for name in ("href", "src", "action"):
            assert str(attributes.get(name) or "/").startswith(("/", "#", "https://contoh.example/")), attributes


def test_hostile_text_is_shown_as_it_stands(client: Client, ledger: Ledger) -> None:
    page = client.get(hostile_pages(ledger)[1]).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)</script>" in words_of(page)


# Headers, hosts, methods, errors


@pytest.mark.parametrize(
    "path", ["/", "/api/statements", "/api/openapi.json", "/static/style.css", "/x", "/api/x", "/?since=x", "/export/x"]
)
def test_headers_of_every_answer(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


# SQL is never the user's, so SQL that fails is a fault of ours, too.
@pytest.mark.parametrize("fault", [RuntimeError("secret detail"), UsageError("bad-question", "secret SQL", None)])
@pytest.mark.parametrize("path", ["/", "/api/statements"])
def test_a_fault_of_ours_tells_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, fault: Exception, path: str
) -> None:
    def broken(*args: object, **more: object) -> None:
        raise fault

    monkeypatch.setattr(views, "listed", broken)
    answer = Client(create_app(ledger)).get(path)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "internal-error" in answer.text
    assert answer.headers["content-security-policy"] == CSP


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]"]
)
def test_unknown_host(client: Client, host: str) -> None:
    answer = client.get("/api/statements", Host=host)
    assert (answer.status_code, answer.json()["error"]) == (400, "unknown-host")
    assert client.get("/", Host=host).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.2:9", "[::1]:8000"])
def test_own_names(client: Client, host: str) -> None:
    assert client.get("/api/statements?limit=1", Host=host).status_code == 200


def test_only_reading(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("/", "/api/statements", "/api/rows/x"):
            answer = client.send(method, path)
            assert answer.status_code == 405
            assert answer.headers["allow"] == "GET"
    assert client.send("POST", "/login", content=b"token=x").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/article/..%2f..%2fetc%2fpasswd", "/article/../../etc/passwd", "/static/../app.py", "/static/..%2fapp.py",
     "/static/%2e%2e/phrases.tsv", "/export/..%2fledger.json", "/api/articles/..", "/api/rows/..%2f..%2fx.0",
     "/article/0123456789abcdef%00", "/api/rows/0123456789abcdef.0'%20OR%20'1'='1"],
)  # fmt: skip
def test_no_way_to_a_file(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "root:" not in answer.text
    assert "create_app" not in answer.text


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", "'; DROP TABLE older_articles; --", '"', "%", "\\", "\x00", "[]", "?"]
)
def test_values_are_no_sql(client: Client, ledger: Ledger, value: str) -> None:
    for name in ("words", "speaker", "about", "to", "via", "outlet", "article"):
        answer = client.get(str(httpx.URL("/api/statements", params={name: f"xyzzy{value}"})))
        assert answer.status_code == 200, answer.text
        assert answer.json()["rows"] == []
    for sort in ("day; SELECT 1", "id", "-day,id"):
        assert client.get(str(httpx.URL("/api/statements", params={"sort": sort}))).status_code == 422
    assert ledger.size()["statements"] == 6


@pytest.mark.parametrize(
    ("question", "status", "slug"),
    [
        ("limit=501", 422, "bad-value"), ("limit=0", 422, "bad-value"), ("limit=x", 422, "bad-value"),
        ("offset=-1", 422, "bad-value"), ("offset=1000001", 422, "bad-value"), ("since=1717200000", 422, "bad-value"),
        ("since=2024-02-30", 422, "bad-value"), ("kind=spoken", 422, "bad-value"), ("speakers=RUS", 422, "bad-value"),
        ("confidence=2", 422, "bad-value"), ("once=perhaps", 422, "bad-value"), ("words=" + "x" * 301, 422, "bad-value"),
        ("since=2024-06-02&until=2024-06-01", 400, "bad-filter"), ("bloc=Antah", 400, "unknown-bloc"),
        ("speaker=KPA", 400, "ambiguous-actor"),
    ],
)  # fmt: skip
def test_questions_that_make_no_sense(client: Client, question: str, status: int, slug: str) -> None:
    answer = client.get(f"/api/statements?{question}")
    assert (answer.status_code, answer.json()["error"]) == (status, slug)
    assert set(answer.json()) == {"error", "message", "next"}
    # The page says so above its form, which keeps what was written.
    page = client.get(f"/?{question}")
    assert page.status_code == status
    assert 'role="alert"' in page.text
    assert 'name="words"' in page.text


def test_rows_that_are_not_there(client: Client) -> None:
    for path in ("/api/articles/ffffffffffffffff", "/api/rows/ffffffffffffffff.0", "/api/rows/ffffffffffffffff.e3"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "no-such-row")
    assert client.get("/article/ffffffffffffffff").status_code == 404


# The token


@pytest.fixture(scope="module")
def closed(ledger: Ledger) -> Client:
    return Client(create_app(ledger, token=TOKEN, loopback_only=False))


def test_token_is_asked_for(closed: Client) -> None:
    answer = closed.get("/api/statements")
    assert (answer.status_code, answer.json()["error"]) == (401, "token-needed")
    assert answer.headers["www-authenticate"] == "Bearer"
    for wrong in ("Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"):
        assert closed.get("/api/statements", Authorization=wrong).status_code == 401
    for path in (
        "/",
        "/article/ffffffffffffffff",
        "/export/statements.csv",
        "/api/openapi.json",
        "/apis",
        "/login/../api/statements",
    ):
        assert closed.get(path).status_code in (303, 401, 404)
        assert "Lavrov" not in closed.get(path).text
    assert closed.get("/?words=a").headers["location"] == "/login?next=%2F%3Fwords%3Da"
    # What the login page itself needs.
    assert closed.get("/static/style.css").status_code == 200


def test_token_is_accepted(closed: Client) -> None:
    assert closed.get("/api/statements", Authorization=f"Bearer {TOKEN}").status_code == 200
    # Beyond loopback the server may go by any name.
    assert closed.get("/api/statements", Authorization=f"Bearer {TOKEN}", Host="news.example").status_code == 200


def test_login(closed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ujar.web.pages._WRONG", 0)
    form = closed.get("/login?next=/events")
    assert 'name="token" type="password"' in form.text
    assert 'name="next" value="/events"' in form.text
    wrong = closed.send("POST", "/login", data={"token": "wrong", "next": "/"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    right = closed.send("POST", "/login", data={"token": TOKEN, "next": "/events"})
    assert (right.status_code, right.headers["location"]) == (303, "/events")
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    pair = cookie.partition(";")[0]
    assert closed.get("/events", Cookie=pair).status_code == 200
    assert closed.get("/events", Cookie=pair[:-1]).status_code == 303
    assert closed.send("POST", "/login", content=b"token=" + b"x" * 10_000).status_code == 422
    assert closed.send("POST", "/login", content=b"&".join([b"a=1"] * 9)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "/\t/evil.example",
        "",
        None,
        "/" + "x" * 3000,
    ],
)
def test_login_leads_nowhere_else(path: str | None) -> None:
    assert local_path(path) == "/"


def test_what_is_loopback() -> None:
    assert all(is_loopback(h) for h in ("127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8", "LOCALHOST."))
    assert not any(is_loopback(h) for h in ("0.0.0.0", "::", "192.168.1.2", "localhost.evil.example", "", "example"))


# What other programs at the same host have set, and how much at once


@pytest.mark.parametrize("other", ["a=1", 'prefs={"a": 1}', "b=x y", "k[1]=2", "", "=", ";;"])
def test_cookies_of_other_programs(closed: Client, other: str) -> None:
    cookie = f"{other}; ujar_token={session_of(TOKEN)}"
    assert closed.get("/login", Cookie=cookie).status_code == 200
    assert closed.get("/events", Cookie=cookie).status_code == 200
    assert closed.get("/events", Cookie=other).status_code == 303


def test_so_many_questions_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ujar.web.guard._PATIENCE", 0.05)
    at_work = most = 0

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.3)
        at_work -= 1
        await PlainTextResponse("done")(scope, receive, send)

    def refuse(request: Any, status: int, error: Any) -> Any:
        return PlainTextResponse(error.slug, status)

    async def ask() -> list[httpx.Response]:
        guard = Guard(slow, None, loopback_only=True, refuse=refuse, turns=asyncio.Semaphore(2))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://localhost") as client:
            return [*await asyncio.gather(*(client.get("/") for _ in range(5))), await client.get("/")]

    answers = asyncio.run(ask())
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 503, 503, 503]
    assert most == 2
    busy = next(a for a in answers if a.status_code == 503)
    assert (busy.text, busy.headers["retry-after"]) == ("busy", "5")
    assert busy.headers["content-security-policy"] == CSP


def test_a_question_that_takes_too_long(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "ledger")
    ledger.patience = 0.2
    with pytest.raises(LedgerError) as caught:
        ledger.ask("SELECT count(*) AS n FROM range(100000) a, range(100000) b WHERE a.range * b.range % 7 = 3")
    assert caught.value.slug == "question-too-slow"
    # The next one is answered.
    assert ledger.size()["statements"] == 6
