"""Figures, as a table for people and as JSON for tools, with the machine that they are of."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from server.setup.databases import connect


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured; `goal` in words, empty for none."""

    what: str
    of: str
    value: float
    unit: str
    goal: str = ""


def median(values: Iterable[float]) -> float:
    """Return the middle one."""
    return statistics.median(values)


def machine(url: str) -> dict[str, Any]:
    """Return what the figures depend on."""
    with connect(url) as connection:
        row = connection.execute("select current_setting('server_version')").fetchone()
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "cpu": names[0] if names else platform.machine(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "postgresql": row[0] if row else "",
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def as_json(where: dict[str, Any], figures: Sequence[Figure]) -> dict[str, Any]:
    """Return everything that was measured."""
    return {"machine": where, "figures": [asdict(figure) for figure in figures]}


def show(where: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table(
        "what", "figure", "measured", "goal", caption=", ".join(f"{name} {value}" for name, value in where.items())
    )
    last = ""
    for figure in figures:
        table.add_row(figure.what if figure.what != last else "", figure.of, _number(figure), figure.goal)
        last = figure.what
    Console(width=120).print(table)


def _number(figure: Figure) -> str:
    if math.isnan(figure.value):
        return "none"
    whole = figure.value >= 100 or figure.value == int(figure.value)
    return f"{figure.value:,.0f} {figure.unit}" if whole else f"{figure.value:.2f} {figure.unit}"
