"""What streams tell, to whom, and how they end (checklist C07, X06, AD04)."""

from __future__ import annotations

import time

from tests.makers.world import CALL, THURSDAY, World, at
from tests.watch.conftest import Served


def test_a_watcher_is_told_of_a_booking_soon(world: World, served: Served) -> None:
    """X06, AD04."""
    watch = served.bookings()
    first = next(watch)
    assert not first.changes
    assert first.resume_token
    booking = world.book(CALL.code, at(THURSDAY, 10)).booking
    began = time.monotonic()
    told = next(watch)
    assert time.monotonic() - began < 2
    assert [(one.booking, one.event.kind) for one in told.changes] == [(booking.name, "booking.created")]
