"""Block bookings: sessions of officers and a room, whose seats the public books; released, allocated, cancelled as one."""

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from server.domain.booking import BookingState
from server.domain.caller import Caller
from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.commands import NewBlock, NewBooking, NewShift, SessionFilter, SlotChoice, SlotQuery
from server.domain.errors import (
    IllegalTransition,
    InvalidField,
    LocationNotOffered,
    NotFound,
    SeriesClash,
    SessionFull,
    SlotTaken,
    StaleEtag,
)
from server.domain.ids import encode
from server.domain.organisation import CaseRef
from server.domain.paging import Page
from server.domain.profile import Profile
from server.domain.recurrence import Pattern
from server.domain.recurrence_text import local_of
from server.domain.resource import Resource, ResourceKind
from server.domain.resource_day import ResourceDay
from server.domain.series import ClashPolicy
from server.domain.session import SessionState
from server.domain.session_view import BlockView, SessionView
from server.domain.spans import Span
from server.store import tables
from tests.makers.office import HALL
from tests.makers.world import BOSS, CUSTOMER, FOOD, PARTNER, PUBLIC, STAFF, World, at, between

WEDNESDAY = date(2026, 4, 1)
WEEK = timedelta(days=7)
CLINIC = Service(
    "clinic", "Licensing clinic", 60, (FOOD,), Place.OFFICE, PromiseKind.EXACT, 60, public=True, horizon_days=120,
    locations=(HALL.code,), capacity=3,
)  # fmt: skip
REASON = "AUTHORITY"


@pytest.fixture
def world(world: World) -> World:
    """A world with an office and a room, where Anna and Ben work on Wednesdays until the end of June."""
    days = [WEDNESDAY + number * WEEK for number in range(12)]
    with world.app.store.begin() as tx:
        tx.resources.save_location(HALL)
        tx.services.upsert(CLINIC)
        room = tx.resources.save(Resource("room-4", "Room 4", ResourceKind.ROOM, "room", 2, HALL.code))
        spans = [(day, between(day, 7, 18)) for day in days]
        tx.days.add([ResourceDay(day, room.id, span, 0, HALL.position, None, seats=2) for day, span in spans], "RULE")
    shifts = [NewShift(code, day, between(day, 8, 16)) for code in ("anna", "ben") for day in days]
    world.app.importing.shifts(shifts)
    return world


def clinic(count: int = 12, **how: Any) -> NewBlock:
    """Return a block on Wednesdays from nine to one with Anna and Ben in room 4."""
    pattern = Pattern(local_of("20260401T090000", "start"), "Europe/Helsinki", f"FREQ=WEEKLY;COUNT={count}")
    block = NewBlock(
        CLINIC.code,
        pattern,
        240,
        3,
        ClashPolicy.ALL_OR_NOTHING,
        location=HALL.code,
        officers=("anna", "ben"),
        room="room-4",
    )
    return replace(block, **how)


def opened(world: World, new: NewBlock) -> BlockView:
    """Open a block."""
    return world.app.blocks.create(world.request(BOSS), new)


def slots(world: World, day: date = WEDNESDAY, caller: Caller = PUBLIC) -> list[datetime]:
    """Return when the clinic can be booked on a day."""
    query = SlotQuery(CLINIC.code, 0, between(day, 0, 24), limit=200, location=HALL.code)
    return [slot.promise.start for slot in world.app.slots.search(caller, query)[0]]


def seat(world: World, start: datetime, caller: Caller = PUBLIC) -> Any:
    """Book a seat of a clinic."""
    new = NewBooking(None, SlotChoice(CLINIC.code, 0, start, location=HALL.code), CUSTOMER)
    return world.app.bookings.create(world.request(caller), new)


def sessions(world: World, caller: Caller = STAFF, **how: Any) -> list[SessionView]:
    """Return the sessions that a caller sees."""
    return list(world.app.blocks.list_sessions(caller, Page(100), SessionFilter(**how)).items)


