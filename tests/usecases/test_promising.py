"""Search, hold, book: what is offered can be had, once, and what was not offered cannot."""

from datetime import date, timedelta

import pytest

from server.domain.booking import BookingState, Source
from server.domain.catalogue import Service
from server.domain.commands import SlotOrder, SlotQuery
from server.domain.errors import (
    HoldExpired,
    InvalidField,
    NoOfficer,
    NotFound,
    NotYours,
    OffGrid,
    OutsideNotice,
    PremisesNeeded,
    SlotTaken,
    TooManyHolds,
)
from server.domain.spans import Span
from server.store import tables
from tests.makers.world import (
    ADVICE,
    BOSS,
    CALL,
    FRIDAY,
    HELSINKI,
    INSPECTION,
    LICENCE,
    NIGHT,
    NOW,
    PARTNER,
    PLANNED_AHEAD,
    PUBLIC,
    SATURDAY,
    SERVICES,
    SURPRISE,
    THURSDAY,
    World,
    at,
    between,
)

DAY = between(THURSDAY, 8, 16)
WEEK = between(THURSDAY, 0, 24 * 5)


def starts(world: World, service: str, span: Span = DAY) -> set[str]:
    return {f"{slot.promise.start.astimezone(HELSINKI):%d %H:%M}" for slot in world.search(service, span)}


def test_a_promise_that_is_offered_can_be_held_and_the_hold_booked(world: World) -> None:
    """G01, G04."""
    slot = world.search(ADVICE.code, DAY)[0]
    held = world.hold(ADVICE.code, slot.promise.start)
    view = world.book_hold(held)
    assert view.booking.promise == slot.promise
    assert view.booking.state is BookingState.CONFIRMED
    assert view.planned_start == slot.promise.start
    assert view.officers == (slot.officer,)
    assert world.rows(tables.hold) == []
    assert [row.kind for row in world.rows(tables.occupancy) if row.booking_id] == ["stop"]


@pytest.mark.parametrize("service", [s for s in SERVICES if s is not PLANNED_AHEAD], ids=lambda s: s.code)
def test_every_offer_of_a_week_can_be_booked(world: World, service: Service) -> None:
    """C08: an offer that the claim refuses was no offer. Every fourth one is tried, each on the day as it was."""
    offers = world.search(service.code, WEEK, 3)
    assert offers
    for slot in offers[::4]:
        view = world.book(service.code, slot.promise.start, 3, officer=slot.officer)
        assert view.planned_start is not None
        assert view.planned_start in slot.promise
        world.cancel(view.booking)


def test_no_promise_needs_an_officer_outside_the_shift_or_in_the_break(world: World) -> None:
    """C08."""
    for slot in world.search(ADVICE.code, WEEK, 4):
        view = world.book(ADVICE.code, slot.promise.start, 4, officer=slot.officer)
        day = next(d for d in (THURSDAY, FRIDAY, date(2026, 3, 30)) if slot.promise.start in between(d, 0, 24))
        route = world.day(slot.officer, day)
        assert route.defects() == []
        assert route.stops[0].busy[0] >= 0
        stop = next(one for one in route.stops if one.booking)
        assert stop.travel > 0, "there is a way to go"
        world.cancel(view.booking)


def test_a_hold_is_seen_by_nobody_else_and_returns_when_its_time_is_out(world: World) -> None:
    """G01."""
    before = starts(world, NIGHT.code, WEEK)
    held = world.hold(NIGHT.code, at(THURSDAY, 9), ttl_s=60)
    assert "26 09:00" in before - starts(world, NIGHT.code, WEEK)
    assert held.expires == NOW + timedelta(seconds=60)
    world.clock.forward(seconds=59)
    assert "26 09:00" not in starts(world, NIGHT.code, WEEK)
    world.clock.forward(seconds=1)
    assert "26 09:00" in starts(world, NIGHT.code, WEEK)
    assert len(world.rows(tables.hold)) == 1, "nobody needed its time yet"


def test_the_booking_in_whose_way_an_expired_hold_stands_removes_it(world: World) -> None:
    held = world.hold(NIGHT.code, at(THURSDAY, 9), ttl_s=60)
    world.clock.forward(seconds=60)
    world.book(NIGHT.code, at(THURSDAY, 9))
    assert world.rows(tables.hold) == []
    jobs, rows = world.jobs(), len(world.rows(tables.booking))
    with pytest.raises(HoldExpired, match="search again"):
        world.book_hold(held)
    assert (world.jobs(), len(world.rows(tables.booking))) == (jobs, rows), "G02: no partial rows, no message"


