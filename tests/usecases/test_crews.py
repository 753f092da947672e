"""Several officers at one visit: all of them or none (L01, L03)."""

from dataclasses import replace

import pytest

from server.domain.booking import BookingState
from server.domain.errors import NoOfficer, SlotTaken
from server.domain.resource_day import StopKind
from tests.makers.world import ADVICE, BOSS, CUSTOMER, FOOD, NOISE, THURSDAY, World, at, between

PAIR = replace(ADVICE, code="pair", name="Food and noise together", crew=(FOOD, NOISE))


@pytest.fixture
def paired(world: World) -> World:
    world.app.catalogue.upsert(world.request(BOSS), PAIR)
    return world


def test_a_crew_starts_together_and_both_routes_carry_it(paired: World) -> None:
    """L01: anna or ben has food, only cleo has noise."""
    view = paired.book(PAIR.code, at(THURSDAY, 10))
    assert "cleo" in view.officers
    assert len(view.officers) == 2
    stops = [s for code in view.officers for s in paired.day(code, THURSDAY).stops if s.booking == view.booking.id]
    spans = {paired.day(code, THURSDAY).span.start for code in view.officers}
    assert {stop.start for stop in stops} == {7200}
    assert len(spans) == 1
    assert all(stop.fixed for stop in stops)


def test_a_crew_is_offered_only_where_everybody_has_time(paired: World) -> None:
    """L03: cleo's shift ends at noon, and ten o'clock is taken from her."""
    paired.absent("cleo", between(THURSDAY, 10, 11))
    offers = {slot.promise.start for slot in paired.search(PAIR.code, between(THURSDAY, 8, 16))}
    assert at(THURSDAY, 9) in offers
    assert at(THURSDAY, 10) not in offers
    assert max(offers) < at(THURSDAY, 12)
    with pytest.raises(SlotTaken) as taken:
        paired.book(PAIR.code, at(THURSDAY, 10))
    assert len(taken.value.alternatives) >= 3
    assert all(not paired.day(code, THURSDAY).collisions() for code in ("anna", "ben", "cleo"))


def test_nobody_is_half_staffed_when_a_skill_is_missing(paired: World) -> None:
    """L03."""
    paired.app.catalogue.upsert(paired.request(BOSS), replace(PAIR, crew=(FOOD, (("noise", 9),))))
    with pytest.raises(NoOfficer):
        paired.book(PAIR.code, at(THURSDAY, 10))


def test_a_crews_hold_becomes_its_booking_and_cancelling_frees_everybody(paired: World) -> None:
    hold = paired.hold(PAIR.code, at(THURSDAY, 9))
    held = [s.kind for c in ("anna", "ben", "cleo") for s in paired.day(c, THURSDAY).stops if s.hold == hold.id]
    assert held == [StopKind.HOLD, StopKind.HOLD]
    view = paired.book_hold(hold)
    assert (len(view.officers), view.booking.customer) == (2, CUSTOMER)
    moved = paired.reschedule(view.booking, at(THURSDAY, 10))
    assert len(moved.officers) == 2
    assert paired.cancel(moved.booking).booking.state is BookingState.CANCELLED
    assert not any(stop.booking for code in ("anna", "ben", "cleo") for stop in paired.day(code, THURSDAY).stops)
