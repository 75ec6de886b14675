"""What read an article: recorded with its reading, so that a better reader can be told from the same one."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ujar.config import Config


def engine_of(config: Config) -> str:
    """Version of ujar, reader, whether events are looked for, and a hash of the models: "0.1.0/learned+events/5f2a90c1"."""
    import ujar

    what = f"{config.reader}+events" if config.events else config.reader
    return f"{ujar.__version__}/{what}" + (f"/{_models()}" if config.reader == "learned" else "")


@lru_cache(maxsize=1)
def _models() -> str:
    digest = hashlib.blake2b(digest_size=4)
    folder = files("ujar") / "learned" / "models"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".npz"):
            digest.update(file.read_bytes())
    return digest.hexdigest()
