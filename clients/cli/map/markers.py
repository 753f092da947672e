"""Where the markers of stops stand: at their places, but moved apart where they would hide each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clients.cli.map.projection import Dot

_ROUNDS = 60
_PULL = 0.06


def spread(places: Sequence[Dot], distance: float) -> list[Dot]:
    """Return a position for each place, about `distance` apart, pulled towards its place. Deterministic."""
    at = [(x + 0.01 * math.cos(index), y + 0.01 * math.sin(index)) for index, (x, y) in enumerate(places)]
    for _ in range(_ROUNDS):
        at = [(x + (px - x) * _PULL, y + (py - y) * _PULL) for (x, y), (px, py) in zip(at, places, strict=True)]
        for one in range(len(at)):
            for other in range(one + 1, len(at)):
                _push(at, one, other, distance)
    return at


def _push(at: list[Dot], one: int, other: int, distance: float) -> None:
    across, down = at[other][0] - at[one][0], at[other][1] - at[one][1]
    apart = math.hypot(across, down)
    if apart >= distance or apart == 0:
        return
    step = (distance - apart) / 2 / apart
    at[one] = (at[one][0] - across * step, at[one][1] - down * step)
    at[other] = (at[other][0] + across * step, at[other][1] + down * step)
