"""The articles that events are learned from share no passage with those that they are measured on."""

from __future__ import annotations

import sys
from pathlib import Path

from conftest import ROOT

sys.path.insert(0, str(ROOT / "eval"))

import corpora
import score_events

# So many words in a row are a run; so many runs two reports of one thing may share by chance ("Perdana Menteri Israel …").
WORDS, RUNS = 10, 2


def runs_of(text: str) -> set[str]:
    """All runs of words of a text."""
    words = text.lower().split()
    return {" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1)}


def test_events_are_not_measured_on_what_was_learned(data_folder: Path) -> None:
    assert (data_folder / "plover").is_dir()
    measured = {
        key: runs_of(row["text"]) for name in ("dev", "held") for key, row in score_events.load_events(name).items()
    }
    shared = {
        (name, key, other)
        for name in ("events", "events_raw")
        for key, row in corpora.annotated(name).items()
        for own in [runs_of(row["text"])]
        for other, runs in measured.items()
        if key == other or len(own & runs) > RUNS
    }
    assert len(measured) > 40
    assert not shared
