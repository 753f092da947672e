"""What a search has found: per promise, the days that can keep it and what it costs each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from server.planning.pieces import Piece
from server.planning.slot_grid import DEAR, Grid, Ways, unpacked
from server.usecases.crews import teams, total
from server.usecases.ports import DayKey
from server.usecases.ports.search import Finding, Moments, Numbers, Team

MOST_TEAMS = 4


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of one officer's day to keep a promise."""

    key: DayKey
    cost: tuple[int, int]
    earliest: int
    latest: int
    roles: int


class Hits:
    """Ways to keep promises, gathered piece by piece, for crews of one: only the cheapest of each day counts."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._parts: list[tuple[int, Moments, Piece]] = []
        self._best = np.full(len(grid.spans), DEAR, np.int64)

    def add(self, piece: Piece, ways: Ways, roles: Numbers) -> None:
        """Take in the ways of a piece's days, whose officers have those `roles` in a crew."""
        if not len(ways) or not roles.any():
            return
        low, high = int(ways.k.min()), int(ways.k.max()) + 1
        days = len(piece.block)
        cheapest = np.full((high - low) * days, DEAR, np.int64)
        np.minimum.at(cheapest, (ways.k - low) * days + ways.row, ways.cost)
        table = cheapest.reshape(-1, days)
        self._parts.append((low, table, piece))
        np.minimum(self._best[low:high], table.min(axis=1), out=self._best[low:high])

    def has(self, k: int) -> bool:
        """Tell whether anybody can keep a promise."""
        return bool(self._best[k] < DEAR)

    def ranked(self) -> list[int]:
        """Return the promises that can be kept, cheapest first, then earliest."""
        kept = np.flatnonzero(self._best < DEAR)
        found: list[int] = kept[np.argsort(self._best[kept], kind="stable")].tolist()
        return found

    def finding(self, k: int) -> Finding:
        """Return what was found for a promise that can be kept."""
        best, leads = list[tuple[int, int, DayKey]](), 0
        for low, table, piece in self._parts:
            if low <= k < low + len(table):
                costs = table[k - low]
                rows = np.flatnonzero(costs < DEAR)
                leads += len(rows)
                # The days of a block stand in the order of their officers, who settle ties.
                for row in rows[np.argsort(costs[rows], kind="stable")[:MOST_TEAMS]].tolist():
                    stored = piece.block.stored[row]
                    best.append((int(costs[row]), stored.resource, stored.key))
        teams = tuple(Team((key,), *unpacked(cost)) for cost, _, key in sorted(best)[:MOST_TEAMS])
        return Finding(self._grid.spans[k], teams, leads)


class CrewHits(Hits):
    """The same for crews of several, who must be able to start together."""

    def __init__(self, grid: Grid, members: int) -> None:
        super().__init__(grid)
        self._members = members
        self._ways: dict[int, list[_Way]] = {}
        self._known: dict[int, Finding | None] = {}

    def add(self, piece: Piece, ways: Ways, roles: Numbers) -> None:
        """Take in the ways of a piece's days."""
        columns = (ways.k, ways.row, ways.cost, ways.first, ways.last, roles[ways.row])
        for k, row, cost, first, last, mine in zip(*(column.tolist() for column in columns), strict=True):
            key = piece.block.stored[row].key
            self._ways.setdefault(k, []).append(_Way(key, unpacked(cost), first, last, mine))

    def has(self, k: int) -> bool:
        """Tell whether a whole crew can keep a promise."""
        return self._found(k) is not None

    def ranked(self) -> list[int]:
        """Return the promises that a whole crew can keep, cheapest first, then earliest."""
        found = [(self.finding(k).teams[0], k) for k in self._ways if self.has(k)]
        return [k for _, k in sorted(found, key=lambda one: (one[0].displaced_weight, one[0].extra, one[1]))]

    def finding(self, k: int) -> Finding:
        """Return what was found for a promise that can be kept."""
        found = self._found(k)
        assert found is not None
        return found

    def _found(self, k: int) -> Finding | None:
        if k not in self._known:
            self._known[k] = self._joined(k)
        return self._known[k]

    def _joined(self, k: int) -> Finding | None:
        crews = teams(self._ways.get(k, []), self._members, lambda way, member: bool(way.roles >> member & 1))
        if not crews:
            return None
        best = sorted((total(crew), crew[0].key[1], tuple(way.key for way in crew)) for crew in crews)
        found = tuple(Team(keys, *cost) for cost, _, keys in best[:MOST_TEAMS])
        return Finding(self._grid.spans[k], found, len({lead for _, lead, _ in best}))
