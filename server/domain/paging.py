"""Pages of lists. Every list is paged; every query is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

DEFAULT_SIZE = 50
LARGEST_SIZE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is asked for. `size` 0 means 50, more than 500 is read as 500; `token` is empty at the start."""

    size: int = 0
    token: str = ""

    @property
    def limit(self) -> int:
        """How many items to answer with."""
        return min(self.size or DEFAULT_SIZE, LARGEST_SIZE)


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A page of a list; `next_token` is empty at the end."""

    items: tuple[T, ...]
    next_token: str = ""
