"""Finding bookings again: by state, service, officer, conversation, source and whoever made them."""

from dataclasses import replace

import pytest

from server.domain.booking import BookingState, Source
from server.domain.caller import Caller, Role
from server.domain.commands import BookingFilter, NewBooking
from server.domain.errors import BadPageToken, InvalidField
from server.domain.paging import Page
from tests.makers.world import (
    ADVICE,
    CALL,
    CUSTOMER,
    FRIDAY,
    INSPECTION,
    NOW,
    PARTNER,
    PUBLIC,
    STAFF,
    THURSDAY,
    World,
    at,
)


def found(world: World, **wanted: object) -> list[int]:
    asked = BookingFilter(**wanted)  # type: ignore[arg-type]
    return [view.booking.id for view in world.app.bookings.list(STAFF, Page(), asked).items]


def test_each_filter_finds_its_own_and_together_they_narrow(world: World) -> None:
    """A01, AD02, H11."""
    advice = world.book(ADVICE.code, at(THURSDAY, 9), officer="anna").booking
    inspection = world.book(INSPECTION.code, at(THURSDAY, 10), officer="ben").booking
    call = world.book(CALL.code, at(FRIDAY, 9), caller=PARTNER).booking
    world.cancel(advice)
    everyone = [advice.id, inspection.id, call.id]
    assert found(world) == everyone
    assert found(world, states=frozenset({BookingState.CANCELLED})) == [advice.id]
    assert found(world, services=frozenset({ADVICE.code, CALL.code})) == [advice.id, call.id]
    assert found(world, officer="ben", services=frozenset({INSPECTION.code})) == [inspection.id]
    assert found(world, officer="anna", services=frozenset({ADVICE.code})) == []
    assert found(world, creator="partner") == [call.id]
    assert found(world, sources=frozenset({Source.STAFF})) == everyone[:2]
    assert found(world, sources=frozenset({Source.PARTNER}), states=frozenset({BookingState.CANCELLED})) == []
    assert found(world, location="nowhere") == found(world, customer=7) == found(world, series=7) == []


def test_a_page_token_is_for_the_filter_it_was_made_with(world: World) -> None:
    for hour in (9, 10, 11):
        world.book(CALL.code, at(THURSDAY, hour))
    first = world.app.bookings.list(STAFF, Page(1), BookingFilter(services=frozenset({CALL.code})))
    with pytest.raises(BadPageToken):
        world.app.bookings.list(STAFF, Page(1, first.next_token), BookingFilter())


def test_a_conversation_finds_its_bookings(world: World) -> None:
    """B09."""
    slot = world.choice(CALL.code, at(THURSDAY, 9))
    new = NewBooking(None, slot, CUSTOMER, conversation="whatsapp:42")
    booking = world.app.bookings.create(world.request(), new).booking
    world.book(CALL.code, at(THURSDAY, 10))
    assert booking.conversation == "whatsapp:42"
    assert found(world, conversation="whatsapp:42") == [booking.id]


BY_PHONE = Caller("call-centre", Role.CUSTOMER_SERVICE, source="PHONE")
AGENT = Caller("voice", Role.PARTNER, source="AI_AGENT")
CREDENTIALS = [
    (STAFF, Source.STAFF),
    (PUBLIC, Source.PUBLIC),
    (PARTNER, Source.PARTNER),
    (BY_PHONE, Source.PHONE),
    (AGENT, Source.AI_AGENT),
]


@pytest.mark.parametrize(("caller", "source"), CREDENTIALS)
def test_the_credential_says_how_a_booking_came_in(world: World, caller: object, source: Source) -> None:
    """B02, B03, B14."""
    booking = world.book(CALL.code, at(THURSDAY, 9), caller=caller).booking  # type: ignore[arg-type]
    assert (booking.source, booking.creator, booking.created) == (source, caller.principal, NOW)  # type: ignore[attr-defined]
    assert world.app.bookings.update(world.request(), booking.name, "", {"note": "x"}).booking.source is source


def test_a_purpose_is_asked_for_where_a_service_needs_one(world: World) -> None:
    """A10."""
    asked = replace(CALL, code="hearing-call", purposes=("licence", "complaint"), purpose_required=True, id=0)
    world.app.importing.services([asked])
    slot = replace(world.choice(CALL.code, at(THURSDAY, 9)), service=asked.code)
    with pytest.raises(InvalidField, match=r"^purpose: is required"):
        world.app.bookings.create(world.request(), NewBooking(None, slot, CUSTOMER))
    with pytest.raises(InvalidField, match=r"^purpose: 'tea' is unknown"):
        world.app.bookings.create(world.request(), NewBooking(None, slot, CUSTOMER, purpose="tea"))
    made = world.app.bookings.create(world.request(), NewBooking(None, slot, CUSTOMER, purpose="licence"))
    assert made.booking.purpose == "licence"
