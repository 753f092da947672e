"""Nothing is lost and nothing is told twice, however a stream is cut and in whatever order transactions commit."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.booking import Booking
from server.store.tables import booking_event
from tests.makers.world import CALL, NOW, THURSDAY, World, at
from tests.watch.conftest import Served

WRITERS, STEPS = 8, 25


def _event(booking: Booking, kind: str) -> sa.Insert:
    return sa.insert(booking_event).values(
        booking_id=booking.id, at=NOW, kind=kind, actor="test", to_state="CONFIRMED", revision=1
    )


def _kinds(told: Any) -> list[str]:
    return [one.event.kind for one in told.changes]


@contextmanager
def _writing(world: World, bookings: list[Booking]) -> Iterator[Callable[[], list[str]]]:
    """Write events in transactions of one to three, which are held open for a while or rolled back; say what was kept."""
    engine = sa.create_engine(world.url, pool_size=WRITERS)
    kept: list[str] = []

    def work(writer: int) -> None:
        dice = random.Random(writer)
        for step in range(STEPS):
            kinds = [f"{writer}.{step}.{part}" for part in range(dice.randint(1, 3))]
            with engine.connect() as connection:
                for kind in kinds:
                    connection.execute(_event(bookings[writer], kind))
                    time.sleep(dice.choice((0, 0, 0.01, 0.05)))
                time.sleep(dice.choice((0, 0, 0, 0.3)))
                if dice.random() < 0.15:
                    connection.rollback()
                    continue
                connection.commit()
            kept.extend(kinds)

    with ThreadPoolExecutor(WRITERS) as pool:
        done = [pool.submit(work, writer) for writer in range(WRITERS)]

        def finished() -> list[str]:
            for one in done:
                one.result(60)
            return kept

        yield finished
    engine.dispose()


def _all_until(served: Served, token: str, is_last: Callable[[list[str]], bool], cut_every: int) -> list[str]:
    """Return what is told from a token on, on streams that are cut after every few responses."""
    told: list[str] = []
    end = time.monotonic() + 30
    while time.monotonic() < end:
        watch = served.bookings(token)
        for number, response in enumerate(watch):
            token = response.resume_token
            told += _kinds(response)
            if is_last(told):
                return told
            if number == cut_every:
                watch.cancel()
                time.sleep(0.02)
                break
    raise AssertionError(f"only {len(told)} were told")


@pytest.mark.parametrize("cut_every", [0, 3])
def test_cut_streams_lose_nothing_and_repeat_nothing(world: World, served: Served, cut_every: int) -> None:
    """AD04: eight writers whose transactions commit out of order; each writer's events come in its order."""
    bookings = [world.book(CALL.code, at(THURSDAY, 9 + n // 2, 30 * (n % 2))).booking for n in range(WRITERS)]
    token = next(served.bookings()).resume_token
    kept: list[str] = []
    finished = threading.Event()

    def is_last(told: list[str]) -> bool:
        return finished.is_set() and len(told) >= len(kept)

    with ThreadPoolExecutor(2) as pool, _writing(world, bookings) as writing:
        readers = [pool.submit(_all_until, served, token, is_last, often) for often in (cut_every, 10**6)]
        kept += writing()
        finished.set()
        for reader in readers:
            told = reader.result(40)
            assert sorted(told) == sorted(kept)
            for writer in range(WRITERS):
                mine = [tuple(map(int, kind.split("."))) for kind in told if kind.startswith(f"{writer}.")]
                assert mine == sorted(mine)
