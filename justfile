# just: everything that must hold; needs the environment of the README's test command in .venv

check: lint test gate

lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy

test:
    .venv/bin/pytest

# write docs/evaluation.md anew from what is measured now
docs:
    .venv/bin/python eval/report.py

# every table and model anew from the data (three hours); needs ujar[training]
train data="../shared":
    .venv/bin/python training/common_words.py {{data}}/news/articles.jsonl.gz
    .venv/bin/python training/confidence.py {{data}}/gold/train.jsonl
    .venv/bin/python training/pretrain.py {{data}}/news/articles.jsonl.gz out/encoder.pt
    .venv/bin/python training/names.py out/encoder.pt
    .venv/bin/python training/statements.py out/encoder.pt
    .venv/bin/python training/statements.py out/encoder.pt --folds 3 --proposals out/parts
    .venv/bin/python training/combine.py out/parts --check
    .venv/bin/python training/speakers.py out/parts --check
    .venv/bin/python training/trigger_precision.py
    .venv/bin/python training/topic.py {{data}}/news/articles.jsonl.gz --check
    .venv/bin/python training/events.py
    .venv/bin/python training/event_parts.py --check
    .venv/bin/python training/event_weights.py --check

gate:
    .venv/bin/python eval/gate.py

# statements gained and lost against the last commit
diff revision="HEAD":
    .venv/bin/python eval/diff.py {{revision}}

bench:
    .venv/bin/python bench/bench.py
    .venv/bin/python bench/linear.py
