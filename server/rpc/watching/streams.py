"""A watch from its first response to its end: catching up, what is new, heartbeats, and the token to go on from."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from server.domain.errors import DomainError, Kind, WatchEnded
from server.domain.watching import BookingNews, Cursor, DayNews, Reading
from server.rpc.application import Watching
from server.rpc.options import EdgeOptions
from server.rpc.watching.limits import OpenStreams
from server.rpc.watching.tail import Tail, Watcher

T = TypeVar("T")

MOST_STREAMS = 500
"""Of a process; the rest of its calls are for those who want an answer."""
LONGEST_SECONDS = 3600.0
"""Then the client comes again, and with it its token is read again."""
_CATCHING_UP = 2
"""Watchers at a time that read what they missed."""


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A response: what is new, and the token behind it."""

    items: tuple[T, ...]
    token: str


class Stream(Generic[T]):
    """A kind of watch."""

    def __init__(
        self,
        name: str,
        use: Watching,
        read: Callable[[Cursor], Reading[T]],
        options: EdgeOptions,
        opened: OpenStreams,
        catching_up: asyncio.Semaphore,
    ) -> None:
        self._name = name
        self._use = use
        self._read = read
        self._heartbeat_seconds = options.watch_heartbeat_seconds
        self._open = opened
        self._catching_up = catching_up
        self.tail = Tail(use.present, read, options.watch_poll_seconds)

    async def follow(
        self, principal: str, resume: str, seen: Callable[[tuple[T, ...]], tuple[T, ...]]
    ) -> AsyncGenerator[Told[T], None]:
        """Yield what is new to a principal, of it what may be `seen`, from a token on; without one, from now on."""
        token = resume
        with self._open.one_more(principal):
            try:
                async with self.tail.joined() as watcher:
                    async for items, cursor in self._news(watcher, resume, seen):
                        token = self._use.token(self._name, cursor)
                        yield Told(items, token)
            except DomainError as end:
                if end.kind in (Kind.UNAVAILABLE, Kind.EXHAUSTED) and token:
                    raise type(end)(end.message, resume_token=token) from end
                raise

    async def _news(
        self, watcher: Watcher[T], resume: str, seen: Callable[[tuple[T, ...]], tuple[T, ...]]
    ) -> AsyncIterator[tuple[tuple[T, ...], Cursor]]:
        end = time.monotonic() + LONGEST_SECONDS
        async for reading in self._missed(watcher.cursor, resume):
            if items := seen(reading.items):
                yield items, reading.next
        yield (), watcher.cursor
        due = time.monotonic() + self._heartbeat_seconds
        while time.monotonic() < end:
            items = seen(await watcher.next(max(0.0, due - time.monotonic())))
            if items or time.monotonic() >= due:
                yield items, watcher.cursor
                due = time.monotonic() + self._heartbeat_seconds
        raise WatchEnded("the stream was open for long enough: go on from resume_token")

    async def _missed(self, present: Cursor, resume: str) -> AsyncIterator[Reading[T]]:
        """Yield what happened between a token and the moment at which the watcher joined."""
        cursor = self._use.resumed(self._name, resume, present) if resume else present
        while cursor != present:
            async with self._catching_up:
                reading = await asyncio.to_thread(self._read, cursor.towards(present.since))
            yield reading
            cursor = reading.next


class Streams:
    """Every kind of watch of a process."""

    def __init__(self, use: Watching, options: EdgeOptions) -> None:
        opened = OpenStreams(options.watch_streams_per_principal, MOST_STREAMS)
        catching_up = asyncio.Semaphore(_CATCHING_UP)
        self.bookings: Stream[BookingNews] = Stream("bookings", use, use.bookings, options, opened, catching_up)
        self.days: Stream[DayNews] = Stream("days", use, use.days, options, opened, catching_up)

    def close(self) -> None:
        """End every watch now: a server that stops does not wait for them."""
        self.bookings.tail.close()
        self.days.tail.close()
