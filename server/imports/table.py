"""A CSV file as rows: read as a stream, every refusal with its line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, TypeVar

from server.imports.cells import BadCell, Cells

Row = TypeVar("Row")


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the text names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was left out. `line` counts from 1, the header included, and is where the row ends."""

    line: int
    column: str
    value: str
    why: str

    def __str__(self) -> str:
        value = self.value if len(self.value) <= 60 else self.value[:57] + "..."
        return f"line {self.line}, {self.column} {value!r}: {self.why}"


@dataclass(frozen=True, slots=True)
class Reading(Generic[Row]):
    """What a file gave: rows in the file's order, and what was refused."""

    file: Path
    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The header of a kind of file: names that must be there, names that may."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ",".join(self.required + self.optional)


def read_table(
    path: Path, columns: Columns, make: Callable[[Cells], Row], key: Callable[[Row], Hashable], key_name: str
) -> Reading[Row]:
    """Return the rows that `make` accepts; a second row with the same key is refused, naming `key_name`."""
    rows: list[Row] = []
    refusals: list[Refusal] = []
    seen: dict[Hashable, int] = {}
    with _opened(path) as file:
        for cells in _rows(file, columns, path):
            try:
                row = make(cells)
                first = seen.setdefault(key(row), cells.line)
                if first != cells.line:
                    raise BadCell(key_name, _shown(key(row)), f"stands in line {first} already; give each once")
            except BadCell as bad:
                refusals.append(Refusal(cells.line, bad.column, bad.value, bad.why))
            else:
                rows.append(row)
    return Reading(path, tuple(rows), tuple(refusals))


def _shown(key: Hashable) -> str:
    return ", ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    try:
        # Bytes that are not UTF-8 come through as surrogates, so that the row which holds them is refused by its line.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield file
    except OSError as missing:
        raise UnreadableFile(f"{path}: {missing.strerror}; give a CSV file") from missing


def _rows(file: IO[str], columns: Columns, path: Path) -> Iterator[Cells]:
    reader = csv.reader(file, strict=True)
    try:
        header = _header(next(reader, []), columns, path)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Cells.of(reader.line_num, header, cells)
    except csv.Error as wrong:
        raise UnreadableFile(
            f"{path}, line {reader.line_num}: not CSV ({wrong}); quote cells with commas, double quotes inside them"
        ) from wrong


def _header(cells: list[str], columns: Columns, path: Path) -> tuple[str, ...]:
    header = tuple(cell.strip().lower() for cell in cells)
    if not any(header):
        raise UnreadableFile(f"{path}: the file is empty; its first line must be {columns}")
    missing = [name for name in columns.required if name not in header]
    if missing:
        raise UnreadableFile(f"{path}, line 1: column {', '.join(missing)} is missing; it should read {columns}")
    unknown = [name for name in header if name not in columns.required + columns.optional]
    if unknown:
        raise UnreadableFile(f"{path}, line 1: column {', '.join(unknown)} is not known; it should read {columns}")
    if len(set(header)) < len(header):
        raise UnreadableFile(f"{path}, line 1: a column stands there twice; it should read {columns}")
    return header
