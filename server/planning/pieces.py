"""What a search looks at of a block: the days as they can still change now, without what counts as taken off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from server.domain.geography import Position
from server.domain.resource_day import Legs, ResourceDay
from server.planning.day_blocks import Block
from server.planning.day_memory import Kept
from server.planning.slot_grid import Grid
from server.planning.variants import VariantMaker, Variants, unversioned
from server.usecases.ports import Travel
from server.usecases.ports.search import Ask, DayCodec, Flags, StoredDay
from server.usecases.wanting import freed


@dataclass(slots=True, eq=False)
class Piece:
    """A block as one search sees it: `rows` says which days of it take part."""

    block: Block
    rows: Flags
    kept: Kept | None = None
    variants: Variants | None = None


@dataclass(frozen=True, slots=True)
class PieceMaker:
    """Cuts kept blocks into what one search looks at."""

    ask: Ask
    grid: Grid
    codec: DayCodec
    travel: Travel
    maker: VariantMaker

    def pieces(self, kept: Kept) -> Iterator[Piece]:
        """Yield the block, then the days that one search has otherwise, then those under way."""
        block, rows = kept.block, kept.fresh
        others = self._otherwise(block, rows)
        if others:
            rows = rows.copy()
            rows[[row for row, _ in others]] = False
            changed = Block.of([stored for _, stored in others], self.codec, block.numbers)
            yield from self._begun(Piece(changed, np.ones(len(changed), np.bool_)))
        yield from self._begun(Piece(block, rows, kept))

    def _begun(self, piece: Piece) -> Iterator[Piece]:
        """Yield the piece without the days that are under way, then those."""
        block, now = piece.block, int(self.ask.now.timestamp())
        since = np.maximum(now - block.arrays.start, 0)
        under_way = piece.rows & (since > 0) & (now < block.arrays.end)
        if under_way.any():
            low, _ = self.grid.inside(block.arrays.start, block.arrays.end)
            ahead = self.grid.start[np.minimum(low, len(self.grid.start) - 1)] >= math.ceil(self.ask.now.timestamp())
            rows = np.flatnonzero(under_way & ahead)
            if len(rows):
                piece.rows = piece.rows.copy()
                piece.rows[rows] = False
                part = block.some(rows, since[rows].astype(np.int32))
                yield Piece(part, np.ones(len(part), np.bool_))
        yield piece

    def _otherwise(self, block: Block, rows: Flags) -> list[tuple[int, StoredDay]]:
        """Return the days that have holds whose time has run out, or stops of the booking that gives its time back."""
        ends = block.arrays.start + block.expires
        rows_of = {*np.flatnonzero(rows & (ends <= int(self.ask.now.timestamp()) + 1)).tolist()}
        if self.ask.released:
            mine = {*self.ask.freed}
            rows_of |= {row for row in np.flatnonzero(rows).tolist() if block.stored[row].key in mine}
        found = []
        for row in sorted(rows_of):
            stored = self.codec.day(block.stored[row])
            seen = self._seen(stored)
            if seen is not stored:
                found.append((row, unversioned(block.stored[row], seen, self.codec)))
        return found

    def _seen(self, day: ResourceDay) -> ResourceDay:
        legs = self._legs(day)
        live = day.without_expired(self.ask.now, legs)
        return freed(live, self.ask.released, legs, int) if self.ask.released or live is not day else day

    def _legs(self, day: ResourceDay) -> Legs:
        def legs(start: Position, end: Position) -> int:
            if day.mode is None:
                raise KeyError(start)
            return self.travel.table(day.mode, set(day.places()))(start, end)

        return legs

    def variants(self, piece: Piece) -> Variants:
        """Return the piece's days without a visit that may be pushed out; made when first asked for."""
        if piece.variants is None:
            known = piece.kept.variants if piece.kept else None
            if known is None:
                known = self.maker.of(piece.block)
                if piece.kept:
                    piece.kept.variants = known
            piece.variants = known
        return piece.variants
