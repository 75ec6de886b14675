"""The learned parts: chains against counting by hand, encoding in pieces, words never seen, models that are missing."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

import ujar
from ujar.errors import TableError
from ujar.learned.chain import best_tags, runs, tag_probabilities
from ujar.learned.encoder import encode, encoder_of, shipped, word_vectors
from ujar.learned.layers import block, normal
from ujar.learned.tokens import BREAK, MASK, buckets_of, shape_of, tokens_of, word_key
from ujar.learned.weights import blocks_of, load_weights, part_of
from ujar.parse import mentions, parse
from ujar.parse.words import find_words
from ujar.pipeline import LONGEST_LEARNED
from ujar.records import Article, Span
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


def test_names_looked_for_where_they_may_be_are_those_of_whole_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random scores of every kind: sharp and flat ones, with begins that are dear, so that names are long and doubtful."""
    rng = np.random.default_rng(5)
    heads = mentions._model().heads
    for head, tags in (("names", 11), ("roles", 3)):
        own = dict(heads[head])
        for _ in range(60):
            emissions = rng.normal(scale=rng.choice([0.5, 2, 6]), size=(40, tags)).astype("f4")
            emissions[:, 1::2] -= rng.choice([0, 4])
            emissions[:, 0] += rng.choice([0, 2, 6])
            cuts = [0, 11, 12, 30]
            own |= {"tag.weight": np.eye(tags, dtype="f4"), "tag.bias": np.zeros(tags, dtype="f4")}
            monkeypatch.setattr(mentions, "_model", lambda own=own, head=head: mentions._Model({}, {head: own}))
            found = sorted(span[:3] for span in mentions.tag_states(emissions, head, cuts))
            wanted = []
            for low, high in itertools.pairwise([*cuts, 40]):
                path = best_tags(own, emissions[None, low:high], [high - low])[0].tolist()
                wanted += [(low + a, low + b, kind) for a, b, kind in runs(path)]
            assert found == sorted(wanted)


def test_a_block_normalises_convolves_and_mixes() -> None:
    """Against the same written out, with the normalisation apart and the kernel as it is stored."""
    own = blocks_of(part_of(load_weights("reader"), "encoder"))[1]
    x = np.random.default_rng(7).normal(size=(2, 9, 128)).astype("f4")
    keep = np.ones((2, 9, 1), dtype="f4")
    keep[1, 6:] = 0
    y = normal(own, "norm", x) * keep
    taps = own["conv.weight"].reshape(3, 128, -1)
    inner = np.tile(own["conv.bias"], (2, 9, 1))
    for tap, weight in enumerate(taps):
        for t in range(9):
            if 0 <= (at := t + 4 * (tap - 1)) < 9:
                inner[:, t] += y[:, at] @ weight
    wanted = x + np.maximum(inner, 0) @ own["mix.weight"] + own["mix.bias"]
    found = block(own, 4, x, keep)
    assert np.allclose(found[0], wanted[0], atol=1e-4)
    assert np.allclose(found[1, :6], wanted[1, :6], atol=1e-4)


def test_encoding_in_pieces_is_encoding_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["Rina", "mengatakan", "kota", "itu", "siap", ".", BREAK] * 40
    vectors = word_vectors().of([word_key(w) for w in words])
    shapes = np.array([shape_of(w) for w in words])
    encoder = encoder_of(load_weights("reader"))
    whole = encode(encoder, vectors, shapes)
    assert len(whole[0]) == len(whole[1]) == len(words)
    monkeypatch.setattr("ujar.learned.encoder._PIECE", 61)
    for pieces, states in zip(encode(encoder, vectors, shapes), whole, strict=True):
        assert np.allclose(pieces, states, atol=1e-4)


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


def test_models_fit_the_features_of_the_code() -> None:
    assert load_weights("reader")["known.weight"].shape[0] == len(KNOWN)
    assert load_weights("speakers")["hidden.weight"].shape[0] == len(SPEAKER_FEATURES)
    assert load_weights("combine")["hidden.weight"].shape[0] == len(READING_FEATURES)


def test_models_are_small() -> None:
    models = Path(ujar.__file__).parent / "learned" / "models"
    assert sum(p.stat().st_size for p in models.iterdir()) < 25 * 1024 * 1024


def test_very_long_texts_are_read_by_the_rules_alone() -> None:
    text = ('"Kami siap menerima mereka," kata Rina Wulandari. ' * 2000)[: LONGEST_LEARNED + 500]
    statements = ujar.read(text).statements
    assert len(statements) > 100
    assert not any("model" in step.rule for s in statements for step in s.steps)
