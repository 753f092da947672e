"""Premises from a CSV file, a row at a time; bad rows are reported with their line, good ones are given on."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from gis.errors import GisError, InvalidRecord, UnreadableCsv
from gis.model import LatLng, Premises
from gis.swapped import looks_swapped

COLUMNS = (
    "external_id",
    "name",
    "category",
    "housenumber",
    "street",
    "postcode",
    "city",
    "lat",
    "lon",
    "opening_hours",
)
_REQUIRED = frozenset({"external_id", "name", "category", "lat", "lon"})
_KEPT_REFUSALS = 1_000


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Why a row was left out; `line` counts from 1, the header included, and is where the row ends."""

    line: int
    reason: str


@dataclass(slots=True)
class CsvReport:
    """Filled while rows are read; of very many refusals the first 1,000 are kept, and all are counted."""

    read: int = 0
    accepted: int = 0
    refused: int = 0
    refusals: list[RefusedRow] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        """Note a row that is left out."""
        self.refused += 1
        if len(self.refusals) < _KEPT_REFUSALS:
            self.refusals.append(RefusedRow(line, reason))


def read_csv_premises(path: Path, source: str, report: CsvReport, near: LatLng | None = None) -> Iterator[Premises]:
    """Yield the good rows and note the others in `report`; `UnreadableCsv` when the file as a whole cannot be read.

    Give `near`, a place that the premises should be round, to find swapped coordinates that both fit on Earth. An
    error may come after rows were given: take them in one transaction.
    """
    with _opened(path) as file:
        rows = csv.reader(file, strict=True)
        header = _header(next(rows, []), path)
        lines_by_id: dict[str, int] = {}
        for cells in rows:
            if not any(cells):
                continue
            report.read += 1
            try:
                premises = _premises(header, cells, source, near)
                _refuse_repeated(premises.external_id, lines_by_id, rows.line_num)
            except GisError as wrong:
                report.refuse(rows.line_num, str(wrong))
                continue
            report.accepted += 1
            yield premises


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
    except UnicodeDecodeError as wrong:
        raise UnreadableCsv(f"premises {path}: not UTF-8 ({wrong.reason}); save the file as UTF-8") from wrong
    except csv.Error as wrong:
        raise UnreadableCsv(f"premises {path}: not CSV ({wrong}); quote cells that hold commas or quotes") from wrong
    except OSError as missing:
        raise UnreadableCsv(f"premises {path}: {missing.strerror}; give a CSV file") from missing


def _header(cells: list[str], path: Path) -> tuple[str, ...]:
    header = tuple(cell.strip().lower() for cell in cells)
    wanted = ",".join(COLUMNS)
    if not any(header):
        raise UnreadableCsv(f"premises {path}: the file is empty; its first line must be {wanted}")
    if missing := sorted(_REQUIRED - set(header)):
        raise UnreadableCsv(f"premises {path}, line 1: column {', '.join(missing)} is missing; it should read {wanted}")
    if len(set(header)) < len(header):
        raise UnreadableCsv(f"premises {path}, line 1: a column stands there twice; it should read {wanted}")
    return header


def _premises(header: tuple[str, ...], cells: list[str], source: str, near: LatLng | None) -> Premises:
    if len(cells) != len(header):
        raise InvalidRecord(f"{len(cells)} cells where the header has {len(header)}; quote cells that hold commas")
    row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    position = LatLng(_degrees(row, "lat"), _degrees(row, "lon"))
    if near is not None and looks_swapped(position, near):
        raise InvalidRecord(f"lat {row['lat']}, lon {row['lon']} look swapped; give the latitude as lat")
    return Premises(
        source=source,
        external_id=row["external_id"],
        name=row["name"],
        category=row["category"],
        housenumber=row.get("housenumber", ""),
        street=row.get("street", ""),
        postcode=row.get("postcode", ""),
        city=row.get("city", ""),
        position=position,
        opening_hours=row.get("opening_hours", ""),
    )


def _degrees(row: Mapping[str, str], column: str) -> float:
    try:
        return float(row[column])
    except ValueError as wrong:
        raise InvalidRecord(f"{column} {row[column]!r} is no number; give degrees with a decimal point") from wrong


def _refuse_repeated(external_id: str, lines_by_id: dict[str, int], line: int) -> None:
    if (first := lines_by_id.setdefault(external_id, line)) != line:
        raise InvalidRecord(f"external_id {external_id!r} stands in line {first} already; give each premises its own")
