"""The evaluation itself: agrees with the reference scorer, the gate refuses, the page says what was measured."""

from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "eval"))

import gate
import report
import scoring

TEXT = '"Kami siap," kata Rina Wulandari. Budi menyebut kota itu penuh.'


def statement(content: list[list[int]], speaker: str | None, **more: object) -> dict:
    base = {"content": content, "kind": "direct", "cue": None, "source": None, "speaker": speaker, "addressee": None}
    return {**base, "time": None, "via": [], "date": None, **more}


def test_counted_by_hand() -> None:
    gold = {
        "a": {
            "text": TEXT,
            "statements": [statement([[1, 10]], "Rina Wulandari", date="2024"), statement([[47, 62]], "Budi")],
        }
    }
    guess = {"a": {"statements": [statement([[0, 11]], "Wali Kota Rina", date="2024"), statement([[34, 62]], "Budi")]}}
    figures, errors = scoring.score(gold, guess)
    assert figures["strict"]["hit"] == 1
    assert figures["lenient"]["hit"] == 1
    assert figures["attributed"]["hit"] == 0
    assert figures["date"]["f"] == 1.0
    assert [e[1] for e in errors] == ["speaker", "span", "missed", "spurious"]


@pytest.mark.parametrize(
    ("gold", "guess", "same"),
    [
        ("Rina Wulandari", "rina", True),
        ("Rina Wulandari", "Menteri Rina Wulandari", True),
        ("Rina Wulandari", "Wulandari", True),
        ("Rina Wulandari", "Rina Sari", False),
        ("Inggris & Prancis", "Prancis & Inggris", True),
        ("Inggris & Prancis", "Inggris", False),
        ("Rina", None, False),
    ],
)
def test_speakers(gold: str, guess: str | None, same: bool) -> None:
    assert scoring.same_speaker(gold, guess) is same


def test_agrees_with_the_reference_to_the_last_digit(data_folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("reference", data_folder / "gold" / "score.py")
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    random = Random(1)
    for name in ("train", "dev", "seed"):
        with (data_folder / "gold" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            golds = {row["id"]: row for row in map(json.loads, lines)}
        for _ in range(3):
            guesses = perturbed(golds, random)
            wanted, wanted_errors = reference.score(golds, guesses)
            got, errors = scoring.score(golds, guesses)
            for row in got["recall_by_kind"].values():
                row.pop("strict")
            assert got == wanted
            assert errors == wanted_errors


def perturbed(golds: dict, random: Random) -> dict:
    """Predictions between perfect and useless."""
    out = {}
    for key, gold in golds.items():
        rows = copy.deepcopy(gold["statements"])
        size = len(gold["text"])
        for row in rows:
            if random.random() < 0.4:
                row["content"][0][1] = min(size, row["content"][0][1] + random.randint(0, 60))
            if random.random() < 0.3:
                row["speaker"] = random.choice([None, "Rina", row["speaker"].split()[-1]])
            for field in ("cue", "source", "addressee", "time", "date"):
                if random.random() < 0.2:
                    row[field] = None
        random.shuffle(rows)
        if random.random() < 0.9:
            out[key] = {"statements": rows[: random.randint(0, len(rows))]}
    return out


def test_gate_compares_within_the_band_and_on_the_same_data_only() -> None:
    floors = {"dev": {"fingerprint": "x", "figures": {"attributed": 0.8}}}
    assert gate.compare(floors, {"dev": {"fingerprint": "x", "figures": {"attributed": 0.797}}}) == []
    assert "below its floor" in gate.compare(floors, {"dev": {"fingerprint": "x", "figures": {"attributed": 0.79}}})[0]
    assert (
        "not that of the floors"
        in gate.compare(floors, {"dev": {"fingerprint": "y", "figures": {"attributed": 0.9}}})[0]
    )
    assert "not scored" in gate.compare(floors, {})[0]


def test_the_page_is_the_one_of_the_stored_results() -> None:
    results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    assert report.PAGE.read_text(encoding="utf-8") == report.page(results)


def test_seed_article(data_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "eval" / "score.py"), "seed", "--json"],
        env={"UJAR_DATA": str(data_folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    figures = json.loads(done.stdout)["seed"]
    assert figures["lenient"]["hit"] == 20
    assert figures["attributed"]["hit"] >= 19


def test_raw_news_gives_valid_spans(data_folder: Path) -> None:
    sys.path.insert(0, str(ROOT / "bench"))
    import bench

    from corpora import raw_articles

    counts = bench.read_rows(list(raw_articles(300)))
    assert counts["exceptions"] == counts["invalid_spans"] == 0
    assert counts["statements"] > 1000
