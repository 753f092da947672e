"""Another officer for the same promise."""

from dataclasses import replace

import pytest

from server.domain.booking import BookingState
from server.domain.commands import NewShift
from server.domain.errors import IllegalTransition, InvalidField, NoOfficer, SlotTaken, StaleEtag
from server.domain.organisation import Officer
from server.domain.paging import Page
from server.store import tables
from server.store.verify import verify
from tests.makers.world import ADVICE, BOSS, FOOD, INSPECTION, STAFF, THURSDAY, World, at, between

PAIR = replace(INSPECTION, code="pair", name="By two", crew=(FOOD, FOOD), id=0)


def test_a_booking_goes_to_another_officer_and_the_first_one_s_time_is_free(world: World) -> None:
    """I03, without a word to the customer: the promise is the same."""
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    view = world.app.bookings.reassign(world.request(BOSS), booking.name, "ben", "", booking.etag)
    assert (view.officers, view.planned_start) == (("ben",), at(THURSDAY, 9))
    assert (view.booking.promise, view.booking.revision, view.booking.version) == (booking.promise, 1, 2)
    assert world.day("anna", THURSDAY).stops == ()
    last = world.app.bookings.events(STAFF, booking.name, Page()).items[-1]
    assert (last.kind, dict(last.detail)["from_officer"], dict(last.detail)["to_officer"]) == (
        "booking.reassigned",
        "officers/anna",
        "officers/ben",
    )
    assert len(world.jobs()) == 1
    assert world.book(ADVICE.code, at(THURSDAY, 9), 1, officer="anna").officers == ("anna",)


def test_an_officer_who_is_not_free_does_not_take_it_and_nothing_changes(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.book(ADVICE.code, at(THURSDAY, 9), 1, officer="ben")
    before = {table.name: world.rows(table) for table in tables.metadata.sorted_tables}
    with pytest.raises(SlotTaken, match="officers/ben is not free"):
        world.app.bookings.reassign(world.request(), booking.name, "ben", "", "")
    assert {table.name: world.rows(table) for table in tables.metadata.sorted_tables} == before


def test_one_of_a_crew_is_replaced_and_the_others_stay(world: World) -> None:
    """L03."""
    world.app.importing.services([PAIR])
    ben = world.officers["ben"]
    world.app.importing.officers([Officer(0, "dora", "Dora", "north", ben.zone, ben.base, ben.mode, {"food": 1})])
    world.app.importing.shifts([NewShift("dora", THURSDAY, between(THURSDAY, 8, 16))])
    with world.app.store.begin() as tx:
        world.officers = {officer.code: officer for officer in tx.organisation.everyone(THURSDAY)}
    view = world.book(PAIR.code, at(THURSDAY, 10))
    stays, leaves = view.officers
    assert {stays, leaves} <= {"anna", "ben", "dora"}
    joins = ({"anna", "ben", "dora"} - {stays, leaves}).pop()
    kept = world.day(stays, THURSDAY).stops
    with pytest.raises(InvalidField, match="from_officer"):
        world.app.bookings.reassign(world.request(), view.booking.name, joins, "", "")
    moved = world.app.bookings.reassign(world.request(), view.booking.name, joins, leaves, "")
    assert moved.officers == tuple(sorted((stays, joins)))
    assert moved.planned_start == view.planned_start
    assert world.day(stays, THURSDAY).stops == kept
    assert world.day(joins, THURSDAY).stops[0].fixed
    assert verify(world.url) == []


def test_who_lacks_the_skill_does_not_take_it(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    with pytest.raises(NoOfficer, match="officers/cleo lacks the skills"):
        world.app.bookings.reassign(world.request(), booking.name, "cleo", "", "")


@pytest.mark.parametrize(("taker", "giver", "field"), [("anna", "", "officer"), ("ben", "cleo", "from_officer")])
def test_who_has_it_already_or_does_not_have_it_is_told_so(world: World, taker: str, giver: str, field: str) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    with pytest.raises(InvalidField, match=f"^{field}:"):
        world.app.bookings.reassign(world.request(), booking.name, taker, giver, "")


def test_a_repair_is_settled_by_another_officer(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    world.absent("anna", world.day("anna", THURSDAY).span)
    world.app.bookings.reassign(world.request(), booking.name, "ben", "", "")
    assert world.app.availability.list_repairs(BOSS, Page(), False).items == ()


def test_a_stale_etag_reassigns_nothing(world: World) -> None:
    booking = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    with pytest.raises(StaleEtag):
        world.app.bookings.reassign(world.request(), booking.name, "ben", "", "v7")
    world.cancel(booking)
    with pytest.raises(IllegalTransition):
        world.app.bookings.reassign(world.request(), booking.name, "ben", "", "")
    assert world.booking(booking).state is BookingState.CANCELLED
