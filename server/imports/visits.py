"""Due visits: premises, service, team, weight, due, case_system, case_id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from server.domain.commands import NewVisit
from server.imports.cells import BadCell, Cells
from server.imports.known import Known
from server.imports.table import Columns, Reading, read_table

COLUMNS = Columns(("premises", "service", "team", "weight"), ("due", "case_system", "case_id"))


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A due visit to add."""

    line: int
    visit: NewVisit


def read_visits(path: Path, known: Known) -> Reading[VisitRow]:
    """Return the visits of a file with `COLUMNS`; premises is source:external_id, due the last local date in time."""

    def row(cells: Cells) -> VisitRow:
        visit = NewVisit(
            cells.one_of("service", known.services, "import the service first (fieldwork import services)"),
            premises_of(cells, known),
            cells.one_of("team", known.teams, "import the team first (fieldwork import teams)"),
            cells.whole("weight", 1, 10_000),
            _due(cells),
            cells.case(),
        )
        return VisitRow(cells.line, visit)

    return read_table(
        path,
        COLUMNS,
        row,
        lambda row: (row.visit.premises, row.visit.service, row.visit.case),
        "premises, service, case",
    )


def premises_of(cells: Cells, known: Known) -> int:
    """Return the number of the premises that the row names as source:external_id."""
    text = cells.text("premises", 300)
    source, colon, external_id = text.partition(":")
    if not colon or not source or not external_id:
        raise BadCell("premises", text, "must be source:external_id, such as osm:node/123")
    number = known.premises(source, external_id)
    if number is None:
        raise BadCell("premises", text, "is not known; import the premises first (fieldwork import premises)")
    return number


def _due(cells: Cells) -> date | None:
    return cells.day("due") if cells.text("due", needed=False) else None
