"""What orders demand: the priority matrix."""

from __future__ import annotations

from typing import Protocol

from server.domain.priority import PriorityMatrix


class PriorityStore(Protocol):
    """What weighs how much."""

    def get(self) -> PriorityMatrix:
        """Return the matrix."""

    def save(self, matrix: PriorityMatrix) -> None:
        """Put the matrix in the place of the one before."""

    def visit_limits(self) -> dict[str, int]:
        """Return how many visits an officer of a team may have a day, by the team's code; only teams with a limit."""
