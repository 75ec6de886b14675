"""The learned parts: chains against counting by hand, encoding in pieces, words never seen, models that are missing."""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import replaces

import ujar
from ujar.errors import TableError
from ujar.events import coder
from ujar.learned import chain, windows
from ujar.learned.chain import best_tags, decoded, runs, tag_probabilities
from ujar.learned.encoder import encode, encoder_of, shipped, word_vectors
from ujar.learned.stack import stack_of
from ujar.learned.tokens import BREAK, MASK, buckets_of, shape_of, tokens_of, word_key
from ujar.learned.weights import load_weights
from ujar.learned.windows import laid_out, windows_around
from ujar.parse import mentions, parse
from ujar.parse.words import find_words
from ujar.pipeline import LONGEST_LEARNED
from ujar.records import Article, Span
from ujar.statements import reader
from ujar.statements.combine import FEATURES as READING_FEATURES
from ujar.statements.measures import FEATURES as SPEAKER_FEATURES
from ujar.statements.sequence import KNOWN


def enumerated(steps: np.ndarray, first: np.ndarray, emissions: np.ndarray) -> tuple[tuple[int, ...], np.ndarray]:
    """The best path and the probability of each tag, from all paths one by one."""
    length, tags = emissions.shape
    scores = {}
    for path in itertools.product(range(tags), repeat=length):
        score = first[path[0]] + emissions[0, path[0]]
        score += sum(steps[a, b] for a, b in itertools.pairwise(path))
        scores[path] = score + sum(emissions[t, path[t]] for t in range(1, length))
    total = sum(np.exp(s) for s in scores.values())
    chances = np.zeros((length, tags))
    for path, score in scores.items():
        for t, tag in enumerate(path):
            chances[t, tag] += np.exp(score) / total
    return max(scores, key=lambda p: scores[p]), chances


@pytest.fixture(params=["numpy", "numba"])
def _either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains decoded and windows laid out in numpy, and by compiled loops."""
    if request.param == "numba":
        pytest.importorskip("numba")
        assert chain.loops() is not None
    else:
        for module in (chain, mentions, windows):
            monkeypatch.setattr(module, "loops", lambda: None)


def test_chain_agrees_with_all_paths_counted() -> None:
    rng = np.random.default_rng(3)
    arrays = {"steps": rng.normal(size=(3, 3)).astype("f4"), "first": rng.normal(size=3).astype("f4")}
    lengths = [4, 2, 5, 1]
    emissions = rng.normal(size=(4, 5, 3)).astype("f4")
    paths = best_tags(arrays, emissions, lengths)
    chances = tag_probabilities(arrays, emissions, lengths)
    for row, length in enumerate(lengths):
        best, wanted = enumerated(arrays["steps"], arrays["first"], emissions[row, :length])
        assert tuple(paths[row]) == best
        assert np.allclose(chances[row, :length], wanted, atol=1e-5)
        assert not chances[row, length:].any()


@pytest.mark.usefixtures("_either")
def test_sequences_of_any_length_are_decoded_as_each_alone() -> None:
    rng = np.random.default_rng(4)
    arrays = {"steps": rng.normal(size=(3, 3)).astype("f4"), "first": rng.normal(size=3).astype("f4")}
    sequences = [rng.normal(size=(n, 3)).astype("f4") for n in rng.integers(1, 9, size=150)]
    for own, (path, chances) in zip(sequences, decoded(arrays, sequences), strict=True):
        assert np.array_equal(path, best_tags(arrays, own[None], [len(own)])[0])
        assert np.allclose(chances, tag_probabilities(arrays, own[None], [len(own)])[0], atol=1e-5)
    assert decoded(arrays, []) == []


@pytest.mark.usefixtures("_either")
def test_steps_that_cannot_be_are_never_taken() -> None:
    """Inside comes after its begin alone, however sharply the scores speak for it; chances of 0 stay 0."""
    rng = np.random.default_rng(6)
    steps = rng.normal(size=(3, 3)).astype("f4")
    steps[0, 2] = -10_000
    arrays = {"steps": steps, "first": np.array([0, 0, -10_000], dtype="f4")}
    sequences = [rng.normal(scale=30, size=(n, 3)).astype("f4") for n in (1, 5, 400)]
    for own, (path, chances) in zip(sequences, decoded(arrays, sequences), strict=True):
        assert path.shape == (len(own),)
        assert path[0] != 2
        assert not ((path[1:] == 2) & (path[:-1] == 0)).any()
        assert chances[0, 2] == 0
        assert np.allclose(chances.sum(1), 1, atol=1e-5)
        # Scores so far apart leave no doubt: the likeliest tag is nearly always that of the best path.
        assert (chances.argmax(1) == path).mean() > 0.9


@pytest.mark.parametrize(
    "error", [ImportError("no numba"), RuntimeError("cannot cache function: no locator available")]
)
def test_without_loops_numpy_decodes(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.delitem(sys.modules, "ujar.learned.loops", raising=False)
    monkeypatch.delattr("ujar.learned.loops", raising=False)
    monkeypatch.setitem(sys.modules, "numba", SimpleNamespace(njit=broken))
    assert chain.loops.__wrapped__() is None


@pytest.mark.usefixtures("_either")
def test_names_looked_for_where_they_may_be_are_those_of_whole_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random scores of every kind: sharp and flat ones, with begins that are dear, so that names are long and doubtful."""
    rng = np.random.default_rng(5)
    heads, block = mentions._model().heads, mentions._model().block
    for head, tags in (("names", 11), ("roles", 3)):
        own = dict(heads[head])
        for _ in range(60):
            emissions = rng.normal(scale=rng.choice([0.5, 2, 6]), size=(40, tags)).astype("f4")
            emissions[:, 1::2] -= rng.choice([0, 4])
            emissions[:, 0] += rng.choice([0, 2, 6])
            cuts = [0, 11, 12, 30]
            own |= {"tag.weight": np.eye(tags, dtype="f4"), "tag.bias": np.zeros(tags, dtype="f4")}
            monkeypatch.setattr(mentions, "_model", lambda own=own, head=head: mentions._Model(block, {head: own}))
            found = sorted(span[:3] for span in mentions.tag_states(emissions, head, cuts))
            wanted = []
            for low, high in itertools.pairwise([*cuts, 40]):
                path = best_tags(own, emissions[None, low:high], [high - low])[0].tolist()
                wanted += [(low + a, low + b, kind) for a, b, kind in runs(path)]
            assert found == sorted(wanted)


