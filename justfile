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

gate:
    .venv/bin/python eval/gate.py

# statements gained and lost against the last commit
diff revision="HEAD":
    .venv/bin/python eval/diff.py {{revision}}

bench:
    .venv/bin/python bench/bench.py
    .venv/bin/python bench/linear.py
