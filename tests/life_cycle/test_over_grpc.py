"""Each step of a booking's life, called as clients call it."""

from __future__ import annotations

import pytest
from fieldwork.v1 import bookings_pb2, life_cycle_pb2, visits_pb2
from fieldwork.v1 import outcomes_pb2 as known
from google.protobuf.timestamp_pb2 import Timestamp

from server.domain.caller import Role
from server.rpc.identity import demo_key, issue_demo_token
from tests.life_cycle.conftest import BOOKINGS, LIFE, Desk
from tests.makers.world import ADVICE, FRIDAY, LICENCE, THURSDAY, at

B = bookings_pb2.Booking
ADMINISTRATOR, OFFICER, PARTNER, PUBLIC = Role.BOOKING_ADMINISTRATOR, Role.OFFICER, Role.PARTNER, Role.PUBLIC


def moment(day: object, hour: int, minute: int = 0) -> Timestamp:
    found = Timestamp()
    found.FromDatetime(at(day, hour, minute))  # type: ignore[arg-type]
    return found


def test_an_officer_carries_a_booking_out(desk: Desk) -> None:
    """H01, H07, H12."""
    booking = desk.book(ADVICE.code, at(THURSDAY, 9))
    assert (booking.display_status, booking.facets.dispatch) == (known.DISPLAY_STATUS_CONFIRMED, known.DISPATCH_ASSIGNED)
    assert booking.facets.attendance == known.ATTENDANCE_NOT_ASKED
    desk.world.clock.now = at(THURSDAY, 9, 1)
    coming = desk.step("SetDispatch", booking.name, OFFICER, dispatch=known.DISPATCH_EN_ROUTE)
    assert coming.facets.dispatch == known.DISPATCH_EN_ROUTE
    begun = desk.step("StartBooking", booking.name, OFFICER, etag=booking.etag, start_time=moment(THURSDAY, 9))
    assert (begun.state, begun.display_status) == (B.STATE_IN_PROGRESS, known.DISPLAY_STATUS_IN_PROGRESS)
    assert begun.outcome.start_time == moment(THURSDAY, 9)
    desk.world.clock.now = at(THURSDAY, 9, 20)
    said = known.Outcome(code="PASSED", note="clean", attachments=["photo-1"])
    done = desk.step("CompleteBooking", booking.name, OFFICER, outcome=said)
    assert (done.state, done.outcome.code, done.outcome.note) == (B.STATE_COMPLETED, "PASSED", "clean")
    assert done.outcome.end_time == moment(THURSDAY, 9, 20)
    events = desk.get(
        f"{BOOKINGS}/ListBookingEvents",
        bookings_pb2.ListBookingEventsRequest(parent=booking.name),
        bookings_pb2.ListBookingEventsResponse,
    ).booking_events
    assert [one.kind for one in events] == ["booking.created", "booking.started", "booking.completed"]
    assert events[-1].detail["outcome"] == "PASSED"
    refused = desk.ask(f"{LIFE}/StartBooking", life_cycle_pb2.StartBookingRequest(name=booking.name))
    assert (refused.code, refused.reason) == ("FAILED_PRECONDITION", "ILLEGAL_TRANSITION")


def test_what_has_not_come_yet_is_refused_as_too_early(desk: Desk) -> None:
    booking = desk.book(ADVICE.code, at(THURSDAY, 9))
    request = life_cycle_pb2.MarkNoShowRequest(name=booking.name, party=known.NO_SHOW_PARTY_CUSTOMER)
    refused = desk.ask(f"{LIFE}/MarkNoShow", request)
    assert (refused.code, refused.reason) == ("FAILED_PRECONDITION", "TOO_EARLY")


def test_a_no_show_is_rebooked_and_corrected(desk: Desk) -> None:
    """I11, AA06."""
    booking = desk.book(ADVICE.code, at(THURSDAY, 9))
    desk.world.clock.now = at(THURSDAY, 9, 20)
    missed = desk.step("MarkNoShow", booking.name, OFFICER, party=known.NO_SHOW_PARTY_CUSTOMER)
    assert (missed.state, missed.outcome.party) == (B.STATE_NO_SHOW, known.NO_SHOW_PARTY_CUSTOMER)
    again = bookings_pb2.RescheduleBookingRequest(name=booking.name, start_time=moment(FRIDAY, 9))
    new = desk.get(f"{BOOKINGS}/RescheduleBooking", again, B)
    assert (new.rebooked_from, new.rescheduled_from, new.state) == (booking.name, "", B.STATE_CONFIRMED)
    late = "they came late"
    right = desk.step("CorrectOutcome", booking.name, ADMINISTRATOR, state=B.STATE_COMPLETED, reason=late)
    assert right.state == B.STATE_COMPLETED
    request = life_cycle_pb2.CorrectOutcomeRequest(name=booking.name, state=B.STATE_COMPLETED, reason=late)
    assert desk.ask(f"{LIFE}/CorrectOutcome", request).code == "PERMISSION_DENIED"
    request = life_cycle_pb2.CorrectOutcomeRequest(name=booking.name, state=B.STATE_CONFIRMED, reason="x")
    assert desk.ask(f"{LIFE}/CorrectOutcome", request, ADMINISTRATOR).code == "INVALID_ARGUMENT"


