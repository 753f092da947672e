"""One reader for all: what it keeps is bounded, and whoever is too far behind has to resume."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from server.domain.errors import TooSlow
from server.domain.watching import Cursor, Reading
from server.rpc.watching.tail import Tail, Watcher


@dataclass
class Numbers:
    """A feed that has ten new numbers at every look."""

    looks: int = 0
    told: list[Cursor] = field(default_factory=list)

    def present(self) -> Cursor:
        return Cursor("0")

    def read(self, cursor: Cursor) -> Reading[int]:
        self.looks += 1
        self.told.append(cursor)
        first = int(cursor.since)
        return Reading(tuple(range(first, first + 10)), Cursor(str(first + 10)))


async def test_watchers_share_what_was_read_and_each_gets_all_of_it() -> None:
    feed = Numbers()
    tail = Tail(feed.present, feed.read, 0.01)
    async with tail.joined() as one, tail.joined() as other:
        start, later = int(one.cursor.since), int(other.cursor.since)
        mine = [number for _ in range(5) for number in await one.next(1)]
        theirs = [number for _ in range(5) for number in await other.next(1)]
    assert mine == list(range(start, start + 50))
    assert theirs == list(range(later, later + 50))
    assert len(feed.told) == len(set(feed.told)), "nothing was read twice"


async def test_a_watcher_that_is_far_behind_is_told_to_resume_and_memory_stays_bounded() -> None:
    feed = Numbers()
    tail = Tail(feed.present, feed.read, 0.001, most_kept=100)
    async with tail.joined() as slow, tail.joined() as quick:
        await slow.next(1)
        while feed.looks < 100:
            await quick.next(1)
        assert tail._run is not None
        assert sum(len(reading.items) for reading in tail._run.kept) <= 100
        with pytest.raises(TooSlow):
            await slow.next(1)
        assert await quick.next(1)


async def test_the_last_to_leave_puts_out_the_light() -> None:
    feed = Numbers()
    tail = Tail(feed.present, feed.read, 0.01)
    async with tail.joined():
        async with tail.joined():
            pass
        assert tail._run is not None
    assert tail._run is None
    await asyncio.sleep(0.05)
    looks = feed.looks
    await asyncio.sleep(0.05)
    assert feed.looks == looks


async def test_a_failed_reading_ends_every_watch_and_the_next_one_begins_anew() -> None:
    feed = Numbers()
    failing = False

    def read(cursor: Cursor) -> Reading[int]:
        if failing:
            raise RuntimeError("no database")
        return feed.read(cursor)

    tail = Tail(feed.present, read, 0.01)
    async with tail.joined() as one, tail.joined() as other:
        failing = True
        for watcher in (one, other):
            with pytest.raises(RuntimeError, match="no database"):
                await _all_of(watcher)
        with pytest.raises(RuntimeError, match="no database"):
            await tail.joined().__aenter__()
        failing = False
        async with tail.joined() as third:
            assert await third.next(1)


async def _all_of(watcher: Watcher[int]) -> None:
    while True:
        await watcher.next(1)
