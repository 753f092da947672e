"""One reader for all watchers of a process: it polls the store while somebody watches, and keeps what was read lately."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

from server.domain.errors import TooSlow, WatchEnded
from server.domain.watching import Cursor, Reading

T = TypeVar("T")

MOST_KEPT = 20_000
"""Items kept for watchers that have not come to them yet; who is further behind has to resume."""

_PAUSE_PER_READING = 20
_LONGEST_PAUSE_SECONDS = 1.0


class Tail(Generic[T]):
    """Polls every `poll_seconds`. `present` and `read` block, and run in threads."""

    def __init__(
        self,
        present: Callable[[], Cursor],
        read: Callable[[Cursor], Reading[T]],
        poll_seconds: float,
        most_kept: int = MOST_KEPT,
    ) -> None:
        self._present = present
        self._read = read
        self._poll_seconds = poll_seconds
        self._most_kept = most_kept
        self._run: Run[T] | None = None
        self._closed = False

    @contextlib.asynccontextmanager
    async def joined(self) -> AsyncIterator[Watcher[T]]:
        """Give a watcher that stands at the present: at a moment after it asked."""
        if self._closed:
            raise _stopping()
        if self._run is None or self._run.failure is not None:
            self._run = Run(self._present, self._read, self._poll_seconds, self._most_kept)
        run = self._run
        run.watchers += 1
        try:
            yield await run.join()
        finally:
            run.watchers -= 1
            if not run.watchers:
                run.stop()
                self._run = None if self._run is run else self._run

    def close(self) -> None:
        """End every watch now, and begin no other."""
        self._closed = True
        if self._run is not None:
            self._run.fail(_stopping())


class Run(Generic[T]):
    """Reads from one moment on, until nobody watches or a reading fails."""

    def __init__(
        self,
        present: Callable[[], Cursor],
        read: Callable[[Cursor], Reading[T]],
        poll_seconds: float,
        most_kept: int,
    ) -> None:
        self.watchers = 0
        self.failure: Exception | None = None
        self.kept: deque[Reading[T]] = deque()
        self.first = 0
        self.changed = asyncio.Event()
        self._size = 0
        self._most_kept = most_kept
        self._poll_seconds = poll_seconds
        self._hurry = asyncio.Event()
        self._joining: list[asyncio.Future[Watcher[T]]] = []
        self._task = asyncio.create_task(self._work(present, read))

    @property
    def last(self) -> int:
        """The number that the next reading gets."""
        return self.first + len(self.kept)

    async def join(self) -> Watcher[T]:
        """Return a watcher that stands behind a reading which began after this call."""
        if self.failure is not None:
            raise self.failure
        place: asyncio.Future[Watcher[T]] = asyncio.get_running_loop().create_future()
        self._joining.append(place)
        self._hurry.set()
        return await place

    async def _work(self, present: Callable[[], Cursor], read: Callable[[Cursor], Reading[T]]) -> None:
        try:
            self.cursor = await asyncio.to_thread(present)
            while True:
                asked_before, began = len(self._joining), time.monotonic()
                self._hurry.clear()
                reading = await asyncio.to_thread(read, self.cursor)
                self._keep(reading)
                if reading.next.is_whole:
                    self._let_in(asked_before)
                    await self._pause(time.monotonic() - began)
        except Exception as error:
            self.fail(error)

    def _keep(self, reading: Reading[T]) -> None:
        self.cursor = reading.next
        if not reading.items:
            return
        self.kept.append(reading)
        self._size += len(reading.items)
        while self._size > self._most_kept and len(self.kept) > 1:
            self._size -= len(self.kept.popleft().items)
            self.first += 1
        self._tell()

    def _let_in(self, number: int) -> None:
        """Give the first of those who wait their places; who asked while a reading was under way waits for the next."""
        for place in self._joining[:number]:
            if not place.done():
                place.set_result(Watcher(self, self.last, self.cursor))
        del self._joining[:number]

    async def _pause(self, took: float) -> None:
        """Wait for the next poll, the longer the more the last one cost the store; who joins does not wait."""
        pause = max(self._poll_seconds, min(took * _PAUSE_PER_READING, _LONGEST_PAUSE_SECONDS))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), pause)

    def _tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def fail(self, error: Exception) -> None:
        """End every watch with an error."""
        self.failure = error
        for place in self._joining:
            if not place.done():
                place.set_exception(error)
        self._tell()
        self.stop()

    def stop(self) -> None:
        """Read no more."""
        if self._task is not asyncio.current_task():
            self._task.cancel()


class Watcher(Generic[T]):
    """Stands somewhere in what was read; holds nothing itself, so that a slow one costs no memory."""

    def __init__(self, run: Run[T], number: int, cursor: Cursor) -> None:
        self._run = run
        self._number = number
        self.cursor = cursor

    async def next(self, seconds: float) -> tuple[T, ...]:
        """Return what came next, or nothing when nothing did for so long; `cursor` then stands behind it."""
        run = self._run
        if run.failure is None and self._number == run.last:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(run.changed.wait(), seconds)
        if run.failure is not None:
            raise run.failure
        if self._number < run.first:
            raise TooSlow("the client reads more slowly than things happen: go on from resume_token, and read faster")
        if self._number == run.last:
            self.cursor = run.cursor
            return ()
        reading = run.kept[self._number - run.first]
        self._number += 1
        self.cursor = reading.next
        return reading.items


def _stopping() -> WatchEnded:
    return WatchEnded("the server is stopping: go on from resume_token, at another one or when it is back")