def test_a_visit_is_carried_out_by_its_own_name(desk: Desk) -> None:
    visits = [desk.world.planned("anna", THURSDAY, hour, 0) for hour in (9, 11)]
    desk.world.clock.now = at(THURSDAY, 9, 5)
    start = life_cycle_pb2.StartVisitRequest(name=visits[0].name)
    assert desk.get(f"{LIFE}/StartVisit", start, visits_pb2.Visit, OFFICER).state == visits_pb2.Visit.STATE_IN_PROGRESS
    desk.world.clock.now = at(THURSDAY, 9, 30)
    complete = life_cycle_pb2.CompleteVisitRequest(name=visits[0].name, outcome=known.Outcome(code="PASSED"))
    done = desk.get(f"{LIFE}/CompleteVisit", complete, visits_pb2.Visit, OFFICER)
    assert (done.state, done.outcome.code) == (visits_pb2.Visit.STATE_DONE, "PASSED")
    shut = life_cycle_pb2.MarkNoAccessRequest(name=visits[1].name, party=known.NO_SHOW_PARTY_NO_ACCESS)
    assert desk.get(f"{LIFE}/MarkNoAccess", shut, visits_pb2.Visit).state == visits_pb2.Visit.STATE_NO_ACCESS


def test_a_request_is_declined_with_alternatives(desk: Desk) -> None:
    """I10."""
    booking = desk.book(LICENCE.code, at(THURSDAY, 9), PARTNER, officer="")
    assert (booking.state, booking.display_status) == (B.STATE_PENDING, known.DISPLAY_STATUS_PENDING)
    declined = desk.step("DeclineBooking", booking.name, etag=booking.etag)
    assert (declined.state, declined.cancel_reason) == (B.STATE_CANCELLED, "DECLINED")
    assert len(declined.alternatives) >= 1
    cancelled = desk.get(f"{BOOKINGS}/GetBooking", bookings_pb2.GetBookingRequest(name=booking.name), B, PARTNER)
    assert cancelled.display_status == known.DISPLAY_STATUS_CANCELLED


def test_a_change_is_asked_for_and_decided_on(desk: Desk) -> None:
    """Reconciliation 6."""
    booking = desk.book(LICENCE.code, at(THURSDAY, 9), PARTNER, officer="")
    approve = bookings_pb2.ApproveBookingRequest(name=booking.name)
    desk.get(f"{BOOKINGS}/ApproveBooking", approve, B)
    move = bookings_pb2.RescheduleBookingRequest(name=booking.name, start_time=moment(FRIDAY, 10))
    asked = desk.get(f"{BOOKINGS}/RescheduleBooking", move, B, PARTNER)
    assert (asked.name, asked.display_status) == (booking.name, known.DISPLAY_STATUS_RESCHEDULE_REQUESTED)
    assert asked.change_request.promise.start_time == moment(FRIDAY, 10)
    kept = desk.step("RejectChange", booking.name)
    assert (kept.display_status, kept.HasField("change_request")) == (known.DISPLAY_STATUS_CONFIRMED, False)
    wanted = known.CHANGE_WANTED_RESCHEDULE_REQUESTED
    desk.step("RequestChange", booking.name, PARTNER, wanted=wanted, start_time=moment(FRIDAY, 11))
    moved = desk.step("ApproveChange", booking.name)
    assert (moved.rescheduled_from, moved.promise.start_time) == (booking.name, moment(FRIDAY, 11))
    refused = desk.ask(f"{LIFE}/ApproveChange", life_cycle_pb2.ApproveChangeRequest(name=booking.name))
    assert refused.reason == "ILLEGAL_TRANSITION"


def test_another_officer_takes_it(desk: Desk) -> None:
    booking = desk.book(ADVICE.code, at(THURSDAY, 9))
    assert booking.officers == ["officers/anna"]
    taken = desk.step("ReassignBooking", booking.name, officer="officers/ben")
    assert (list(taken.officers), taken.promise) == (["officers/ben"], booking.promise)
    confirmed = desk.step("SetAttendance", booking.name, attendance=known.ATTENDANCE_CONFIRMED)
    assert (confirmed.display_status, confirmed.etag) == (known.DISPLAY_STATUS_RE_CONFIRMED, taken.etag)


