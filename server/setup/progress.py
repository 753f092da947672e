"""Progress in plain lines on standard error, so that standard output stays for results."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Print one line of progress at once."""
    print(f"==> {line}", file=sys.stderr, flush=True)  # noqa: T201 - this module is where the set-up prints


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what begins, and how many seconds it took if that was more than one."""
    say(f"{title} ...")
    began = time.monotonic()
    yield
    seconds = time.monotonic() - began
    if seconds >= 1:
        say(f"{title}: done ({seconds:.0f} s)")
