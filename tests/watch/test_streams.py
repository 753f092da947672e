"""What streams tell, to whom, and how they end (checklist C07, X06, AD04)."""

from __future__ import annotations

import itertools
import time
from datetime import date

import pytest
from fieldwork.v1 import watch_pb2 as pb

from server.domain.caller import Role
from tests.makers.world import ADVICE, CALL, FRIDAY, PUBLIC, THURSDAY, World, at, between
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


def _days_of(told: pb.WatchDaysResponse) -> list[tuple[date, str]]:
    return [(date(one.date.year, one.date.month, one.date.day), one.resource) for one in told.changes]


def test_the_public_sees_that_a_date_changed_and_nothing_else(world: World, served: Served) -> None:
    """C07."""
    public, staff = served.days(role=Role.PUBLIC), served.days()
    next(public), next(staff)
    before = {slot.promise.start for slot in world.search(CALL.code, between(THURSDAY, 10, 11), caller=PUBLIC)}
    began = time.monotonic()
    for officer in ("anna", "ben", "cleo"):
        world.book(CALL.code, at(THURSDAY, 10), officer=officer)
    told = next(one for one in public if one.changes)
    assert time.monotonic() - began < 2
    assert _days_of(told) == [(THURSDAY, "")]
    found = {day for one in itertools.islice((t for t in staff if t.changes), 1) for day in _days_of(one)}
    assert found <= {(THURSDAY, f"officers/{code}") for code in ("anna", "ben", "cleo")}
    after = {slot.promise.start for slot in world.search(CALL.code, between(THURSDAY, 10, 11), caller=PUBLIC)}
    assert at(THURSDAY, 10) in before - after


@pytest.mark.parametrize("role", [Role.PUBLIC, Role.PARTNER])
def test_planned_visits_that_nobody_was_promised_are_told_to_staff_only(world: World, served: Served, role: Role) -> None:
    """Unannounced work leaks nothing, not even that somebody planned."""
    outside, staff = served.days(role=role), served.days()
    next(outside), next(staff)
    world.planned("anna", FRIDAY, 10, 1)
    assert _days_of(next(staff)) == [(FRIDAY, "officers/anna")]
    assert [_days_of(one) for one in itertools.islice(outside, 3)] == [[], [], []]
    world.hold(CALL.code, at(FRIDAY, 12), officer="anna")
    assert _days_of(next(one for one in outside if one.changes)) == [(FRIDAY, "")]


def test_a_planned_visit_that_gives_way_to_a_booking_is_not_told_for_itself(world: World, served: Served) -> None:
    world.planned("anna", FRIDAY, 10, 1)
    outside = served.days(role=Role.PUBLIC)
    next(outside)
    world.book(ADVICE.code, at(FRIDAY, 10), site=2, officer="anna")
    assert _days_of(next(one for one in outside if one.changes)) == [(FRIDAY, "")]