def test_reasons_are_listed_kept_and_asked_for(desk: Desk) -> None:
    """H09."""
    listing = life_cycle_pb2.ListCancelReasonsRequest(page_size=500)
    answer = life_cycle_pb2.ListCancelReasonsResponse
    reasons = {one.name: one for one in desk.get(f"{LIFE}/ListCancelReasons", listing, answer, PARTNER).cancel_reasons}
    assert reasons["cancelReasons/AUTHORITY"].kind == life_cycle_pb2.CancelReason.KIND_AUTHORITY
    own = life_cycle_pb2.CancelReason(
        name="cancelReasons/FLOOD", display_name="The river", kind=life_cycle_pb2.CancelReason.KIND_CUSTOMER
    )
    upsert = life_cycle_pb2.UpsertCancelReasonRequest(cancel_reason=own)
    assert desk.get(f"{LIFE}/UpsertCancelReason", upsert, life_cycle_pb2.CancelReason, ADMINISTRATOR) == own
    booking = desk.book(ADVICE.code, at(THURSDAY, 9))
    for reason in ("", "NO_SUCH_REASON"):
        request = bookings_pb2.CancelBookingRequest(name=booking.name, reason=reason)
        refused = desk.ask(f"{BOOKINGS}/CancelBooking", request)
        assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
    request = bookings_pb2.CancelBookingRequest(name=booking.name, reason="FLOOD")
    assert desk.get(f"{BOOKINGS}/CancelBooking", request, B).cancel_reason == "FLOOD"
    own.retired = True
    retire = life_cycle_pb2.UpsertCancelReasonRequest(cancel_reason=own)
    desk.get(f"{LIFE}/UpsertCancelReason", retire, life_cycle_pb2.CancelReason, ADMINISTRATOR)


@pytest.mark.parametrize("role", [ADMINISTRATOR, PUBLIC])
def test_anybody_may_ask_how_a_status_is_shown(desk: Desk, role: Role) -> None:
    """H10."""
    answer = life_cycle_pb2.ListStatusesResponse
    shown = desk.get(f"{LIFE}/ListStatuses", life_cycle_pb2.ListStatusesRequest(), answer, role).statuses
    colours = {known.DisplayStatus.Name(one.status).removeprefix("DISPLAY_STATUS_"): one.colour for one in shown}
    assert (len(colours), colours["PENDING"], colours["NO_SHOW"]) == (10, "yellow", "grey")


def test_bookings_are_listed_by_what_they_are(desk: Desk) -> None:
    """B09, AD02, H11."""
    booking = desk.book(ADVICE.code, at(THURSDAY, 9))
    cancel = bookings_pb2.CancelBookingRequest(name=booking.name, reason="CUSTOMER_REQUEST")
    desk.get(f"{BOOKINGS}/CancelBooking", cancel, B)
    desk.book(LICENCE.code, at(THURSDAY, 11))
    for wanted, number in (
        ({}, 2),
        ({"states": [B.STATE_CANCELLED]}, 1),
        ({"services": [f"services/{LICENCE.code}"], "officer": "officers/anna"}, 1),
        ({"sources": [B.SOURCE_PARTNER]}, 0),
        ({"conversation_ref": "none"}, 0),
        ({"creator": "customer_service@city"}, 2),
    ):
        request = bookings_pb2.ListBookingsRequest(**wanted)
        found = desk.get(f"{BOOKINGS}/ListBookings", request, bookings_pb2.ListBookingsResponse)
        assert len(found.bookings) == number, wanted


@pytest.mark.parametrize("source", ["PHONE", "EMAIL", "MOBILE_APP", "AI_AGENT", "CALENDAR"])
def test_the_credential_says_through_which_channel_a_booking_came(desk: Desk, source: str) -> None:
    """B02, B03."""
    key = demo_key(desk.settings)
    token = issue_demo_token(key, "channel", Role.CUSTOMER_SERVICE, None, 600, source=source)
    found = desk.book(ADVICE.code, at(THURSDAY, 9), token=token)
    assert found.source == B.Source.Value(f"SOURCE_{source}")


def test_a_token_of_an_unknown_channel_is_refused(desk: Desk) -> None:
    token = issue_demo_token(demo_key(desk.settings), "channel", Role.CUSTOMER_SERVICE, None, 600, source="PIGEON")
    refused = desk.ask(f"{LIFE}/ListStatuses", life_cycle_pb2.ListStatusesRequest(), token=token)
    assert (refused.code, refused.reason) == ("UNAUTHENTICATED", "TOKEN_INVALID")