def session_stops(day: ResourceDay) -> list[tuple[Span, int]]:
    """Return the work of the session stops on a day, and their seats."""
    return [
        (Span(day.span.at(stop.start), day.span.at(stop.start + stop.work)), stop.seat)
        for stop in day.everything()
        if stop.session
    ]


def room_day(world: World, day: date) -> ResourceDay:
    """Return the room's day."""
    with world.app.store.begin() as tx:
        key = (day, tx.resources.get("room-4").id)
        return tx.days.get([key])[key]


def test_a_block_opens_a_session_per_week_and_shows_officers_and_room_busy(world: World) -> None:
    """K01: Wednesdays 9 to 1, two officers, room 4, 12 weeks."""
    view = opened(world, clinic())
    assert len(view.sessions) == 12
    for number, one in enumerate(view.sessions):
        day = WEDNESDAY + number * WEEK
        span = between(day, 9, 13)
        assert (one.session.span, one.session.officers, one.session.state) == (span, ("anna", "ben"), SessionState.OPEN)
        for officer in ("anna", "ben"):
            assert session_stops(world.day(officer, day)) == [(span, 0)]
            assert world.day(officer, day).stops[0].travel > 0
        assert sorted(session_stops(room_day(world, day)), key=lambda stop: stop[1]) == [(span, 0), (span, 1)]
    assert world.app.blocks.get_block(STAFF, view.block.name).block == view.block


def test_a_block_produces_the_slots_of_its_sessions_and_no_others(world: World) -> None:
    """C13"""
    assert slots(world) == []
    opened(world, clinic(2))
    assert slots(world) == [at(WEDNESDAY, hour) for hour in (9, 10, 11, 12)]
    assert slots(world, WEDNESDAY + WEEK) == [at(WEDNESDAY + WEEK, hour) for hour in (9, 10, 11, 12)]
    assert slots(world, WEDNESDAY + 2 * WEEK) == []
    assert slots(world, WEDNESDAY + timedelta(days=1)) == []


def test_the_remaining_places_fall_as_the_public_books(world: World) -> None:
    """K02, D02: 3 seats for 4 hours are 12 places; the fourth at one time is refused, another time is free."""
    opened(world, clinic(1))
    assert [view.places_left for view in sessions(world)] == [12]
    views = [seat(world, at(WEDNESDAY, 9)) for _ in range(3)]
    assert [view.places_left for view in sessions(world, PUBLIC)] == [9]
    assert {view.booking.state for view in views} == {BookingState.CONFIRMED}
    assert len({view.booking.session for view in views}) == 1
    with pytest.raises(SessionFull) as refusal:
        seat(world, at(WEDNESDAY, 9))
    assert {span.start for span in refusal.value.alternatives} == {at(WEDNESDAY, hour) for hour in (10, 11, 12)}  # type: ignore[attr-defined]
    assert slots(world) == [at(WEDNESDAY, hour) for hour in (10, 11, 12)]


def test_officers_have_no_other_work_during_a_session(world: World) -> None:
    """K01"""
    opened(world, clinic(1))
    with pytest.raises(SlotTaken):
        world.book("advice", at(WEDNESDAY, 10))
    world.book("advice", at(WEDNESDAY, 14))


def test_a_session_that_cannot_be_reserved_is_named_and_nothing_is_opened(world: World) -> None:
    world.absent("ben", between(WEDNESDAY + WEEK, 8, 16))
    with pytest.raises(SeriesClash, match="1 of 3") as refusal:
        opened(world, clinic(3))
    assert refusal.value.facts["clashes"] == at(WEDNESDAY + WEEK, 9).isoformat()
    assert not world.rows(tables.block)
    assert not world.rows(tables.session)


def test_a_session_that_cannot_be_reserved_is_left_out_where_that_is_wanted(world: World) -> None:
    world.absent("ben", between(WEDNESDAY + WEEK, 8, 16))
    view = opened(world, clinic(3, policy=ClashPolicy.SKIP))
    assert [one.session.day for one in view.sessions] == [WEDNESDAY, WEDNESDAY + 2 * WEEK]
    assert view.skipped == (at(WEDNESDAY + WEEK, 9),)