def test_an_expired_hold_whose_time_nobody_took_can_still_be_booked(world: World) -> None:
    held = world.hold(NIGHT.code, at(THURSDAY, 9), ttl_s=60)
    world.clock.forward(hours=1)
    assert world.book_hold(held).booking.state is BookingState.CONFIRMED


def test_the_sweep_deletes_what_has_run_out_and_nothing_else(world: World) -> None:
    world.hold(NIGHT.code, at(THURSDAY, 9), ttl_s=60)
    kept = world.hold(NIGHT.code, at(THURSDAY, 10), ttl_s=61)
    world.clock.forward(seconds=60)
    assert world.app.holds.sweep() == 1
    assert [row.id for row in world.rows(tables.hold)] == [kept.id]
    assert world.app.holds.sweep() == 0


def test_a_released_hold_is_free_and_releasing_again_is_no_error(world: World) -> None:
    held = world.hold(NIGHT.code, at(THURSDAY, 9))
    for _ in range(2):
        world.app.holds.release(world.request(), held.name)
    assert world.rows(tables.hold) == []
    assert "26 09:00" in starts(world, NIGHT.code, WEEK)
    with pytest.raises(HoldExpired):
        world.book_hold(held)


def test_a_hold_is_its_maker_s(world: World) -> None:
    held = world.hold(NIGHT.code, at(THURSDAY, 9))
    with pytest.raises(NotYours):
        world.app.holds.release(world.request(BOSS), held.name)
    with pytest.raises(NotYours):
        world.book_hold(held, caller=BOSS)


def test_holds_of_one_principal_are_limited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.usecases.holds.MOST_LIVE", 2)
    for hour in (9, 10):
        world.hold(CALL.code, at(THURSDAY, hour), ttl_s=60)
    with pytest.raises(TooManyHolds, match="book or release"):
        world.hold(CALL.code, at(THURSDAY, 11))
    world.clock.forward(seconds=60)
    world.hold(CALL.code, at(THURSDAY, 11))


def test_a_taken_slot_comes_with_alternatives_that_can_all_be_booked(world: World) -> None:
    """F02, F03."""
    world.book(NIGHT.code, at(THURSDAY, 9, 30))
    jobs = len(world.jobs())
    with pytest.raises(SlotTaken, match="take one of the alternatives") as refused:
        world.book(NIGHT.code, at(THURSDAY, 9, 30), 1)
    others = refused.value.alternatives
    assert len(others) >= 3
    assert len(world.jobs()) == jobs
    booked = []
    for promise in others:
        assert isinstance(promise, Span)
        view = world.book(NIGHT.code, promise.start, 1)
        booked.append(view.booking.promise)
        world.cancel(view.booking)
    assert booked == list(others)
    nearest = [abs(promise.start - at(THURSDAY, 9, 30)) for promise in booked]
    assert nearest == sorted(nearest)


def test_a_slot_is_sold_once_for_every_officer_who_could_take_it(world: World) -> None:
    """B05, B06, D03."""
    offered = next(slot for slot in world.search(CALL.code, DAY) if slot.promise.start == at(THURSDAY, 10))
    assert offered.available_officers == 3
    for left in (2, 1, 0):
        world.book(CALL.code, at(THURSDAY, 10))
        found = [s.available_officers for s in world.search(CALL.code, DAY) if s.promise.start == at(THURSDAY, 10)]
        assert found == ([left] if left else [])
    with pytest.raises(SlotTaken):
        world.book(CALL.code, at(THURSDAY, 10), caller=PUBLIC)


