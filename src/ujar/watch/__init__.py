"""The watch: who spoke in a period, what was done to whom, what is unusual, new, changed, contradicted, conditional."""

from ujar.watch.report import Report, as_json
from ujar.watch.run import watch

__all__ = ["Report", "as_json", "watch"]