@pytest.mark.usefixtures("_either")
def test_windows_hold_what_stands_around_their_jobs() -> None:
    """Token by token, written out."""
    rng = np.random.default_rng(8)
    sentences = np.repeat([0, 1, 2, 3, 4], [9, 160, 3, 150, 8])
    jobs = [(0, 1), (8, 11), (100, 102), (329, 330), (100, 102)]
    hints = {100: rng.integers(0, 2, size=(330, 2)).astype("f4")}
    states = rng.normal(size=(330, 6)).astype("f4")
    names = {"into": 6, "pivot": 6, "where": 24, "same": 3, "hint": 2}
    arrays = {f"{name}.weight": rng.normal(size=(size, 4)).astype("f4") for name, size in names.items()}
    arrays |= {f"{name}.bias": rng.normal(size=4).astype("f4") for name in ("into", "pivot", "hint")}
    found = windows_around(sentences, jobs, 5, hints, 2)
    x = found.seen_by(arrays, states)
    assert len(x) == len(found.tokens) == found.begins[-1] + found.bounds[-1][1] - found.bounds[-1][0] + windows.GAP
    for number, ((first, last), (low, high)) in enumerate(zip(jobs, found.bounds, strict=True)):
        assert low <= first < last <= high
        assert (found.rows == number).sum() == high - low + windows.GAP
        pivot = states[first:last].mean(0) @ arrays["pivot.weight"] + arrays["pivot.bias"] + arrays["hint.bias"]
        for place, token in enumerate(range(low, high), start=found.begins[number]):
            away = max(0, first - token, token - last + 1)
            assert found.tokens[place] == token
            assert found.distance[place] % 12 == (
                away if away <= 4 else min(11, 4 + math.ceil(math.log(away / 4, 1.6)))
            )
            assert (found.distance[place] >= 12) == (token < first)
            assert found.side[place] == 1 + np.sign(sentences[token] - sentences[first])
            assert np.array_equal(found.held[place], hints[first][token] if first in hints else np.zeros(2))
            wanted = states[token] @ arrays["into.weight"] + arrays["into.bias"] + pivot
            wanted = wanted + arrays["where.weight"][found.distance[place]] + arrays["same.weight"][found.side[place]]
            assert np.allclose(x[place], wanted + found.held[place] @ arrays["hint.weight"], atol=1e-5)
        assert (found.tokens[place + 1 : place + 1 + windows.GAP] == -1).all()


def test_windows_laid_end_to_end_do_not_see_each_other() -> None:
    """Each comes out as if it were alone, to the last bit: scales of whole numbers do not depend on what is beside it."""
    model = reader.shipped()
    bounds = [(3, 40), (10, 12), (0, 25)]
    tokens, rows = laid_out(bounds)
    assert [int((tokens[rows == row] >= 0).sum()) for row in range(3)] == [37, 2, 25]
    inner = np.random.default_rng(7).normal(size=(50, len(model.arrays["hint.bias"]))).astype("f4")
    keep = (tokens >= 0)[:, None].astype("f4")
    together = model.blocks(inner[tokens.clip(0)], keep)[tokens >= 0]
    alone = [model.blocks(inner[low:high], np.ones((high - low, 1), dtype="f4")) for low, high in bounds]
    assert np.array_equal(together, np.concatenate(alone))


def test_windows_in_several_passes_are_read_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Rina Wulandari mengatakan kota itu siap. Menurut dia, tenda cukup. Budi Santoso membantah kabar itu. " * 3
    told = ujar.read(text, events=True)
    assert len(told.statements) > 4
    monkeypatch.setattr(reader, "AT_ONCE", 2)
    monkeypatch.setattr(coder, "AT_ONCE", 1)
    assert ujar.read(text, events=True) == told