def test_a_named_officer_who_is_busy_is_not_replaced(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")
    with pytest.raises(SlotTaken):
        world.book(ADVICE.code, at(THURSDAY, 9), 1, officer="anna")
    assert world.book(ADVICE.code, at(THURSDAY, 9), 1).officers == ("ben",)


def test_buffers_keep_the_next_start_away(world: World) -> None:
    """D01: 60 minutes of work, five before and five after, at one and the same place."""
    world.book(INSPECTION.code, at(THURSDAY, 9), officer="anna")
    stop = world.day("anna", THURSDAY).stops[0]
    assert (stop.before, stop.after, stop.work) == (5 * 60 + 60, 5 * 60, 3_600)
    assert stop.start == 3_600, "as early as the promise allows"
    world.book(ADVICE.code, at(THURSDAY, 12), officer="anna")
    first, second = world.day("anna", THURSDAY).stops
    assert first.busy[1] <= second.busy[0]


def test_a_start_that_was_never_offered_is_refused(world: World) -> None:
    """D04, D05."""
    with pytest.raises(OffGrid):
        world.book(ADVICE.code, at(THURSDAY, 9, 10))
    with pytest.raises(OutsideNotice):
        world.book(PLANNED_AHEAD.code, NOW + timedelta(hours=35))
    with pytest.raises(OutsideNotice):
        world.hold(PLANNED_AHEAD.code, NOW + timedelta(days=3, hours=1))
    with pytest.raises(OutsideNotice):
        world.book(ADVICE.code, NOW - timedelta(hours=24))
    assert starts(world, PLANNED_AHEAD.code, WEEK) == {f"27 {hour:02}:00" for hour in range(9, 15)}


def test_nothing_is_promised_in_the_hour_that_the_clocks_skip(world: World) -> None:
    """The night from Saturday has seven hours; after 02:30 comes 04:00."""
    found = sorted(starts(world, NIGHT.code, between(SATURDAY, 20, 32)))
    hours = [text[3:] for text in found]
    assert "02:30" in hours
    assert "04:00" in hours
    assert not [text for text in hours if text.startswith("03")]
    assert world.day("cleo", SATURDAY).span.seconds == 7 * 3_600
    view = world.book(NIGHT.code, at(date(2026, 3, 29), 4))
    assert view.planned_start == at(date(2026, 3, 29), 1) + timedelta(hours=2)


def test_only_what_is_asked_for_is_offered(world: World) -> None:
    """C10."""
    span = Span(at(THURSDAY, 10), at(THURSDAY, 11))
    assert starts(world, CALL.code, span) == {"26 10:00", "26 10:15", "26 10:30", "26 10:45"}
    found, more = world.app.slots.search(BOSS, SlotQuery(CALL.code, 0, DAY, limit=3))
    assert (len(found), more) == (3, True)
    with pytest.raises(InvalidField, match="interval"):
        world.search(CALL.code, Span(NOW, NOW + timedelta(days=63)))


def test_least_travel_ranks_a_neighbour_first(world: World) -> None:
    """C14."""
    world.book(ADVICE.code, at(FRIDAY, 13), 3, officer="anna")
    by_time = world.search(ADVICE.code, WEEK, 3)
    by_travel = world.search(ADVICE.code, WEEK, 3, order=SlotOrder.LEAST_TRAVEL)
    assert by_time[0].promise.start < by_travel[0].promise.start
    assert by_travel[0].extra_travel_s == 0
    assert by_travel[0].officer == "anna"
    assert [slot.extra_travel_s for slot in by_travel] == sorted(slot.extra_travel_s for slot in by_travel)


def test_the_public_does_not_learn_what_is_not_for_it(world: World) -> None:
    """A09: unannounced services do not exist, and travel ranks nothing."""
    for call in (world.book, world.hold):
        with pytest.raises(NotFound):
            call(SURPRISE.code, DAY.start, caller=PUBLIC)
    for service in (SURPRISE, PLANNED_AHEAD):
        with pytest.raises(NotFound):
            world.search(service.code, DAY, caller=PUBLIC)
    found = world.search(ADVICE.code, DAY, 3, caller=PUBLIC, order=SlotOrder.LEAST_TRAVEL)
    assert [slot.promise for slot in found] == sorted(slot.promise for slot in found)


def test_what_can_never_be_promised_is_refused_with_its_reason(world: World) -> None:
    """B15."""
    with pytest.raises(PremisesNeeded):
        world.app.slots.search(BOSS, SlotQuery(ADVICE.code, 0, DAY))
    with pytest.raises(NoOfficer):
        world.search(NIGHT.code, DAY, officer="anna")
    with pytest.raises(NotFound):
        world.search("nonsense", DAY)
    with pytest.raises(NotFound):
        world.app.slots.search(BOSS, SlotQuery(ADVICE.code, 987_654, DAY))
    with pytest.raises(NotFound):
        world.search(ADVICE.code, DAY, officer="nobody")


def test_the_source_follows_from_the_caller(world: World) -> None:
    """B03, B14."""
    made = [world.book(CALL.code, at(FRIDAY, 9 + k), caller=who) for k, who in enumerate((BOSS, PUBLIC, PARTNER))]
    assert [view.booking.source for view in made] == [Source.STAFF, Source.PUBLIC, Source.PARTNER]
    assert [view.booking.creator for view in made] == ["boss@city", "public", "partner"]
    assert {view.booking.created for view in made} == {NOW}


def test_a_service_with_approval_waits_for_it(world: World) -> None:
    """A08."""
    view = world.book(LICENCE.code, at(THURSDAY, 9))
    assert view.booking.state is BookingState.PENDING
    assert [job["kind"] for job in world.jobs()] == ["booking.requested"]


def test_a_call_is_made_where_the_officer_is(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 9), 4, officer="anna")
    before = world.day("anna", THURSDAY)
    world.book(CALL.code, at(THURSDAY, 10), officer="anna")
    after = world.day("anna", THURSDAY)
    assert after.travel_seconds() == before.travel_seconds()
    assert after.stops[1].place is None
