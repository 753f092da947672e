"""Half-open ranges of instants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The instants from `start` up to, but not including, `end`; both aware, `start` < `end`."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs aware datetimes")
        if not self.start < self.end:
            raise ValueError(f"a span ends after it starts, not {self.start} .. {self.end}")

    @property
    def seconds(self) -> int:
        """Elapsed seconds from start to end."""
        return int((self.end - self.start).total_seconds())

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share an instant."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: Span) -> Span | None:
        """Return what the two share, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def at(self, seconds: int) -> datetime:
        """Return the instant that many elapsed seconds after the start."""
        return self.start + timedelta(seconds=seconds)

    def offset(self, instant: datetime) -> int:
        """Return the elapsed seconds from the start to `instant`; negative before it."""
        return int((instant - self.start).total_seconds())


def cut(span: tuple[int, int], holes: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the parts of a half-open integer range outside the `holes`, in order."""
    parts, start = [], span[0]
    for low, high in sorted(holes):
        if high <= start or low >= span[1]:
            continue
        if low > start:
            parts.append((start, low))
        start = max(start, high)
    if start < span[1]:
        parts.append((start, span[1]))
    return parts
