"""Write src/ujar/common_words.tsv: words that news text writes in lower case, so not the words of a name.

usage: python training/common_words.py ARTICLES.jsonl[.gz] [OUT.tsv [WHOLE.tsv [CAPITAL.tsv]]]

Counts, for every alphabetic word in mid-sentence, how often it stands in lower case and how often with a capital.
A word is common when at least SHARE of its occurrences are in lower case and it was seen at least SEEN times so.
Only the words and their rounded share are kept: a frequency list, no text. Deterministic for the same input.

WHOLE.tsv (src/ujar/whole_words.tsv) holds capitalised words that end in a common word and are yet one word, because they
were seen at least WHOLE times: Danantara is not "Dan" and "antara". CAPITAL.tsv (src/ujar/capital_words.tsv) holds words
that news writes with a capital in mid-sentence, at least CAPITAL times and nearly always: the words of names.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path

SEEN = 12
SHARE = 0.4
WHOLE = 4
CAPITAL, CAPITAL_SHARE = 40, 0.1
# Not at the start of a sentence or a quotation, where every word has a capital.
_MID = re.compile(r"(?<=[\w,;)] )[^\W\d_]{2,}(?![\w.])")


def count(lines: object) -> tuple[Counter[str], Counter[str]]:
    """How often each word stands in lower case, and how often with a capital, in mid-sentence."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for line in lines:  # type: ignore[attr-defined]
        for word in _MID.findall(json.loads(line)["text"]):
            if word.islower():
                small[word] += 1
            elif word[1:].islower():
                capital[word.lower()] += 1
    return small, capital


def rows(small: Counter[str], capital: Counter[str]) -> list[tuple[str, str]]:
    """The common words with their share of lower case, sorted."""
    out = []
    for word, seen in small.items():
        share = seen / (seen + capital[word])
        if seen >= SEEN and share >= SHARE:
            out.append((word, f"{share:.1f}"))
    return sorted(out)


_CAPITAL = re.compile(r"(?<![\w-])[A-Z][\w-]{5,}(?![\w-])")


def whole(lines: object, common: set[str]) -> list[str]:
    """Capitalised words, in lower case, that end in a common word of three letters or more and recur; sorted."""
    seen: Counter[str] = Counter()
    for line in lines:  # type: ignore[attr-defined]
        seen.update(word.lower() for word in _CAPITAL.findall(json.loads(line)["text"]))
    return sorted(
        w
        for w, n in seen.items()
        if n >= WHOLE and w not in common and any(w[cut:] in common for cut in range(2, len(w) - 2))
    )


def main() -> None:
    """Count and write."""
    source = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[1] / "src/ujar/common_words.tsv"
    opener = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rt", encoding="utf-8") as lines:
        small, capital = count(lines)
    table = rows(small, capital)
    named = sorted(w for w, n in capital.items() if n >= CAPITAL and small[w] / (small[w] + n) < CAPITAL_SHARE)
    with opener(source, "rt", encoding="utf-8") as lines:
        kept = whole(lines, {word for word, _ in table})
    with target.open("w", encoding="utf-8") as out:
        out.write("form\tshare\n")
        out.writelines(f"{word}\t{share}\n" for word, share in table)
    beside = Path(sys.argv[3]) if len(sys.argv) > 3 else target.with_name("whole_words.tsv")
    beside.write_text("form\n" + "".join(f"{word}\n" for word in kept), encoding="utf-8")
    names = Path(sys.argv[4]) if len(sys.argv) > 4 else target.with_name("capital_words.tsv")
    names.write_text("form\n" + "".join(f"{word}\n" for word in named), encoding="utf-8")
    print(f"{len(table)} words -> {target}, {len(kept)} -> {beside}, {len(named)} -> {names}")


if __name__ == "__main__":
    main()
