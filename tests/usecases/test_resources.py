"""Locations, rooms and equipment: recorded, opened, closed, and kept as long as something needs them."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from server.domain.caller import Caller, Role
from server.domain.catalogue import ResourceNeed
from server.domain.commands import NewBooking, SlotChoice
from server.domain.errors import InUse, InvalidField, NotFound, SlotTaken
from server.domain.facts import FactKind, RecordedFact, RepairState
from server.domain.opening import EVERY_DAY, Effect, OpeningRule, Recurrence, Subject, SubjectKind
from server.domain.paging import Page
from server.domain.resource import Location, Resource, ResourceKind
from server.domain.spans import Span
from server.store import tables
from tests.makers.office import DESK, HALL
from tests.makers.world import BOSS, CUSTOMER, FRIDAY, PUBLIC, SURPRISE, THURSDAY, World, at, between

ROOM = Resource("room-1", "Room 1", ResourceKind.ROOM, "room", 1, HALL.code, frozenset({"step-free"}))
METER = Resource("meters", "Sound meters", ResourceKind.EQUIPMENT, "sound-meter", 2)
OF_ROOM, OF_METER = (Subject(SubjectKind.RESOURCE, one.code) for one in (ROOM, METER))
INVENTORY = Caller("inventory", Role.PARTNER)
SERVICE = replace(DESK, resources=(ResourceNeed("room"), ResourceNeed("sound-meter")))


@pytest.fixture
def office(world: World) -> World:
    """The authority with an office, one room and two sound meters, open around the clock."""
    world.app.catalogue.upsert(world.request(BOSS), SERVICE)
    world.app.resources.upsert_location(world.request(BOSS), HALL)
    for one in (ROOM, METER):
        world.app.resources.upsert(world.request(BOSS), one)
    return world


def starts(world: World, day: date) -> set[int]:
    """Return the local hours at which the desk is offered."""
    found = world.search(SERVICE.code, Span(at(day, 0), at(day + timedelta(days=1), 0)), location=HALL.code)
    return {int((slot.promise.start - at(day, 0)) / timedelta(hours=1)) for slot in found}


def book(world: World, day: date, hour: int) -> str:
    slot = SlotChoice(SERVICE.code, 0, at(day, hour), location=HALL.code)
    return world.app.bookings.create(world.request(BOSS), NewBooking(None, slot, CUSTOMER)).booking.name


def weekly(subject: Subject, effect: Effect, start: int, end: int, weekdays: frozenset[int] = EVERY_DAY) -> OpeningRule:
    return OpeningRule(subject, effect, Recurrence.WEEKLY, time(start), time(end % 24), weekdays)


def test_a_room_that_nobody_gave_hours_is_open_around_the_clock(office: World) -> None:
    """E01."""
    assert starts(office, THURSDAY) == starts(office, FRIDAY) == set(range(8, 16))
    book(office, THURSDAY, 9)
    assert 9 not in starts(office, THURSDAY)
    days = [row for row in office.rows(tables.resource_day) if row.origin == "RULE"]
    assert len(days) == 2 * 62


def test_a_room_that_is_closed_on_fridays_has_no_slots_then(office: World) -> None:
    """C04."""
    office.app.opening.create(office.request(BOSS), weekly(OF_ROOM, Effect.CLOSED, 0, 24, frozenset({5})))
    assert starts(office, FRIDAY) == set()
    assert starts(office, THURSDAY) == set(range(8, 16))
    with pytest.raises(SlotTaken):
        book(office, FRIDAY, 9)


def test_a_room_has_hours_of_its_own(office: World) -> None:
    """C04."""
    rule = office.app.opening.create(office.request(BOSS), weekly(OF_ROOM, Effect.OPEN, 10, 12))
    assert starts(office, THURSDAY) == {10, 11}
    office.app.opening.delete(office.request(BOSS), rule.name, rule.etag)
    assert starts(office, THURSDAY) == set(range(8, 16))


def test_equipment_that_another_system_takes_out_of_service_is_not_offered(office: World) -> None:
    """E04: the inventory's webhook; bookings that need it are repaired, and it can be put back."""
    name = book(office, THURSDAY, 9)
    broken = RecordedFact(
        0, OF_METER, FactKind.OUT_OF_SERVICE, between(THURSDAY, 0, 24), "broken", "inventory", "asset/4711/1"
    )
    outcome = office.app.facts.upsert(office.request(INVENTORY), broken)
    assert starts(office, THURSDAY) == set()
    (repair,) = outcome.repairs
    assert (repair.resource, repair.officer, repair.cause) == ("meters", "", "out-of-service: broken")
    alternatives = office.app.repairs.get(BOSS, repair.name).alternatives
    assert len(alternatives) >= 3
    assert {promise.start.date() for promise in alternatives} == {FRIDAY}
    office.app.bookings.reschedule(office.request(BOSS), name, alternatives[0].start, "", "")
    assert office.app.repairs.get(BOSS, repair.name).repair.state is RepairState.RESOLVED
    office.app.facts.delete(office.request(INVENTORY), outcome.fact.name, "")
    assert 9 in starts(office, THURSDAY)


