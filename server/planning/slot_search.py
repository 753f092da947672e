"""The search for slots over arrays: all positions of all officers' days at once, as far in time as the limit needs.

Nobody is pushed out for a promise that somebody can keep without: weight counts before travel, so that is the cheaper way.
Only the promises that are left, and that the limit reaches, are tried with a planned visit less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from optimizer import insertion
from server.domain import local_time
from server.planning.day_blocks import Block
from server.planning.day_memory import DayMemory, Kept, KeptDates
from server.planning.eligible import Eligible
from server.planning.hits import CrewHits, Hits
from server.planning.known_roads import KnownRoads
from server.planning.pieces import Piece, PieceMaker
from server.planning.slot_grid import Grid, Ways, packed, spread
from server.planning.variants import VariantMaker
from server.usecases.ports import Travel
from server.usecases.ports.search import Ask, DayCodec, DayReader, Finding, Flags, Index, Moments, Numbers

ONE_DAY = timedelta(days=1)
FIRST_DATES = 6
"""So many dates are read first when the earliest promises are wanted; then twice as many, and so on."""


class ArraySearch:
    """Behind the port SlotSearch; safe for many threads."""

    def __init__(self, travel: Travel, codec: DayCodec) -> None:
        self.travel = travel
        self.codec = codec
        self.memory = DayMemory(codec)
        self.roads = KnownRoads(travel)
        self.maker = VariantMaker(travel, codec)

    def find(self, days: DayReader, ask: Ask) -> list[Finding]:
        """Return the first promises that can be kept, as ranked: at most one more than the limit."""
        grid = Grid.of(ask.promises)
        if not grid.spans or not ask.zones:
            return []
        run = _Run(self, days, ask, grid)
        return run.by_cost() if ask.by_cost else run.by_time()

    def is_anybody_there(self, days: DayReader, ask: Ask) -> bool:
        """Tell whether anybody with the skills works while any of the promises lasts, busy or not."""
        grid = Grid.of(ask.promises)
        return bool(grid.spans and ask.zones) and _Run(self, days, ask, grid).is_anybody_there()


class _Run:
    """One search."""

    def __init__(self, search: ArraySearch, days: DayReader, ask: Ask, grid: Grid) -> None:
        self._search = search
        self._days = days
        self._ask = ask
        self._grid = grid
        self._eligible = Eligible(ask, grid)
        self._members = len(ask.crew(grid.spans[0].start.date()))
        self._maker = PieceMaker(ask, grid, search.codec, search.travel, search.maker)

    def by_time(self) -> list[Finding]:
        """Return the earliest promises."""
        found, hits, done, late = list[Finding](), self._hits(), 0, list[KeptDates]()
        for until, kept in self._dates():
            self._plain(kept, hits)
            late = [*late[-1:], kept]
            settled = max(done, int(np.searchsorted(self._grid.start, self._first_start(until))))
            found += self._settled(range(done, settled), hits, late, self._ask.limit + 1 - len(found))
            done = settled
            if len(found) > self._ask.limit or done == len(self._grid.spans):
                break
        return found

    def _settled(self, some: range, hits: Hits, days: Sequence[KeptDates], room: int) -> list[Finding]:
        """Return the first promises of `some` that can be kept; every day that could keep one is known."""
        plain = 0
        for k in some:
            if hits.has(k) and self._is_open(k):
                plain += 1
            if plain == room:
                some = range(some.start, k + 1)
                break
        left = [k for k in some if not hits.has(k)]
        pushed = self._displacing(left, days)
        which = [(k, hits if hits.has(k) else pushed) for k in some]
        found = (of.finding(k) for k, of in which if of.has(k) and self._is_open(k))
        return [one for one, _ in zip(found, range(room), strict=False)]

    def is_anybody_there(self) -> bool:
        """Tell whether a promise lies in the day of anybody with the skills."""
        for _, kept in self._dates():
            for piece in self._pieces(kept.together):
                low, high = self._grid.inside(piece.block.arrays.start, piece.block.arrays.end)
                roles = self._eligible.roles(piece.block)
                if (piece.rows & (roles > 0) & (low < high)).any():
                    return True
        return False

    def by_cost(self) -> list[Finding]:
        """Return the promises that cost today's plan least."""
        hits, days = self._hits(), list[KeptDates]()
        for _, kept in self._dates():
            self._plain(kept, hits)
            days.append(kept)
        found = self._cheapest(hits, self._ask.limit + 1)
        if len(found) <= self._ask.limit:
            left = [k for k in range(len(self._grid.spans)) if not hits.has(k)]
            found += self._cheapest(self._displacing(left, days), self._ask.limit + 1 - len(found))
        return found

    def _cheapest(self, hits: Hits, room: int) -> list[Finding]:
        found = (hits.finding(k) for k in hits.ranked() if self._is_open(k))
        return [one for one, _ in zip(found, range(room), strict=False)]

    def _is_open(self, k: int) -> bool:
        return self._ask.is_open(self._grid.spans[k])

    def _hits(self) -> Hits:
        return Hits(self._grid) if self._members == 1 else CrewHits(self._grid, self._members)

    def _dates(self) -> Iterator[tuple[date, KeptDates]]:
        """Yield the days of all dates that could matter, each time with the date up to which they go, not included.

        A few dates at a time while it is the earliest that is wanted.
        """
        first = self._grid.spans[0].start.date() - ONE_DAY
        after_last = self._grid.spans[-1].end.date() + 2 * ONE_DAY
        dates = (after_last - first).days if self._ask.by_cost else FIRST_DATES
        while first < after_last:
            until = min(first + dates * ONE_DAY, after_last)
            yield until, self._search.memory.read(self._days, first, until)
            first, dates = until, dates * 2

    def _first_start(self, day: date) -> float:
        """Return before which instant no day begins that is named after that date or a later one."""
        zones = {local_time.zone(name) for name in self._grid.zones}
        return min(local_time.midnight_span(day, zone).start.timestamp() for zone in zones)

    def _pieces(self, some: Sequence[Kept]) -> Iterator[Piece]:
        return (piece for kept in some for piece in self._maker.pieces(kept))

    def _plain(self, days: KeptDates, hits: Hits, wanted: Flags | None = None) -> None:
        """Take in what days can keep with nobody displaced."""
        for piece in self._pieces(days.together):
            roles = self._eligible.roles(piece.block)
            rows = piece.rows & (roles > 0) & self._eligible.room(piece.block, 0)
            if rows.any():
                hits.add(piece, self._ways(piece.block, rows, np.arange(len(rows)), wanted), roles)

    def _displacing(self, left: Sequence[int], days: Sequence[KeptDates]) -> Hits:
        """Return who can keep the promises that are `left` when one lighter planned visit gives way."""
        hits, wanted = self._hits(), np.zeros(len(self._grid.spans), np.bool_)
        wanted[list(left)] = True
        for kept in days if left and self._ask.may_displace else ():
            for piece in self._pieces(kept.apart):
                self._pushed_out(piece, hits, wanted)
            if self._members > 1:
                self._plain(kept, hits, wanted)
        return hits

    def _pushed_out(self, piece: Piece, hits: Hits, wanted: Flags) -> None:
        rows, roles = self._yielding(piece, wanted)
        if not rows.any():
            return
        variants, since = self._maker.variants(piece), piece.block.since
        mine, seen = rows[variants.row] & (variants.weight < self._ask.candidate.weight), variants.block
        if since is not None:
            over = since[variants.row]
            mine &= (over <= 0) | (variants.leave >= over)
            seen = seen.some(np.arange(len(over)), over)
        if mine.any():
            hits.add(piece, self._ways(seen, mine, variants.row, wanted, variants.weight, variants.extra), roles)

    def _yielding(self, piece: Piece, wanted: Flags) -> tuple[Flags, Numbers]:
        """Tell, per day, whether it has something lighter that could make room for a promise that is wanted; and roles."""
        block = piece.block
        arrays, roles = block.arrays, self._eligible.roles(block)
        lighter = (arrays.yields >= 0) & (arrays.yields < self._ask.candidate.weight)
        owner = np.repeat(np.arange(len(block)), arrays.counts)
        low, high = self._grid.inside(arrays.start, arrays.end)
        before = np.concatenate([[0], np.cumsum(wanted)])
        rows = piece.rows & (roles > 0) & (np.bincount(owner[lighter], minlength=len(block)) > 0)
        rows &= (before[np.maximum(high, low)] > before[low]) & self._eligible.room(block, 1)
        return rows, roles

    def _ways(
        self,
        block: Block,
        rows: Flags,
        owner: Index,
        wanted: Flags | None,
        weight: Numbers | None = None,
        extra: Numbers | None = None,
    ) -> Ways:
        """Return how the days `rows` of a block can keep promises; `owner` says which day of the piece each of them is."""
        gaps = self._gaps(block, rows)
        days = gaps.day
        first, last = (block.arrays.start[days] + ends for ends in (gaps.first, gaps.last))
        low, high = self._grid.met(first, last)
        from_k, to_k = self._grid.inside(block.arrays.start, block.arrays.end)
        k, gap = spread(np.maximum(low, from_k[days]), np.minimum(high, to_k[days]))
        if self._grid.allowed is not None or wanted is not None:
            keep = np.ones(len(k), np.bool_) if wanted is None else wanted[k]
            if self._grid.allowed is not None:
                keep &= self._grid.allowed[self._eligible.zones(block)[days[gap]], k]
            k, gap = k[keep], gap[keep]
        cost: Moments = gaps.extra.astype(np.int64)
        if weight is not None and extra is not None:
            cost = packed(weight[days].astype(np.int64), cost + extra[days])
        else:
            cost = packed(0, cost)
        start = self._grid.start[k]
        return Ways(
            k,
            owner[days[gap]],
            cost[gap],
            np.maximum(first[gap], start),
            np.minimum(last[gap], start + self._grid.length - 1),
        )

    def _gaps(self, block: Block, rows: Flags) -> insertion.Gaps:
        asked, at = self._ask.candidate, block.at
        alive = rows[at.day]
        stop = insertion.Candidate(asked.work, asked.before, asked.after, asked.place is None)
        nothing = np.zeros(1, np.int32)
        to_new, from_new = nothing, nothing
        if asked.place is not None:
            needed = np.concatenate([at.here[alive], at.next_place[alive]])
            to_new, from_new = self._search.roads.around(asked.place, needed, block.numbers)
        return insertion.gaps(at, stop, to_new, from_new, block.since, alive)
