"""What the pages give to download."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from web_ledger import Client, small_ledger

from ujar.web.app import create_app

if TYPE_CHECKING:
    from ujar.store import Ledger


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return small_ledger(tmp_path_factory.mktemp("web") / "ledger")


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Client:
    return Client(create_app(ledger))


def test_exports(client: Client, tmp_path: Path) -> None:
    answer = client.get("/export/statements.csv?words=rudal&limit=2")
    assert answer.headers["content-disposition"] == 'attachment; filename="statements.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    # The whole answer, not the page of it.
    assert len(rows) == 4
    assert {r["speaker"] for r in rows} == {"Sergey Lavrov"}
    lines = client.get("/export/events.jsonl?type=ASSAULT").text.splitlines()
    assert [json.loads(line)["trigger"] for line in lines] == ["menyerang"]
    path = tmp_path / "all.parquet"
    path.write_bytes(client.get("/export/statements.parquet").content)
    assert pq.read_table(path).num_rows == 6
    assert client.get("/export/statements.csv?since=x").status_code == 422
    assert client.get("/export/articles.csv").status_code == 404


def test_no_formula_in_the_csv(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/export/statements.csv?since=2024-06-09").text)))
    (row,) = rows
    assert row["content"].startswith("'=SUM(A1)")
    assert row["outlet"].startswith("'=HYPERLINK")
    assert row["addressee"] == "'@warga"
    assert not any(cell[:1] in "=+-@\t\r" for cell in row.values() if cell)
    assert "\x1b" not in "".join(row.values())


def table(client: Client, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_all_of_an_actor(client: Client) -> None:
    # Done by Russia: three threats and accusations in two reports each, the meeting; done to it: the attack.
    rows = table(client, "/export/deeds.csv?name=RUS")
    assert sorted(r["type"] for r in rows) == ["ACCUSE", "ACCUSE", "ASSAULT", "CONSULT", "THREATEN", "THREATEN"]
    assert [r["day"] for r in rows] == sorted((r["day"] for r in rows), reverse=True)
    assert len(table(client, "/export/deeds.csv?name=RUS&until=2024-06-07")) == 4
    assert len(client.get("/export/deeds.jsonl?name=Ukraina").text.splitlines()) == 6
    assert client.get("/export/deeds.csv").status_code == 422
    # The page leads to them.
    page = client.get("/actor?name=RUS&until=2024-06-07").text
    assert 'href="/export/deeds.csv?name=RUS&amp;until=2024-06-07"' in page
    assert 'href="/export/statements.csv?speaker=RUS&amp;until=2024-06-07"' in page
    assert len(table(client, "/export/statements.csv?speaker=RUS&until=2024-06-07")) == 4


def test_all_of_a_pair(client: Client) -> None:
    page = client.get("/pair?one=RUS&other=UKR").text
    assert 'href="/export/events.csv?one=RUS&amp;other=UKR"' in page
    assert len(table(client, "/export/events.csv?one=RUS&other=UKR")) == 6


def test_watch(client: Client) -> None:
    page = client.get("/watch?every=month&on=2024-06-07").text
    assert 'href="/export/watch/watch.csv?every=month&amp;on=2024-06-07"' in page
    rows = table(client, "/export/watch/watch.csv?every=month&on=2024-06-07")
    measures = {r["name"]: r["number"] for r in rows if r["list"] == "measure"}
    # The statement that two outlets report is one; a meeting beside an accusation and an attack.
    assert measures["statements"] == "4"
    assert (measures["cooperation"], measures["conflict"]) == ("1", "2")
    (condition,) = [r for r in rows if r["list"] == "conditional"]
    assert condition["condition"] == "jika rudal itu datang"
    assert {"speaker", "towards", "timeline"} <= {r["list"] for r in rows}
    answer = client.get("/export/watch/watch.json?every=month&on=2024-06-07")
    assert answer.headers["content-disposition"] == 'attachment; filename="watch.json"'
    assert answer.json()["towards"] == client.get("/api/watch?every=month&on=2024-06-07").json()["towards"]
    assert client.get("/export/watch/watch.csv?one=RUS").status_code == 400


def test_matrix(client: Client) -> None:
    page = client.get("/positions?issue=rudal&on=2024-06-30").text
    assert 'href="/export/positions/positions.csv?issue=rudal&amp;on=2024-06-30"' in page
    rows = table(client, "/export/positions/positions.csv?issue=rudal&on=2024-06-30")
    assert rows[0]["speaker"] == "Sergey Lavrov"
    answer = client.get("/export/positions/positions.json?issue=rudal&on=2024-06-30").json()
    (latest,) = [r for r in rows if r["place"] == "latest" and r["member"] == answer["rows"][0]["member"]]
    assert answer["rows"][0]["word"]["content"] == latest["content"]
    assert client.get("/export/positions/positions.csv").status_code == 422


@pytest.mark.parametrize("path", ["/export/watch/watch.", "/export/positions/positions."])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_nothing_of_a_text_acts_in_a_file(client: Client, path: str, form: str) -> None:
    asked = "every=month&on=2024-06-09" if "watch" in path else "issue=alert"
    answer = client.get(f"{path}{form}?{asked}")
    assert "alert(1)" in answer.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", answer.text)
    if form == "csv":
        cells = [c for row in csv.reader(io.StringIO(answer.text)) for c in row]
        assert not [c for c in cells if (c[:1] in "=+@\t\r" and c) or (c[:1] == "-" and not c[1:2].isdigit())]
