"""Lines as SVG path data: simplified below what an eye sees, with one decimal and relative steps to stay small."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from shapely import LineString, MultiLineString
from shapely.ops import linemerge

from clients.cli.map.projection import Dot


def path(lines: Iterable[Sequence[Dot]], tolerance: float = 0.4) -> str:
    """Return one path's data for many lines; lines that share an end are joined."""
    long_enough = [line for line in lines if (len(line) > 1 and line[0] != line[-1]) or len(line) > 2]
    return "".join(_steps(line) for line in _joined(long_enough, tolerance))


def trace(line: Sequence[Dot], tolerance: float = 0.4) -> str:
    """Return one line's data, drawn in its own order."""
    if len(line) < 2:
        return ""
    return _steps(list(LineString(line).simplify(tolerance).coords))


def _joined(lines: Sequence[Sequence[Dot]], tolerance: float) -> Iterator[Sequence[Dot]]:
    if not lines:
        return
    merged = linemerge(MultiLineString([list(line) for line in lines]))
    for line in merged.geoms if isinstance(merged, MultiLineString) else [merged]:
        yield [(x, y) for x, y in line.simplify(tolerance).coords]


def _steps(dots: Sequence[Sequence[float]]) -> str:
    # Sums of rounded steps would drift; each step is the difference of rounded places.
    tenths = [(round(dot[0] * 10), round(dot[1] * 10)) for dot in dots]
    parts = [f"M{_short(tenths[0][0])} {_short(tenths[0][1])}"]
    for before, now in itertools.pairwise(tenths):
        if before != now:
            parts.append(f"l{_short(now[0] - before[0])} {_short(now[1] - before[1])}")
    return "".join(parts) if len(parts) > 1 else ""


def _short(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}" if not rest else f"{sign}{whole or ''}.{rest}"
