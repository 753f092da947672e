"""The cells of one row, read as what they mean; a cell that cannot be right says why and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import TypeVar

from server.domain.catalogue import Skills
from server.domain.errors import InvalidField
from server.domain.geography import Position
from server.domain.organisation import CaseRef

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
SHORT_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
YEARS = range(1970, 2200)
"""The years that every local date and time can be reckoned in, whatever the zone."""
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
Choice = TypeVar("Choice", bound=Enum)


class BadCell(Exception):
    """A cell that cannot be right; `why` says what is wrong and what to write instead."""

    def __init__(self, column: str, value: str, why: str) -> None:
        super().__init__(f"{column} {value!r}: {why}")
        self.column, self.value, self.why = column, value, why


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of the row that ends in `line`, by column, without blanks around them."""

    line: int
    header: tuple[str, ...]
    values: tuple[str, ...]

    @classmethod
    def of(cls, line: int, header: tuple[str, ...], cells: list[str]) -> Cells:
        """Return the row."""
        return cls(line, header, tuple(cell.strip() for cell in cells))

    def _raw(self, column: str) -> str:
        if len(self.values) != len(self.header):
            why = f"{len(self.values)} cells where the header has {len(self.header)}; quote cells that hold commas"
            raise BadCell("row", ",".join(self.values), why)
        return self.values[self.header.index(column)] if column in self.header else ""

    def text(self, column: str, longest: int = 200, *, needed: bool = True) -> str:
        """Return a text of at most `longest` characters; "" only where it is not `needed`."""
        value = self._raw(column)
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            shown = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            raise BadCell(column, shown, "is not UTF-8; save the file as UTF-8")
        if any(ord(letter) < 32 and letter not in "\t\n\r" for letter in value):
            raise BadCell(column, value, "holds a NUL or another control character; remove it")
        if needed and not value:
            raise BadCell(column, value, "is empty; every row needs one")
        if len(value) > longest:
            raise BadCell(column, value, f"has {len(value)} characters; at most {longest} are kept")
        return value

    def code(self, column: str, shape: re.Pattern[str] = CODE) -> str:
        """Return a code: lower case letters, digits and hyphens."""
        value = self.text(column)
        if not shape.fullmatch(value):
            raise BadCell(column, value, "must be lower case letters, digits and hyphens, such as north-2")
        return value

    def whole(self, column: str, lowest: int, highest: int, default: int | None = None) -> int:
        """Return a whole number in `lowest` .. `highest`, both included."""
        value = self.text(column, needed=default is None)
        if not value and default is not None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
            raise BadCell(column, value, f"must be a whole number from {lowest} to {highest}")
        return int(value)

    def yes(self, column: str) -> bool:
        """Return yes or no; an empty cell is no."""
        value = self.text(column, needed=False)
        if value.lower() not in _WORDS:
            raise BadCell(column, value, "must be yes or no")
        return _WORDS[value.lower()]

    def day(self, column: str) -> date:
        """Return a local date of the years that the program reckons with."""
        value = self.text(column)
        try:
            if len(value) != len("2026-11-23"):
                raise ValueError
            found = date.fromisoformat(value)
        except ValueError as wrong:
            raise BadCell(column, value, "is no date; write YYYY-MM-DD") from wrong
        if found.year not in YEARS:
            raise BadCell(column, value, f"is not in the years {YEARS[0]} to {YEARS[-1]}")
        return found

    def clock(self, column: str) -> time:
        """Return a local time of day."""
        value = self.text(column)
        if not _CLOCK.fullmatch(value):
            raise BadCell(column, value, "is no time of day; write HH:MM, 00:00 to 23:59")
        return time.fromisoformat(value)

    def choice(self, column: str, choices: type[Choice]) -> Choice:
        """Return a member of an enum by its value, ignoring case."""
        value = self.text(column)
        for member in choices:
            if str(member.value).lower() == value.lower():
                return member
        raise BadCell(column, value, "must be one of " + ", ".join(str(member.value).lower() for member in choices))

    def position(self, latitude: str, longitude: str) -> Position:
        """Return the position whose degrees stand in two columns."""
        north, east = self._degrees(latitude), self._degrees(longitude)
        try:
            return Position.of(north, east)
        except InvalidField as wrong:
            column = wrong.violations[0].field.rpartition(".")[2]
            given = latitude if column == "latitude" else longitude
            raise BadCell(given, self.text(given), wrong.violations[0].description) from wrong

    def _degrees(self, column: str) -> float:
        value = self.text(column)
        try:
            return float(value)
        except ValueError as wrong:
            raise BadCell(column, value, "is no number; write degrees with a decimal point") from wrong

    def skills(self, column: str) -> Skills:
        """Return skills written as `food:2;licensing:1`; an empty cell has none."""
        return skills_of(column, self.text(column, 1000, needed=False))

    def case(self) -> CaseRef | None:
        """Return the case of `case_system` and `case_id`; both or neither."""
        system, identity = self.text("case_system", 40, needed=False), self.text("case_id", 100, needed=False)
        if bool(system) != bool(identity):
            column = "case_id" if system else "case_system"
            raise BadCell(column, "", "is empty while the other of case_system and case_id is not; give both")
        return CaseRef(self.code("case_system", SHORT_CODE), identity) if system else None

    def one_of(self, column: str, known: Mapping[str, object], import_first: str) -> str:
        """Return a code that is `known`; another is refused with the advice what to import first."""
        value = self.text(column)
        if value not in known:
            raise BadCell(column, value, f"is not known; {import_first}")
        return value


def skills_of(column: str, text: str) -> Skills:
    """Return skills written as `food:2;licensing:1`, without doubles."""
    skills: Skills = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        skill, _, level = part.partition(":")
        if not SHORT_CODE.fullmatch(skill) or not re.fullmatch(r"[1-9]", level) or skill in skills:
            raise BadCell(column, part, "must be skill:level, each skill once, level 1 to 9, such as food:2;licensing:1")
        skills[skill] = int(level)
    return skills
