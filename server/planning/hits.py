"""What a search has found: per promise, the days that can keep it and what it costs each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from server.planning.pieces import Piece
from server.planning.slot_grid import DEAR, Grid, Ways, unpacked
from server.usecases.crews import teams, total
from server.usecases.ports import DayKey
from server.usecases.ports.search import Finding, Index, Moments, Numbers, Team

MOST_TEAMS = 4


@dataclass(frozen=True, slots=True)
class _Way:
    """One way of one officer's day to keep a promise."""

    key: DayKey
    cost: tuple[int, int]
    earliest: int
    latest: int
    roles: int


@dataclass(frozen=True, slots=True, eq=False)
class _Costs:
    """What the promises from `low` up to, but not including, `high` cost each day of a piece: `cell` is that of `low`."""

    piece: Piece
    low: Index
    high: Index
    cell: Index
    costs: Moments

    @classmethod
    def of(cls, piece: Piece, ways: Ways, grid: Grid) -> _Costs:
        low, high = grid.inside(piece.block.arrays.start, piece.block.arrays.end)
        counts = np.maximum(high - low, 0)
        ends = np.cumsum(counts)
        costs = np.full(int(ends[-1]), DEAR, np.int64)
        cell = ends - counts
        np.minimum.at(costs, cell[ways.row] + ways.k - low[ways.row], ways.cost)
        return cls(piece, low, high, cell, costs)

    def best(self, k: int) -> tuple[list[tuple[int, int, DayKey]], int]:
        """Return the cheapest days for a promise, with their officers, and how many days there are."""
        rows = np.flatnonzero((self.low <= k) & (k < self.high))
        costs = self.costs[self.cell[rows] + k - self.low[rows]]
        there = costs < DEAR
        rows, costs = rows[there], costs[there]
        few = np.arange(len(rows)) if len(rows) <= MOST_TEAMS else np.flatnonzero(costs <= _nth(costs))
        stored = [self.piece.block.stored[row] for row in rows[few].tolist()]
        best = [(cost, one.resource, one.key) for cost, one in zip(costs[few].tolist(), stored, strict=True)]
        return best, len(rows)


def _nth(costs: Moments) -> int:
    return int(np.partition(costs, MOST_TEAMS - 1)[MOST_TEAMS - 1])


class Hits:
    """Ways to keep promises, gathered piece by piece, for crews of one: only the cheapest of each day counts."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._parts: list[_Costs] = []
        self._best = np.full(len(grid.spans), DEAR, np.int64)

    def add(self, piece: Piece, ways: Ways, roles: Numbers) -> None:
        """Take in the ways of a piece's days, whose officers have those `roles` in a crew."""
        if not len(ways) or not roles.any():
            return
        self._parts.append(_Costs.of(piece, ways, self._grid))
        np.minimum.at(self._best, ways.k, ways.cost)

    def has(self, k: int) -> bool:
        """Tell whether anybody can keep a promise."""
        return bool(self._best[k] < DEAR)

    def ranked(self) -> list[int]:
        """Return the promises that can be kept, cheapest first, then earliest."""
        kept = np.flatnonzero(self._best < DEAR)
        found: list[int] = kept[np.argsort(self._best[kept], kind="stable")].tolist()
        return found

    def finding(self, k: int) -> Finding:
        """Return what was found for a promise that can be kept; officers settle ties."""
        found = [part.best(k) for part in self._parts]
        best = sorted(one for some, _ in found for one in some)[:MOST_TEAMS]
        teams = tuple(Team((key,), *unpacked(cost)) for cost, _, key in best)
        return Finding(self._grid.spans[k], teams, sum(leads for _, leads in found))


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
