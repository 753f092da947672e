"""Where the markers of stops stand: at their places, but moved apart where they would hide each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clients.cli.map.projection import Dot

_ROUNDS = 60
_PULL = 0.06


def spread(places: Sequence[Dot], distance: float, obstacles: Sequence[Dot] = (), within: Dot | None = None) -> list[Dot]:
    """Return a position for each place, about `distance` apart and off the obstacles, pulled to its place. Deterministic.

    `within` is width and height of the picture: no position is nearer than half of `distance` to its edges.
    """
    at = [(x + 0.01 * math.cos(index), y + 0.01 * math.sin(index)) for index, (x, y) in enumerate(places)]
    for _ in range(_ROUNDS):
        at = [(x + (px - x) * _PULL, y + (py - y) * _PULL) for (x, y), (px, py) in zip(at, places, strict=True)]
        for one in range(len(at)):
            for obstacle in obstacles:
                at[one] = _off(at[one], obstacle, distance)
            for other in range(one + 1, len(at)):
                at[one], at[other] = _apart(at[one], at[other], distance)
        if within:
            at = [_inside(dot, within, distance / 2) for dot in at]
    return at


def _inside(dot: Dot, size: Dot, margin: float) -> Dot:
    return min(max(dot[0], margin), size[0] - margin), min(max(dot[1], margin), size[1] - margin)


def _apart(one: Dot, other: Dot, distance: float) -> tuple[Dot, Dot]:
    """Return two dots pushed from each other, half the way each."""
    middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    return _off(one, middle, distance / 2), _off(other, middle, distance / 2)


def _off(dot: Dot, centre: Dot, distance: float) -> Dot:
    """Return the dot, or where it is `distance` away from a centre that is nearer."""
    across, down = dot[0] - centre[0], dot[1] - centre[1]
    apart = math.hypot(across, down)
    if apart >= distance or apart == 0:
        return dot
    return centre[0] + across * distance / apart, centre[1] + down * distance / apart
