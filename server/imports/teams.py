"""Teams: code, name, time_zone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from server.domain import local_time
from server.domain.errors import InvalidField
from server.imports.cells import BadCell, Cells
from server.imports.table import Columns, Reading, read_table

COLUMNS = Columns(("code", "name", "time_zone"))


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team to add, or to replace the one of that code."""

    line: int
    code: str
    name: str
    zone: ZoneInfo


def read_teams(path: Path) -> Reading[TeamRow]:
    """Return the teams of a file with `COLUMNS`; time_zone is an IANA name."""
    return read_table(path, COLUMNS, _row, lambda row: row.code, "code")


def _row(cells: Cells) -> TeamRow:
    return TeamRow(cells.line, cells.code("code"), cells.text("name"), _zone(cells))


def _zone(cells: Cells) -> ZoneInfo:
    name = cells.text("time_zone")
    try:
        return local_time.zone(name)
    except InvalidField as wrong:
        raise BadCell("time_zone", name, "is not an IANA time zone; write one such as Europe/Helsinki") from wrong
