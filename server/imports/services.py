"""Services of the catalogue, in the words of fieldwork.v1.Service.

crew: one entry per officer needed, separated by `|`, each the skills of that officer: `food:2;licensing:1|food:1`.
"""

from __future__ import annotations

from pathlib import Path

from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.errors import InvalidField
from server.imports.cells import BadCell, Cells, skills_of
from server.imports.table import Columns, Reading, read_table

COLUMNS = Columns(
    ("code", "name", "duration_minutes", "place", "promise_kind", "step_minutes"),
    (
        "crew",
        "window_minutes",
        "buffer_before_minutes",
        "buffer_after_minutes",
        "needs_approval",
        "public",
        "notice_minutes",
        "horizon_days",
        "weight",
        "unannounced",
    ),
)


def read_services(path: Path) -> Reading[Service]:
    """Return the services of a file with `COLUMNS`; place is on_site or remote, promise_kind exact or window."""
    return read_table(path, COLUMNS, _row, lambda row: row.code, "code")


def _row(cells: Cells) -> Service:
    try:
        return Service(
            code=cells.code("code"),
            name=cells.text("name"),
            duration_minutes=cells.whole("duration_minutes", 5, 600),
            crew=_crew(cells.text("crew", 1000, needed=False)),
            place=cells.choice("place", Place),
            promise_kind=cells.choice("promise_kind", PromiseKind),
            step_minutes=cells.whole("step_minutes", 5, 240),
            window_minutes=cells.whole("window_minutes", 0, 600, 0),
            buffer_before_minutes=cells.whole("buffer_before_minutes", 0, 120, 0),
            buffer_after_minutes=cells.whole("buffer_after_minutes", 0, 120, 0),
            needs_approval=cells.yes("needs_approval"),
            public=cells.yes("public"),
            notice_minutes=cells.whole("notice_minutes", 0, 43_200, 0),
            horizon_days=cells.whole("horizon_days", 1, 730, 60),
            weight=cells.whole("weight", 1, 10_000, 100),
            unannounced=cells.yes("unannounced"),
        )
    except InvalidField as wrong:
        column = wrong.violations[0].field.rpartition(".")[2]
        raise BadCell(column, cells.text(column, needed=False), wrong.violations[0].description) from wrong


def _crew(text: str) -> tuple[tuple[tuple[str, int], ...], ...]:
    members = text.split("|")
    if len(members) > 4:
        raise BadCell("crew", text, f"names {len(members)} officers; at most 4 work together")
    return tuple(tuple(sorted(skills_of("crew", member).items())) for member in members)