def test_another_officer_with_the_skills_holds_it_where_that_is_wanted(world: World) -> None:
    world.absent("ben", between(WEDNESDAY, 8, 16))
    view = opened(world, clinic(2, policy=ClashPolicy.ALTERNATIVE, officers=("ben",)))
    assert [one.session.officers for one in view.sessions] == [("anna",), ("ben",)]


def test_without_names_officers_are_found_by_skill(world: World) -> None:
    view = opened(world, clinic(1, officers=()))
    assert len(view.sessions[0].session.officers) == 1
    assert set(view.sessions[0].session.officers) <= {"anna", "ben"}


def test_two_blocks_cannot_have_one_room(world: World) -> None:
    opened(world, clinic(1, officers=("anna",)))
    with pytest.raises(SeriesClash):
        opened(world, clinic(1, officers=("ben",)))
    opened(world, clinic(1, officers=("ben",), room=""))


@pytest.mark.parametrize(
    ("how", "refusal", "why"),
    [
        ({"location": ""}, LocationNotOffered, "not named"),
        ({"room": "room-9"}, NotFound, "room-9"),
        ({"officers": ("dora",)}, NotFound, "dora"),
        ({"service": "nothing"}, NotFound, "nothing"),
        ({"seats": 3, "customer": CUSTOMER}, InvalidField, "block.seats"),
        ({"pattern": Pattern(local_of("20260301T090000", "start"), "Europe/Helsinki")}, InvalidField, "is over"),
        ({"service": "call"}, InvalidField, "block.location"),
    ],
)
def test_a_block_that_cannot_be_is_refused_in_words(
    world: World, how: dict[str, Any], refusal: type[Exception], why: str
) -> None:
    with pytest.raises(refusal, match=why):
        opened(world, clinic(1, **how))
    assert not world.rows(tables.session)


def test_cancelling_a_block_ends_its_sessions_and_their_bookings(world: World) -> None:
    """K01"""
    view = opened(world, clinic(3))
    made = [seat(world, at(WEDNESDAY + number * WEEK, 9)).booking for number in range(3)]
    world.clock.now = at(WEDNESDAY, 12)
    ended = world.app.blocks.cancel_block(world.request(BOSS), view.block.name, REASON, "")
    assert [one.session.state.value for one in ended.sessions] == ["OPEN", "CANCELLED", "CANCELLED"]
    assert [world.booking(one).state.value for one in made] == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    assert session_stops(world.day("anna", WEDNESDAY + WEEK)) == []
    assert session_stops(room_day(world, WEDNESDAY + WEEK)) == []
    assert slots(world, WEDNESDAY + WEEK) == []
    with pytest.raises(IllegalTransition):
        world.app.blocks.cancel_block(world.request(BOSS), view.block.name, REASON, "")


def test_cancelling_a_session_leaves_the_others(world: World) -> None:
    view = opened(world, clinic(2))
    first = view.sessions[0].session
    world.app.holds.create(world.request(PUBLIC), SlotChoice(CLINIC.code, 0, at(WEDNESDAY, 9), location=HALL.code), 0)
    made = seat(world, at(WEDNESDAY, 10)).booking
    with pytest.raises(StaleEtag):
        world.app.blocks.cancel_session(world.request(BOSS), first.name, REASON, "v9")
    world.app.blocks.cancel_session(world.request(BOSS), first.name, REASON, first.etag)
    assert world.booking(made).state is BookingState.CANCELLED
    assert not world.rows(tables.hold)
    assert [one.session.state.value for one in sessions(world)] == ["CANCELLED", "OPEN"]
    with pytest.raises(NotFound):
        world.app.blocks.get_session(PUBLIC, first.name)
    with pytest.raises(IllegalTransition, match="CANCELLED"):
        world.app.blocks.cancel_session(world.request(BOSS), first.name, REASON, "")


