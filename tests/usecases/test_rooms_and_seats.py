"""Rooms and equipment beside officers, seats of sessions, overbooked seats, several claims at once."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain.booking import BookingState, BookingView, Slot
from server.domain.catalogue import ResourceNeed
from server.domain.commands import NewBooking, SlotChoice
from server.domain.errors import InvalidField, LocationNotOffered, NoResource, NotYours, SlotTaken
from server.domain.spans import Span
from server.store import tables
from tests.makers.office import DESK, HALL, open_office
from tests.makers.world import ADVICE, BOSS, CUSTOMER, FRIDAY, PUBLIC, STAFF, THURSDAY, World, at, between


@pytest.fixture
def office(world: World) -> World:
    """The authority with an office."""
    open_office(world)
    return world


def desk(hour: int, minute: int = 0, **how: Any) -> SlotChoice:
    """Return a slot at the desk."""
    return replace(SlotChoice(DESK.code, 0, at(THURSDAY, hour, minute), location=HALL.code), **how)


def book(world: World, choice: SlotChoice, **how: Any) -> BookingView:
    """Book a slot."""
    new = replace(NewBooking(None, choice, CUSTOMER), **how)
    return world.app.bookings.create(world.request(BOSS), new)


def kept(world: World) -> list[tuple[str, int]]:
    """Return the code and seat of every room and piece of equipment that is kept for bookings."""
    row, resource = tables.occupancy, tables.resource
    query = (
        sa.select(resource.c.code, sa.func.lower(row.c.seats))
        .join(resource, resource.c.id == row.c.resource_id)
        .where(row.c.booking_id.is_not(None), resource.c.code.is_not(None))
    )
    with world.engine.connect() as connection:
        return sorted((code, seat) for code, seat in connection.execute(query))


def test_a_booking_takes_its_officer_its_room_and_its_equipment_at_once(office: World) -> None:
    """E01."""
    book(office, desk(9))
    assert kept(office) == [("meters", 0), ("meters", 1), ("room-1", 0)]


def test_what_is_used_up_is_refused_with_times_that_can_be_booked(office: World) -> None:
    """E02, F03: two sound meters are needed and only one is left; nothing of the refused booking stays."""
    book(office, desk(9))
    with pytest.raises(SlotTaken) as refused:
        book(office, desk(9))
    assert len(refused.value.alternatives) >= 3
    assert len(kept(office)) == 3
    for promise in refused.value.alternatives[:3]:
        assert isinstance(promise, Span)
        book(office, desk(0, start=promise.start))


def test_the_buffer_after_the_work_is_kept_of_room_and_officer(office: World) -> None:
    """D01: 30 minutes and 5 after: 9:30 cannot follow, 10:00 can."""
    book(office, desk(9))
    assert at(THURSDAY, 9, 30) not in {slot.promise.start for slot in search(office)}
    with pytest.raises(SlotTaken):
        book(office, desk(9, 30))
    book(office, desk(10))


def search(office: World, **how: Any) -> list[Slot]:
    """Return the offers at the desk on Thursday."""
    return office.search(DESK.code, between(THURSDAY, 0, 24), location=HALL.code, **how)


def test_slots_are_offered_only_while_the_room_is_open(office: World) -> None:
    """C04: the officers work longer than the room is open."""
    starts = {slot.promise.start for slot in search(office)}
    assert starts
    assert max(starts) <= at(THURSDAY, 15)
    assert office.search(DESK.code, between(FRIDAY, 0, 24), location=HALL.code) == []


def test_a_longer_option_occupies_its_own_length(office: World) -> None:
    """A06."""
    book(office, desk(9, duration_minutes=60))
    starts = {slot.promise.start for slot in search(office)}
    assert at(THURSDAY, 10) not in starts
    with pytest.raises(InvalidField, match="45 is not offered"):
        book(office, desk(11, duration_minutes=45))


def test_an_office_that_does_not_offer_the_service_is_refused(office: World) -> None:
    """A07."""
    with pytest.raises(LocationNotOffered, match="locations/town-hall"):
        book(office, desk(9, location="library"))


def test_a_need_that_nothing_serves_is_refused_in_words(office: World) -> None:
    """B15."""
    with office.app.store.begin() as tx:
        tx.services.upsert(replace(DESK, resources=(ResourceNeed("room", 1, ("piano",)),)))
    with pytest.raises(NoResource, match="room with piano"):
        book(office, desk(9))


def test_cancelling_gives_room_and_equipment_back(office: World) -> None:
    """I08."""
    made = book(office, desk(9))
    office.cancel(made.booking)
    assert kept(office) == []
    book(office, desk(9))


def test_a_hold_keeps_room_and_equipment_until_it_is_booked(office: World) -> None:
    """G01."""
    hold = office.app.holds.create(office.request(STAFF), desk(9), 0)
    with pytest.raises(SlotTaken):
        book(office, desk(9))
    made = office.book_hold(hold)
    assert made.booking.state is BookingState.CONFIRMED
    assert made.booking.location == HALL.code
    assert kept(office) == [("meters", 0), ("meters", 1), ("room-1", 0)]


def test_an_overbooked_visit_stands_beside_the_route_and_in_the_audit(world: World) -> None:
    """DOMAIN: overbooking is an explicit, audited seat."""
    choice = world.choice(ADVICE.code, at(THURSDAY, 9), officer="anna")
    world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")
    with pytest.raises(SlotTaken):
        world.app.bookings.create(world.request(BOSS), NewBooking(None, choice, CUSTOMER))
    beside = world.app.bookings.create(world.request(BOSS), NewBooking(None, choice, CUSTOMER, overbook=True))
    day = world.day("anna", THURSDAY)
    assert [(stop.booking, stop.seat) for stop in day.beside] == [(beside.booking.id, 1)]
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(tables.audit.c.actor, tables.audit.c.action, tables.audit.c.subject)).all()
    assert [tuple(row) for row in rows] == [(BOSS.principal, "officer.overbooked", "officers/anna")]
    world.cancel(beside.booking)
    assert world.day("anna", THURSDAY).beside == ()


def test_only_administrators_overbook_and_only_a_named_officer(world: World) -> None:
    choice = world.choice(ADVICE.code, at(THURSDAY, 9), officer="anna")
    for caller in (STAFF, PUBLIC):
        with pytest.raises(NotYours):
            world.app.bookings.create(world.request(caller), NewBooking(None, choice, CUSTOMER, overbook=True))
    with pytest.raises(InvalidField):
        world.app.bookings.create(
            world.request(BOSS), NewBooking(None, replace(choice, officer=""), CUSTOMER, overbook=True)
        )
