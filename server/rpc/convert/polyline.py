"""Google's encoded polyline format, precision 5, latitude first."""

from __future__ import annotations

from collections.abc import Sequence

from server.domain.geography import Position

_E1 = 10
"""From millionths of a degree to the format's hundred-thousandths."""


def encoded(line: Sequence[Position]) -> str:
    """Return a line as text: differences of rounded coordinates, zigzag, five bits a character."""
    parts: list[str] = []
    last_lat = last_lon = 0
    for position in line:
        lat, lon = round(position.lat_e6 / _E1), round(position.lon_e6 / _E1)
        parts.append(_signed(lat - last_lat))
        parts.append(_signed(lon - last_lon))
        last_lat, last_lon = lat, lon
    return "".join(parts)


def _signed(value: int) -> str:
    rest = ~(value << 1) if value < 0 else value << 1
    text = ""
    while rest >= 0x20:
        text += chr((0x20 | rest & 0x1F) + 63)
        rest >>= 5
    return text + chr(rest + 63)