def test_cancelling_a_block_ends_closed_sessions_that_are_to_come_too(world: World) -> None:
    """C09, K01: a reserve session takes no bookings, those that it has are cancelled with it."""
    view = opened(world, clinic(1))
    made = seat(world, at(WEDNESDAY, 9)).booking
    reserve = Profile("reserve", "Reserve", reserve=(view.sessions[0].session.id,))
    world.app.profiles.upsert(world.request(BOSS), reserve, "")
    assert [one.session.state.value for one in sessions(world)] == ["CLOSED"]
    world.app.blocks.cancel_block(world.request(BOSS), view.block.name, REASON, "")
    assert [one.session.state.value for one in sessions(world)] == ["CANCELLED"]
    assert world.booking(made).state is BookingState.CANCELLED
    assert session_stops(world.day("anna", WEDNESDAY)) == []


@pytest.mark.parametrize("late", [False, True])
def test_a_profile_never_opens_a_session_that_was_released_or_has_begun(world: World, late: bool) -> None:
    """C09, K02"""
    session = opened(world, clinic(1, release_before_hours=0 if late else 48)).sessions[0].session
    world.clock.now = session.span.start - timedelta(hours=0 if late else 48)
    world.app.blocks.release()
    reserve = Profile("reserve", "Reserve", reserve=(session.id,))
    world.app.profiles.upsert(world.request(BOSS), reserve, "")
    world.app.profiles.activate(world.request(BOSS), reserve.code, "")
    assert [one.session.state.value for one in sessions(world)] == ["CLOSED"]


def test_an_unused_session_is_released_48_hours_before(world: World) -> None:
    """K02"""
    opened(world, clinic(2, release_before_hours=48))
    world.clock.now = at(WEDNESDAY, 9) - timedelta(hours=49)
    assert world.app.blocks.release() == 0
    world.clock.forward(hours=1)
    assert world.app.blocks.release() == 1
    assert [one.session.state.value for one in sessions(world)] == ["CLOSED", "OPEN"]
    assert session_stops(world.day("anna", WEDNESDAY)) == []
    assert session_stops(room_day(world, WEDNESDAY)) == []
    assert slots(world) == []
    world.book("advice", at(WEDNESDAY, 10))


def test_a_session_with_bookings_is_cut_to_them(world: World) -> None:
    """K02"""
    opened(world, clinic(1, release_before_hours=48))
    seat(world, at(WEDNESDAY, 10))
    world.clock.now = at(WEDNESDAY, 9) - timedelta(hours=48)
    world.app.blocks.release()
    kept = between(WEDNESDAY, 10, 11)
    assert [one.session.span for one in sessions(world)] == [kept]
    assert session_stops(world.day("anna", WEDNESDAY)) == [(kept, 0)]
    assert slots(world) == [at(WEDNESDAY, 10)]
    assert [one.places_left for one in sessions(world)] == [2]
    world.book("advice", at(WEDNESDAY, 12))
    assert world.app.blocks.release() == 0


def test_a_block_for_one_case_makes_linked_bookings_that_are_cancelled_as_one(world: World) -> None:
    """K03"""
    case = CaseRef("licensing", "L-77")
    view = opened(world, clinic(4, seats=1, case=case, customer=CUSTOMER))
    rows = [world.app.bookings.get(STAFF, row) for row in booking_names(world)]
    assert [one.booking.promise.start for one in rows] == [at(WEDNESDAY + n * WEEK, 9) for n in range(4)]
    assert {one.booking.case for one in rows} == {case}
    assert {one.booking.calendar_uid for one in rows} == {rows[0].booking.calendar_uid}
    assert {one.booking.session for one in rows} == {one.session.id for one in view.sessions}
    assert slots(world) == []
    assert [job["kind"] for job in world.jobs() if "kind" in job] == ["series.confirmed"]
    world.app.blocks.cancel_block(world.request(BOSS), view.block.name, REASON, view.block.etag)
    assert {world.booking(one.booking).state for one in rows} == {BookingState.CANCELLED}
    assert [job["kind"] for job in world.jobs() if "kind" in job][-1] == "series.cancelled"


