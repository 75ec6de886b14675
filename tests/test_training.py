"""Every training script still runs, on a small sample written for the purpose, and makes a model that the package reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

TEXT = (
    "Jakarta - Wali Kota Rina Wulandari mengatakan kota itu siap menerima pengungsi, Kamis (6/6).\n\n"
    '"Kami siap menerima mereka," kata Rina kepada wartawan. Menurut dia, tenda sudah diperiksa.\n\n'
    "Budi Santoso dari Kementerian Sosial membantah bahwa bantuan terlambat."
)


def span(words: str, after: int = 0) -> list[int]:
    at = TEXT.index(words, after)
    return [at, at + len(words)]


def statement(content: str, cue: str, source: str, speaker: str) -> dict:
    return {
        "content": [span(content)], "kind": "indirect", "cue": span(cue), "source": span(source), "speaker": speaker,
        "speaker_type": "person", "role": None, "addressee": None, "via": [], "time": None, "date": None,
    }  # fmt: skip


STATEMENTS = [
    statement("kota itu siap menerima pengungsi", "mengatakan", "Wali Kota Rina Wulandari", "Rina Wulandari"),
    statement("Kami siap menerima mereka", "kata", "Rina", "Rina Wulandari"),
    statement("tenda sudah diperiksa", "Menurut", "dia", "Rina Wulandari"),
    statement("bantuan terlambat", "membantah", "Budi Santoso dari Kementerian Sosial", "Budi Santoso"),
]
EVENT = {
    "type": "REJECT", "mode": None, "status": "actual", "trigger": "membantah",
    "actors": [{"text": "Budi Santoso", "name": "Budi Santoso", "code": "IDN", "sector": "GOV"}], "recipients": [],
    "condition": None, "claimed_by": None, "date": None, "place": None,
}  # fmt: skip
PLACED = EVENT | {
    "trigger": span("membantah"),
    "actors": [{"span": span("Budi Santoso"), "name": "Budi Santoso", "code": "IDN", "sector": "GOV"}],
}
LABELLED = "Rina\tB-{0}\nWulandari\tI-{0}\ndi\tO\nJakarta\tB-{1}\n.\tO\n\n"


@pytest.fixture
def sample(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of data as the scripts expect it, and a copy of the project with annotations of that data."""
    data, project = tmp_path / "data", tmp_path / "project"
    rows = [
        {"id": f"a{n}", "publisher": "X", "title": None, "published": "2024-06-07", "text": TEXT} for n in range(12)
    ]
    (data / "gold").mkdir(parents=True)
    (data / "news").mkdir()
    lines = [json.dumps(row | {"statements": STATEMENTS}) + "\n" for row in rows]
    for name in ("train", "dev", "seed"):
        (data / "gold" / f"{name}.jsonl").write_text("".join(lines[:4]), encoding="utf-8")
    sport = [
        {
            "id": f"s{n}",
            "url": f"https://example.com/bola/{n}",
            "text": "Tim itu menang dua kosong. " * 30,
            "published": None,
        }
        for n in range(4)
    ]
    news = "".join(json.dumps(r) + "\n" for r in [*rows, *sport])
    (data / "news" / "articles.jsonl").write_text(news, encoding="utf-8")
    subprocess.run(["gzip", "-k", str(data / "news" / "articles.jsonl")], check=True)
    for folder, kinds in (
        ("indonlu_nergrit_ner-grit", ("PERSON", "PLACE")),
        ("indonlu_nerp_ner-prosa", ("PPL", "PLC")),
    ):
        (data / "ner" / folder).mkdir(parents=True)
        (data / "ner" / folder / "train_preprocess.txt").write_text(LABELLED.format(*kinds) * 4, encoding="utf-8")
    for part in ("src", "eval", "training"):
        shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns("__pycache__"))
    notes = project / "training" / "annotations"
    annotated = [json.dumps({"id": f"a{n}", "statements": STATEMENTS}) + "\n" for n in range(4, 10)]
    (notes / "statements.jsonl").write_text("".join(annotated), encoding="utf-8")
    names = {
        "names": [["PER", *span("Rina Wulandari")], ["ORG", *span("Kementerian Sosial")]],
        "roles": [span("Wali Kota")],
    }
    (notes / "names.jsonl").write_text(
        "".join(json.dumps({"id": f"a{n}", **names}) + "\n" for n in range(4, 10)), encoding="utf-8"
    )
    (data / "plover").mkdir()
    (data / "plover" / "articles_train.jsonl").write_text(
        "".join(json.dumps(row | {"events": [EVENT]}) + "\n" for row in rows[:2]), encoding="utf-8"
    )
    (notes / "events.jsonl").write_text(
        "".join(json.dumps({"id": f"a{n}", "events": [PLACED]}) + "\n" for n in range(4, 8)), encoding="utf-8"
    )
    (notes / "events_raw.jsonl").write_text(
        # The net of parts learns from a8 alone, the weigher from the other two.
        "".join(
            json.dumps({"id": i, "events": own}) + "\n" for i, own in (("a8", [PLACED]), ("a9", [PLACED]), ("s3", []))
        ),
        encoding="utf-8",
    )
    for name in ("event_sentences", "event_sentences_more"):
        (notes / f"{name}.jsonl").write_text(
            "".join(json.dumps({"id": f"REJECT-{n}", "text": TEXT, "events": [PLACED]}) + "\n" for n in range(3)),
            encoding="utf-8",
        )
    return data, project


