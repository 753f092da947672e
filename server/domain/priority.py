"""The priority matrix: what severity and likelihood make of a visit's weight."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.errors import InvalidField

HEAVIEST = 10_000
"""The most that a visit can weigh."""


@dataclass(frozen=True, slots=True)
class Rating:
    """How bad it is and how likely, or how vulnerable those concerned are: codes of the matrix."""

    severity: str
    likelihood: str


NO_RATING = Rating("", "")


@dataclass(frozen=True, slots=True)
class Priority:
    """A row of the matrix: a rating's level, e.g. "urgent", and the weight of visits with it."""

    rating: Rating
    level: str
    weight: int


@dataclass(frozen=True, slots=True)
class PriorityMatrix:
    """The whole matrix, a row per rating, in the order in which people wrote it."""

    rows: tuple[Priority, ...] = ()

    def __post_init__(self) -> None:
        seen = set[Rating]()
        for index, row in enumerate(self.rows):
            if row.rating in seen:
                raise InvalidField.of(
                    f"matrix.rows[{index}]", f"{row.rating.severity} x {row.rating.likelihood} stands there twice"
                )
            seen.add(row.rating)

    def of(self, rating: Rating, field: str = "rating") -> Priority:
        """Return the row of a rating, or refuse one that the matrix does not have."""
        for row in self.rows:
            if row.rating == rating:
                return row
        known = ", ".join(f"{row.rating.severity} x {row.rating.likelihood}" for row in self.rows) or "it is empty"
        raise InvalidField.of(
            field,
            f"{rating.severity} x {rating.likelihood} is not in the priority matrix ({known}): use UpsertPriorityMatrix",
        )