def test_the_customer_of_an_allocated_block_is_told_once_of_every_time(world: World) -> None:
    """K03"""
    opened(world, clinic(4, seats=1, customer=CUSTOMER))
    for job in [job for job in world.jobs() if "kind" in job]:
        world.app.messages.deliver(job["booking"], job["revision"], job["kind"])
    ics = [row.ics for row in world.rows(tables.message) if row.ics]
    assert [text.count("BEGIN:VEVENT") for text in ics] == [4]


def test_an_absence_over_a_session_opens_repairs_for_the_bookings_in_it(world: World) -> None:
    opened(world, clinic(1, officers=("anna",)))
    made = [seat(world, at(WEDNESDAY, hour)).booking for hour in (9, 11)]
    world.absent("anna", between(WEDNESDAY, 8, 16))
    assert {row.booking_id for row in world.rows(tables.repair)} == {one.id for one in made}


def test_a_night_of_planning_leaves_sessions_where_they_are(world: World) -> None:
    opened(world, clinic(1, officers=("anna",)))
    plan = world.plan(WEDNESDAY, {"anna": [(world.due(1)[0], at(WEDNESDAY, 14))]})
    world.publish(plan)
    assert session_stops(world.day("anna", WEDNESDAY)) == [(between(WEDNESDAY, 9, 13), 0)]
    assert len(world.day("anna", WEDNESDAY).stops) == 2


def booking_names(world: World) -> list[str]:
    """Return the names of all bookings by promise."""
    rows = sorted(world.rows(tables.booking), key=lambda row: row.promise.lower)
    return [f"bookings/{encode(row.id)}" for row in rows]


def test_the_public_sees_open_sessions_of_public_services_without_officers(world: World) -> None:
    """K02"""
    opened(world, clinic(1))
    shown = sessions(world, PUBLIC)[0].session
    assert (shown.officers, shown.block) == ((), 0)
    assert sessions(world, PARTNER)[0].session == shown
    world.app.importing.services([replace(CLINIC, public=False)])
    assert sessions(world, PUBLIC) == []
    assert len(sessions(world, STAFF)) == 1
    with pytest.raises(NotFound):
        world.app.blocks.get_session(PUBLIC, shown.name)


def test_a_booker_who_comes_as_the_session_is_cancelled_gets_no_seat(world: World) -> None:
    first = opened(world, clinic(1)).sessions[0].session
    outcomes: list[str] = []

    def book() -> None:
        try:
            outcomes.append(seat(world, at(WEDNESDAY, 9)).booking.name)
        except (SessionFull, SlotTaken):
            outcomes.append("")

    threads = [threading.Thread(target=book) for _ in range(6)]
    for thread in threads:
        thread.start()
    world.app.blocks.cancel_session(world.request(BOSS), first.name, REASON, "")
    for thread in threads:
        thread.join()
    states = {row.state for row in world.rows(tables.booking)}
    assert states <= {"CANCELLED"}
    assert slots(world) == []


def race(world: World, callers: Iterable[Caller], each: int) -> list[str]:
    """Let each caller try to book one time that often, all at once; return what came of it."""
    outcomes: list[str] = []
    lock, gate = threading.Lock(), threading.Event()

    def attempt(caller: Caller) -> None:
        gate.wait()
        for _ in range(each):
            try:
                seat(world, at(WEDNESDAY, 9), caller)
                what = "booked"
            except (SessionFull, SlotTaken) as refusal:
                what = refusal.reason
            with lock:
                outcomes.append(what)

    threads = [threading.Thread(target=attempt, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_200_attempts_over_all_channels_exactly_three_get_the_three_seats(world: World) -> None:
    """D02, D03: the public, staff and a partner's system at once."""
    opened(world, clinic(1))
    outcomes = race(world, [PUBLIC, STAFF, PARTNER, PUBLIC] * 5, 10)
    assert len(outcomes) == 200
    assert outcomes.count("booked") == 3
    assert set(outcomes) == {"booked", "SESSION_FULL"}
