"""The promises that could be offered, as arrays, and which of them a range of starts can keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from server.domain.spans import Span
from server.usecases.ports.search import Flags, Index, Moments


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """All promises of all zones in order, as seconds since 1970: promise k begins at `start[k]` and lasts `length`.

    `allowed` tells, per zone (in the order of `zones`), which of them are promises of that zone; None: all of them.
    """

    spans: Sequence[Span]
    start: Moments
    length: int
    zones: tuple[str, ...]
    allowed: Flags | None

    @classmethod
    def of(cls, promises: Mapping[str, Sequence[Span]]) -> Grid:
        """Return the grid of each zone's promises, which are all equally long."""
        zones = tuple(promises)
        spans: Sequence[Span] = next(iter(promises.values()), ())
        allowed = None
        if any(other != spans for other in promises.values()):
            spans = sorted({span for some in promises.values() for span in some})
            sets = [set(promises[zone]) for zone in zones]
            allowed = np.array([[span in some for span in spans] for some in sets], np.bool_)
        start = np.array([span.start.timestamp() for span in spans], np.float64).astype(np.int64)
        return cls(spans, start, spans[0].seconds if spans else 0, zones, allowed)

    def inside(self, start: Moments, end: Moments) -> tuple[Index, Index]:
        """Return, per range of time, which promises lie in it: from the first up to, but not including, the second."""
        return np.searchsorted(self.start, start), np.searchsorted(self.start + self.length, end, side="right")

    def met(self, first: Moments, last: Moments) -> tuple[Index, Index]:
        """Return, per range of starts (both ends included), which promises can be kept by one of them."""
        return np.searchsorted(self.start + self.length - 1, first), np.searchsorted(self.start, last, side="right")


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Ways to keep promises: promise `k` on day `row` of a block, at `cost` (see `packed`), from `first` to `last`."""

    k: Index
    row: Index
    cost: Moments
    first: Moments
    last: Moments

    def __len__(self) -> int:
        return len(self.k)


DEAR = np.int64(1) << 62
_ZERO = 1 << 30


def packed(weight: Moments | int, extra: Moments) -> Moments:
    """Return costs that compare as (displaced weight, extra travel) do."""
    both: Moments = (np.int64(weight) << 32 if isinstance(weight, int) else weight << 32) + (extra + _ZERO)
    return both


def unpacked(cost: int) -> tuple[int, int]:
    """Return displaced weight and extra travel."""
    return cost >> 32, (cost & 0xFFFFFFFF) - _ZERO


def spread(low: Index, high: Index) -> tuple[Index, Index]:
    """Return each number of each range from `low` up to, but not including, `high`, and which range it is of."""
    counts = np.maximum(high - low, 0)
    which = np.repeat(np.arange(len(counts)), counts)
    return low[which] + np.arange(len(which)) - (np.cumsum(counts) - counts)[which], which
