"""An application that notes what the worker asks of it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

from server.domain.opening import Subject


class Calls:
    """Plays all use cases; `trouble` may raise in a delivery."""

    def __init__(self) -> None:
        self.made: list[tuple[Any, ...]] = []
        self.at: list[float] = []
        self.sweeps = 0
        self.looks = 0
        self.forgotten = 0
        self.opened = 0
        self.escalations = 0
        self.firmed = 0
        self.released = 0
        self.looks = 0
        self.trouble: Callable[[], None] = lambda: None

    @property
    def messages(self) -> "Calls":
        return self

    planning = holds = answers = rosters = repairs = waiting_offers = profile_switch = bookings = series = blocks = messages

    def deliver(self, booking: int, revision: int, kind: str, last_try: bool = False) -> None:
        self._note("deliver", booking, revision, kind, last_try)
        self.trouble()

    def offer(self, entry: int, offer: int, last_try: bool = False) -> None:
        self._note("offer", entry, offer, last_try)

    def execute(self, operation: int, last_try: bool = False) -> None:
        self._note("execute", operation)

    def fail(self, operation: int, message: str) -> None:
        self._note("fail", operation)
        self.trouble()

    def sweep(self) -> None:
        self.sweeps += 1

    def look(self) -> None:
        self.looks += 1

    def forget(self) -> None:
        self.forgotten += 1

    def open(self) -> None:
        self.opened += 1

    def reopen(self, subject: Subject, since: datetime | None = None) -> None:
        self._note("reopen", subject, since)

    def look_after(self) -> None:
        self.looks += 1

    def escalate(self) -> None:
        self.escalations += 1

    def firm(self) -> None:
        self.firmed += 1

    def release(self) -> None:
        self.released += 1

    def _note(self, *call: Any) -> None:
        self.made.append(call)
        self.at.append(time.monotonic())


def defer(connection: "psycopg.Connection[Any]", task: str, queue: str, arguments: str, attempts: int = 0) -> int:
    """Put a job into the queue as the store does."""
    row = connection.execute(
        "select procrastinate_defer_jobs_v1(array[row(%s, %s, 0, null, null, %s::jsonb, null)"
        "::procrastinate_job_to_defer_v1])",
        (queue, task, arguments),
    ).fetchone()
    assert row is not None
    number = int(row[0][0])
    connection.execute("update procrastinate_jobs set attempts = %s where id = %s", (attempts, number))
    return number
