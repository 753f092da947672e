"""Encoded polylines with five decimals, latitude first.

Format: https://developers.google.com/maps/documentation/utilities/polylinealgorithm.
"""

from __future__ import annotations

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def decode(text: str) -> list[Point]:
    """Return the points of an encoded polyline; a damaged one raises ValueError."""
    points: list[Point] = []
    latitude = longitude = position = 0
    while position < len(text):
        step, position = _number(text, position)
        latitude += step
        step, position = _number(text, position)
        longitude += step
        points.append((latitude / 1e5, longitude / 1e5))
    return points


def encode(points: list[Point]) -> str:
    """Return the points as text."""
    parts: list[str] = []
    before = (0, 0)
    for point in points:
        now = round(point[0] * 1e5), round(point[1] * 1e5)
        parts.extend(_letters(new - old) for new, old in zip(now, before, strict=True))
        before = now
    return "".join(parts)


def _number(text: str, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(text):
            raise ValueError(f"polyline {text[:40]!r} ends inside a number")
        bits = ord(text[position]) - 63
        if not 0 <= bits < 64:
            raise ValueError(f"polyline {text[:40]!r} holds {text[position]!r}, which no polyline has")
        position += 1
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            return (~(value >> 1) if value & 1 else value >> 1), position


def _letters(step: int) -> str:
    value = ~(step << 1) if step < 0 else step << 1
    letters = []
    while value >= 32:
        letters.append(chr((32 | (value & 31)) + 63))
        value >>= 5
    letters.append(chr(value + 63))
    return "".join(letters)
