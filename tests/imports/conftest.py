"""What the tests of the CSV readers share: files, and a store that knows a little."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.domain.catalogue import Place, PromiseKind, Service
from server.imports.known import Known
from tests.makers.stage import opened, world

__all__ = ["opened", "world"]

HELSINKI = ZoneInfo("Europe/Helsinki")
CONSULTATION = Service(
    "consultation", "Consultation", 30, ((),), Place.ON_SITE, PromiseKind.WINDOW, step_minutes=60, window_minutes=120
)
CALL = Service("call", "Advice by telephone", 15, ((),), Place.REMOTE, PromiseKind.EXACT, step_minutes=15)

WriteCsv = Callable[..., Path]


@pytest.fixture
def known() -> Known:
    """Return a store with one team, one officer, two services and one premises (number 17)."""
    return Known(
        now=datetime(2026, 11, 20, tzinfo=UTC),
        teams={"centre": HELSINKI},
        officers={"anna": HELSINKI, "ben": HELSINKI},
        services={service.code: service for service in (CONSULTATION, CALL)},
        premises=lambda source, external_id: {("osm", "node/1"): 17}.get((source, external_id)),
        region="FI",
    )


@pytest.fixture
def write_csv(tmp_path: Path) -> WriteCsv:
    """Return a function that writes lines (text or bytes) to a file."""

    def write(*lines: str | bytes) -> Path:
        path = tmp_path / "rows.csv"
        path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
        return path

    return write