def run(project: Path, data: Path, script: str, *args: str) -> str:
    environment = {**os.environ, "UJAR_DATA": str(data), "PYTHONPATH": str(project / "src")}
    done = subprocess.run(
        [sys.executable, str(project / "training" / script), *args],
        cwd=project, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_tables(sample: tuple[Path, Path], tmp_path: Path) -> None:
    data, project = sample
    words, whole, table = tmp_path / "words.tsv", tmp_path / "whole.tsv", tmp_path / "confidence.tsv"
    run(project, data, "common_words.py", str(data / "news" / "articles.jsonl.gz"), str(words), str(whole))
    run(project, data, "confidence.py", str(data / "gold" / "train.jsonl"), str(table))
    assert "siap\t1.0" in words.read_text(encoding="utf-8").splitlines()
    assert "rina" not in words.read_text(encoding="utf-8").lower()
    assert whole.read_text(encoding="utf-8").startswith("form\n")
    assert table.read_text(encoding="utf-8").startswith("form\tright\tseen\nspeaker ")
    shares = tmp_path / "precision.tsv"
    run(project, data, "trigger_precision.py", str(shares))
    lines = [line.split("\t") for line in shares.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines[0] == ["form", "right", "seen"]
    assert lines[1][0] == "*"
    # Only rows that fire are counted, and the sample makes at least one fire.
    assert len(lines) > 2
    assert all(int(seen) > 0 and 0 <= float(right) <= 1 for _, right, seen in lines[2:])


def test_models(sample: tuple[Path, Path], tmp_path: Path) -> None:
    for needed in ("torch", "onnx"):
        pytest.importorskip(needed, reason="training needs ujar[training]")
    data, project = sample
    encoder, parts = tmp_path / "encoder.pt", tmp_path / "parts"
    models = project / "src" / "ujar" / "learned" / "models"
    before = {p.name: p.read_bytes() for p in models.glob("*.npz")}
    # With the package's coder: from so few articles none learns to find an event.
    assert "events of 2 articles" in run(project, data, "event_weights.py")
    run(project, data, "pretrain.py", str(data / "news" / "articles.jsonl.gz"), str(encoder), "--epochs", "1")
    run(project, data, "names.py", str(encoder), "--epochs", "1")
    run(project, data, "statements.py", str(encoder), "--epochs", "1")
    run(project, data, "statements.py", str(encoder), "--epochs", "1", "--folds", "2", "--proposals", str(parts))
    assert "calibration error" in run(project, data, "combine.py", str(parts), "--check")
    assert "speaker right" in run(project, data, "speakers.py", str(parts), "--check")
    run(project, data, "topic.py", str(data / "news" / "articles.jsonl.gz"))
    run(project, data, "events.py", "--epochs", "1")
    with np.load(models / "events.npz") as arrays:
        made = dict(arrays)
    assert "1 events not learned from" in run(project, data, "event_parts.py", "--epochs", "1", "--check")
    with np.load(models / "events.npz") as arrays:
        own = {name for name in made if name.startswith(("upper", "known", "first", "trigger"))}
        assert len(own) == 6
        assert set(arrays) == set(made)
        assert all(np.array_equal(made[name], arrays[name]) for name in own)
        # The second net is another one, and wider.
        assert arrays["tag.weight"].shape[0] > made["tag.weight"].shape[0]
    after = {p.name: p.read_bytes() for p in models.glob("*.npz")}
    assert set(after) == set(before) == {
        "vectors.npz", "reader.npz", "combine.npz", "speakers.npz", "topic.npz", "events.npz", "weigh.npz",
    }  # fmt: skip
    assert all(after[name] != before[name] for name in after)
    for path in models.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(np.isfinite(a).all() for a in arrays.values() if a.dtype.kind == "f"), path.name
    # The package reads with what was just made.
    code = "import ujar; print(len(ujar.read('\"Kami siap,\" kata Rina.', events=True).statements))"
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)


def test_the_weigher_of_events_is_the_same_in_torch_and_in_the_package() -> None:
    pytest.importorskip("torch", reason="training needs ujar[training]")
    sys.path[:0] = [str(ROOT / "training"), str(ROOT / "eval")]
    from ujar.events.weigh import FEATURES, probabilities
    from ujar.learned.weights import in_floats
    from weigher import arrays_of, chances, train

    some = np.random.default_rng(1)
    x = some.random((400, len(FEATURES)), dtype=np.float32)
    y = (x[:, 0] > 0.5).astype(np.float32)
    model = train(x, y, hidden=4, epochs=120, rate=0.02, decay=0.01, drop=0.0)
    own = probabilities(x, in_floats(arrays_of(model)))
    assert np.abs(own - chances(model, x)).max() < 0.01
    assert ((own > 0.5) == (y > 0.5)).mean() > 0.9


def test_the_kept_encoder_and_readers_can_be_used() -> None:
    torch = pytest.importorskip("torch", reason="training needs ujar[training]")
    sys.path[:0] = [str(ROOT / "training"), str(ROOT / "eval")]
    from graphs import with_graphs
    from nets import load_encoder, vectors_of
    from ujar.learned.encoder import word_vectors
    from ujar.learned.weights import read_arrays
    from ujar.statements.reader import model_of

    encoder, vocabulary = load_encoder(ROOT / "training" / "encoder.pt")
    words = ["kata", "menegaskan", "kotaku-kotaku"]
    taken = vectors_of(encoder, vocabulary, words)
    for word, wanted in zip(words, word_vectors().of(words), strict=True):
        assert torch.allclose(taken[word], torch.from_numpy(wanted), atol=1e-4)
    parts = sorted((ROOT / "training" / "parts").glob("*.npz"))
    assert len(parts) == 3
    assert all(model_of(with_graphs(read_arrays(part.read_bytes()))).blocks.name == "blocks" for part in parts)


def test_the_same_data_gives_the_same_model(sample: tuple[Path, Path], tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs ujar[training]")
    data, project = sample
    made = []
    for number in range(2):
        out = tmp_path / f"{number}.pt"
        run(project, data, "pretrain.py", str(data / "news" / "articles.jsonl.gz"), str(out), "--epochs", "1")
        target = tmp_path / f"{number}"
        run(project, data, "names.py", str(out), "--epochs", "1", "--out", str(target))
        made.append((target / "reader.npz").read_bytes())
    assert made[0] == made[1]
