"""How long it takes until everybody knows, with many watchers and several writers."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from server.domain.caller import Role
from tests.makers.world import CALL, FRIDAY, MONDAY, THURSDAY, World, at
from tests.watch.conftest import Served

WATCHERS, BOOKINGS = 50, 40
Heard = dict[str, list[float]]


def _listen(watch: Any) -> Heard:
    """Return when each booking was heard of, once all were."""
    heard: Heard = {}
    for response in watch:
        for one in response.changes:
            heard.setdefault(one.booking, []).append(time.monotonic())
        if len(heard) == BOOKINGS:
            return heard
    raise AssertionError("the stream ended early")


def test_fifty_clients_hear_of_each_booking_once_and_soon(world: World, served: Served) -> None:
    """AD04, X06: lag p99 < 2 s. C07."""
    times = [at(day, hour, minute) for day in (THURSDAY, FRIDAY, MONDAY) for hour in range(9, 16) for minute in (0, 30)]
    with ThreadPoolExecutor(WATCHERS) as pool, ThreadPoolExecutor(4) as writers:
        watches = [served.bookings(role=Role.MANAGER, principal=f"manager {n // 5}") for n in range(WATCHERS)]
        for watch in watches:
            next(watch)
        listening = [pool.submit(_listen, watch) for watch in watches]
        booked: dict[str, float] = {}
        making = [writers.submit(world.book, CALL.code, moment) for moment in itertools.islice(times, BOOKINGS)]
        for made in as_completed(making):
            booked[made.result().booking.name] = time.monotonic()
        heard = [one.result(30) for one in listening]
    assert all(set(one) == set(booked) and all(len(moments) == 1 for moments in one.values()) for one in heard)
    lags = sorted(one[name][0] - moment for one in heard for name, moment in booked.items())
    assert lags[int(len(lags) * 0.99)] < 2, lags[-10:]
