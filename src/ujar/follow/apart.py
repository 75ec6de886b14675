"""A feed that is not well formed, parsed in a process of its own: the lenient parser can take hours over hostile bytes."""

from __future__ import annotations

import json
import subprocess
import sys

from ujar.errors import InputError
from ujar.follow.feeds import FeedContent, Item, entries_of

# Seconds of patience, and bytes of memory, for one feed.
_SECONDS, _MEMORY = 10, 2 * 1024**3


def parse_apart(data: bytes, url: str, content_type: str) -> FeedContent:
    """As ``entries_of``, within bounds of time and memory. Raises InputError, also when these are not enough."""
    head = json.dumps([url, content_type]).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ujar.follow.apart"],
            input=head + data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            # Ctrl-C is for the run, which ends after its commit.
            start_new_session=True,
        )
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, OSError, ValueError):
        found = None
    if found is None:
        raise InputError("bad-feed", f"{url} is not well formed, and nothing could be made out of it in time", None)
    if isinstance(found, str):
        raise InputError("bad-feed", found, None)
    form, items, refused, damage = found
    return FeedContent(form, tuple(Item(*item) for item in items), refused=refused, damage=damage)


def main() -> None:
    """Parse what comes in on standard input, and write what is in it, or a sentence that says why not."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        # Not on every system; whoever started this process waits no longer in any case.
        pass
    url, content_type = json.loads(sys.stdin.buffer.readline())
    try:
        found = entries_of(sys.stdin.buffer.read(), url, content_type)
    except InputError as error:
        print(json.dumps(error.message))
        return
    print(json.dumps([found.form, found.items, found.refused, found.damage]))


if __name__ == "__main__":
    main()
