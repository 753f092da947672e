"""What the store knows already when a file is read; the caller looks it up once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from server.domain.catalogue import Service


def _nothing(_source: str, _external_id: str) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """Codes that rows may refer to. `now` tells past from future; `region` reads national telephone numbers ("FI")."""

    now: datetime
    teams: Mapping[str, ZoneInfo] = field(default_factory=dict)
    officers: Mapping[str, ZoneInfo] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    premises: Callable[[str, str], int | None] = _nothing
    region: str | None = None
