"""How long work tells that it goes on."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then with the step's name and how much of it is done; `total` 0 means not known."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""