def test_a_text_is_encoded_as_far_as_the_blocks_reach() -> None:
    words = ["Rina", "mengatakan", "kota", "itu", "siap", ".", BREAK] * 40
    vectors = word_vectors().of([word_key(w) for w in words])
    shapes = np.array([shape_of(w) for w in words])
    whole = encode(encoder_of(load_weights("reader")), vectors, shapes)
    part = encode(shipped(), vectors[100:180], shapes[100:180])
    assert whole[0].shape == whole[1].shape == (len(words), 128)
    for states, of_part in zip(whole, part, strict=True):
        assert np.array_equal(states[116:164], of_part[16:64])
        assert not np.array_equal(states[100], of_part[0])


def test_words_never_seen_have_vectors_of_their_parts() -> None:
    vectors = word_vectors()
    near, far = vectors.of(["menghijaukannyalah", "menghijaukan", "qqxzzv"])[:2], vectors.of(["qqxzzv"])
    cosine = lambda a, b: float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))  # noqa: E731
    assert cosine(near[0], near[1]) > cosine(near[0], far[0])
    assert buckets_of("kata") == buckets_of("kata")


def test_forms() -> None:
    assert [word_key(w) for w in ("“", "14.700", "Jum’at", "KPK")] == ['"', "00.000", "jum'at", "kpk"]
    assert len({shape_of(w) for w in ("kata", "Rina", "KPK", "iPhone", "2024", ",", "A")}) == 7
    assert MASK not in {shape_of(w) for w in ("kata", "Rina", "KPK", "iPhone", "2024", ",", "A", "...")}


def test_tokens_keep_offsets_and_line_ends() -> None:
    text = "Rina datang.\n\nBudi pergi."
    tokens = tokens_of(text, find_words(text))
    assert [text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)] == [
        "Rina", "datang", ".", "", "Budi", "pergi", ".",
    ]  # fmt: skip
    assert tokens.cover(Span(14, 24)) == (4, 6)
    assert tokens.cover(Span(0, 0)) == (0, 0)


def test_mentions_are_exact_and_flat() -> None:
    text = (
        "Menteri Luar Negeri AS Antony Blinken bertemu Presiden Joko Widodo di Jakarta, kata juru bicara Gedung Putih."
    )
    mentions = parse(Article("a", text), mentions=True).mentions
    found = {(text[slice(*m.span)], m.kind) for m in mentions}
    assert {("Antony Blinken", "person"), ("Joko Widodo", "person"), ("Jakarta", "place")} <= found
    assert any(kind == "role" and form.startswith("Menteri Luar Negeri") for form, kind in found)
    flat = [m.span for m in mentions if m.kind != "role"]
    assert all(a.end <= b.start for a, b in itertools.pairwise(flat))
    assert all(0 <= m.confidence <= 1 for m in mentions)


@replaces
def test_rules_alone_use_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_data: bytes) -> None:
        raise ValueError("damaged")

    monkeypatch.setattr("ujar.learned.weights.read_arrays", refuse)
    load_weights.cache_clear()
    text = '"Kami siap menerima mereka," kata Rina Wulandari.'
    (statement,) = ujar.read(text, reader="rules").statements
    assert statement.speaker == "Rina Wulandari"
    with pytest.raises(TableError, match=r"reader\.npz cannot be read: damaged"):
        load_weights("reader")
    # A run stops with it: every article would fail.
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    for cached in (mentions._model, word_vectors, shipped):
        cached.cache_clear()
    with pytest.raises(TableError):
        list(ujar.read_sources([str(path)]))


def test_a_graph_that_cannot_be_used_is_told() -> None:
    for arrays in ({}, {"encoder.graph": np.frombuffer(b"no graph", dtype="u1")}):
        with pytest.raises(TableError, match="the graph encoder of a model cannot be used") as caught:
            stack_of(arrays, "encoder")
        assert "--reader rules" in str(caught.value.next_step)


def test_models_fit_the_features_of_the_code() -> None:
    assert load_weights("reader")["known.weight"].shape[0] == len(KNOWN)
    assert load_weights("speakers")["hidden.weight"].shape[0] == len(SPEAKER_FEATURES) + 2 * 128
    assert load_weights("combine")["hidden.weight"].shape[0] == len(READING_FEATURES)


def test_models_are_small() -> None:
    models = Path(ujar.__file__).parent / "learned" / "models"
    assert sum(p.stat().st_size for p in models.iterdir()) < 25 * 1024 * 1024


def test_very_long_texts_are_read_by_the_rules_alone() -> None:
    text = ('"Kami siap menerima mereka," kata Rina Wulandari. ' * 2000)[: LONGEST_LEARNED + 500]
    statements = ujar.read(text).statements
    assert len(statements) > 100
    assert not any("model" in step.rule for s in statements for step in s.steps)
