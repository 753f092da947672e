"""The priority matrix, and how many visits a day may have."""

from __future__ import annotations

import sqlalchemy as sa

from server.domain.priority import Priority, PriorityMatrix, Rating
from server.store.tables import priority_level as t
from server.store.tables import team


class SqlPriorities:
    """What weighs how much."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self) -> PriorityMatrix:
        """Return the matrix."""
        rows = self._connection.execute(sa.select(t).order_by(t.c.place))
        return PriorityMatrix(tuple(Priority(Rating(row.severity, row.likelihood), row.level, row.weight) for row in rows))

    def save(self, matrix: PriorityMatrix) -> None:
        """Put the matrix in the place of the one before."""
        self._connection.execute(sa.delete(t))
        rows = [
            {
                "severity": row.rating.severity,
                "likelihood": row.rating.likelihood,
                "place": place,
                "level": row.level,
                "weight": row.weight,
            }
            for place, row in enumerate(matrix.rows)
        ]
        if rows:
            self._connection.execute(sa.insert(t), rows)

    def visit_limits(self) -> dict[str, int]:
        """Return how many visits an officer of a team may have a day, by the team's code; only teams with a limit."""
        query = sa.select(team.c.code, team.c.max_visits_per_day).where(team.c.max_visits_per_day > 0)
        return {row.code: row.max_visits_per_day for row in self._connection.execute(query)}
