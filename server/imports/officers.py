"""Officers: code, name, team, mode, latitude, longitude, skills."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.domain.catalogue import Skills
from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.imports.cells import Cells
from server.imports.known import Known
from server.imports.table import Columns, Reading, read_table

COLUMNS = Columns(("code", "name", "team", "mode", "latitude", "longitude"), ("skills",))


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer to add, or to replace the one of that code."""

    line: int
    code: str
    name: str
    team: str
    mode: TravelMode
    base: Position
    skills: Skills


def read_officers(path: Path, known: Known) -> Reading[OfficerRow]:
    """Return the officers of a file with `COLUMNS`; mode is car, bicycle or foot, skills are `food:2;licensing:1`."""

    def row(cells: Cells) -> OfficerRow:
        return OfficerRow(
            cells.line,
            cells.code("code"),
            cells.text("name"),
            cells.one_of("team", known.teams, "import its team first (fieldwork import teams)"),
            cells.choice("mode", TravelMode),
            cells.position("latitude", "longitude"),
            cells.skills("skills"),
        )

    return read_table(path, COLUMNS, row, lambda row: row.code, "code")