def test_locations_are_listed_by_what_is_offered_there(office: World) -> None:
    """A07."""
    annex = replace(HALL, code="annex", title="Annex")
    office.app.resources.upsert_location(office.request(BOSS), annex)
    resources = office.app.resources
    assert [one.code for one in resources.list_locations(PUBLIC, Page(), "").items] == ["annex", "town-hall"]
    assert [one.code for one in resources.list_locations(PUBLIC, Page(), SERVICE.code).items] == ["town-hall"]
    assert resources.list_locations(BOSS, Page(), SURPRISE.code).items == ()
    with pytest.raises(NotFound):
        resources.list_locations(PUBLIC, Page(), SURPRISE.code)
    nowhere = replace(SERVICE, code="nowhere-yet", locations=())
    office.app.catalogue.upsert(office.request(BOSS), nowhere)
    assert resources.list_locations(PUBLIC, Page(), "nowhere-yet").items == ()


def test_rooms_and_equipment_are_read_and_replaced(office: World) -> None:
    resources = office.app.resources
    stored = resources.get(BOSS, ROOM.code)
    assert replace(stored, id=0) == ROOM
    assert resources.list(BOSS, Page(), HALL.code, "").items == (stored,)
    assert [one.code for one in resources.list(BOSS, Page(), "", "sound-meter").items] == ["meters"]
    larger = resources.upsert(office.request(BOSS), replace(ROOM, seats=4))
    assert (larger.version, larger.seats, larger.id) == (2, 4, stored.id)
    key = (THURSDAY, stored.id)
    with office.app.store.begin() as tx:
        assert tx.days.get([key])[key].seats == 4
    with pytest.raises(NotFound):
        resources.list(BOSS, Page(), "nowhere", "")
    with pytest.raises(NotFound):
        resources.upsert(office.request(BOSS), replace(ROOM, location="nowhere"))
    with pytest.raises(InvalidField, match="room stands somewhere"):
        resources.upsert(office.request(BOSS), replace(ROOM, location=""))
    with pytest.raises(InvalidField, match="stays so"):
        resources.upsert(office.request(BOSS), replace(ROOM, kind=ResourceKind.EQUIPMENT))


def test_seats_that_somebody_was_promised_are_not_taken_away(office: World) -> None:
    resources = office.app.resources
    resources.upsert(office.request(BOSS), replace(ROOM, seats=2))
    for _ in range(2):
        book(office, THURSDAY, 9)
    with pytest.raises(InUse, match="more than 1 seats taken on 2026-03-26"):
        resources.upsert(office.request(BOSS), ROOM)
    assert resources.get(BOSS, ROOM.code).seats == 2


def test_what_is_used_is_not_removed(office: World) -> None:
    resources = office.app.resources
    spare = resources.upsert(office.request(BOSS), replace(ROOM, code="spare"))
    office.app.opening.create(office.request(BOSS), weekly(Subject(SubjectKind.RESOURCE, "spare"), Effect.CLOSED, 12, 13))
    resources.delete(office.request(BOSS), spare.code)
    assert {row.resource_id for row in office.rows(tables.resource_day)} & {spare.id} == set()
    assert office.rows(tables.opening_rule) == office.rows(tables.overlay) == []
    with pytest.raises(NotFound):
        resources.get(BOSS, "spare")
    book(office, THURSDAY, 9)
    with pytest.raises(InUse, match="has bookings"):
        resources.delete(office.request(BOSS), ROOM.code)
    with pytest.raises(InUse, match="rooms or equipment, services, bookings"):
        resources.delete_location(office.request(BOSS), HALL.code)
    annex = Location("annex", "Annex", "", HALL.position, HALL.zone)
    resources.upsert_location(office.request(BOSS), annex)
    resources.delete_location(office.request(BOSS), annex.code)
    with pytest.raises(NotFound):
        resources.get_location(BOSS, annex.code)


def test_rooms_follow_the_zone_of_their_location(office: World) -> None:
    office.app.opening.create(office.request(BOSS), weekly(OF_ROOM, Effect.OPEN, 10, 12))
    office.app.resources.upsert_location(office.request(BOSS), replace(HALL, zone="Europe/London"))
    room = office.app.resources.get(BOSS, ROOM.code)
    with office.app.store.begin() as tx:
        day = tx.days.get([(THURSDAY, room.id)])[THURSDAY, room.id]
    assert day.span == between(THURSDAY, 12, 14)
