"""Where and how large a measurement is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.authority import Size


@dataclass(frozen=True, slots=True)
class Place:
    """A PostgreSQL server, the loader's program, the size of the authority, and how long and how often to measure.

    `settings` are further FIELDWORK_* settings of the servers that are measured.
    """

    server_url: str
    program: Path
    size: Size
    seconds: int = 10
    turns: int = 5
    rounds: int = 1000
    settings: Mapping[str, str] = field(default_factory=dict)
