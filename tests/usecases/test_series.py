"""Series: every occurrence checked like a single booking, made together, moved and cancelled together."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from server.domain.booking import Booking, BookingState
from server.domain.case import Case, CaseState
from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.commands import NewBlock, NewSeries, NewShift, SeriesEnd, SeriesFilter, SeriesMove
from server.domain.errors import IllegalTransition, InvalidField, NotFound, SeriesClash, StaleEtag
from server.domain.message import Message
from server.domain.organisation import CaseRef
from server.domain.paging import Page
from server.domain.recurrence import Pattern
from server.domain.recurrence_text import local_of
from server.domain.series import ClashPolicy, Move, Occurrence, OccurrenceState, Scope, SeriesState, SeriesView
from server.store import tables
from server.usecases.ports import AlreadyAnswered
from tests.makers.office import HALL
from tests.makers.world import BOSS, CUSTOMER, FOOD, PARTNER, STAFF, World, at, between

MONDAY = date(2026, 3, 30)
WEEK = timedelta(days=7)
FOLLOW_UP = Service(
    "follow-up", "Follow-up", 60, (FOOD,), Place.ON_SITE, PromiseKind.EXACT, 30, public=True, horizon_days=400
)

CLINIC = Service(
    "clinic", "Licensing clinic", 60, (FOOD,), Place.OFFICE, PromiseKind.EXACT, 60, public=True, horizon_days=120,
    locations=(HALL.code,), capacity=3,
)  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    """A world in which one can book far ahead, and Anna works on Mondays until the end of June."""
    world.app.importing.services([FOLLOW_UP])
    roster(world, 12)
    return world


def roster(world: World, weeks: int, codes: Iterable[str] = ("anna",), first: date = MONDAY + WEEK) -> None:
    """Give officers a shift from 8 to 16 on the Mondays of so many weeks from `first` on."""
    days = [first + number * WEEK for number in range(weeks)]
    world.app.importing.shifts([NewShift(code, day, between(day, 8, 16)) for day in days for code in codes])


def open_clinic(world: World, count: int) -> None:
    """Open a clinic with three seats on so many Mondays from nine to noon."""
    with world.app.store.begin() as tx:
        tx.resources.save_location(HALL)
        tx.services.upsert(CLINIC)
    pattern = Pattern(local_of("20260330T090000", "start"), "Europe/Helsinki", f"FREQ=WEEKLY;COUNT={count}")
    block = NewBlock(CLINIC.code, pattern, 180, 3, ClashPolicy.ALL_OR_NOTHING, HALL.code, ("anna",))
    world.app.blocks.create(world.request(BOSS), block)


def weekly(
    count: int, policy: ClashPolicy = ClashPolicy.ALL_OR_NOTHING, service: str = "follow-up", **how: Any
) -> NewSeries:
    """Return a series on Mondays at ten from the first Monday on."""
    pattern = Pattern(local_of("20260330T100000", "start"), "Europe/Helsinki", f"FREQ=WEEKLY;COUNT={count}")
    return NewSeries(service, 0, pattern, policy, CUSTOMER, **how)


def made(world: World, new: NewSeries) -> SeriesView:
    """Make a series at the first site."""
    return world.app.series.create(world.request(), replace(new, premises=world.site(0)))


def occurrences(world: World, view: SeriesView) -> list[Occurrence]:
    """Return the occurrences as they are stored."""
    with world.app.store.begin() as tx:
        return tx.series.occurrences(view.series.id)


def states(world: World, view: SeriesView) -> list[OccurrenceState]:
    """Return where each occurrence stands."""
    return [one.state for one in occurrences(world, view)]


def bookings(world: World, view: SeriesView) -> list[Booking]:
    """Return the last booking of each occurrence that has one."""
    return [one.booking for one in occurrences(world, view) if one.booking]


def starts(world: World, view: SeriesView) -> list[datetime]:
    """Return when each occurrence is promised."""
    return [one.promise.start for one in bookings(world, view)]


def moved(world: World, view: SeriesView, scope: Scope, number: int = 0, **how: Any) -> SeriesView:
    """Move occurrences from the `number`th on."""
    original = view.occurrences[number].original
    return world.app.series.move(world.request(), SeriesMove(view.series.name, scope, original, **how))


def cancelled(world: World, view: SeriesView, scope: Scope, number: int = 0) -> SeriesView:
    """Cancel occurrences from the `number`th on."""
    original = view.occurrences[number].original
    return world.app.series.cancel(world.request(), SeriesEnd(view.series.name, scope, "CUSTOMER_REQUEST", original))


def mondays(count: int, hour: int = 10, first: int = 0) -> list[datetime]:
    """Return Mondays at a local hour."""
    return [at(MONDAY + number * WEEK, hour) for number in range(first, first + count)]


def kinds(world: World) -> list[str]:
    """Return the kinds of the messages that are queued, oldest first."""
    return [job["kind"] for job in world.jobs() if "kind" in job]


def deliver(world: World) -> None:
    """Send what is queued."""
    for job in world.jobs():
        if "kind" in job:
            world.app.messages.deliver(job["booking"], job["revision"], job["kind"])


def told(world: World, view: SeriesView) -> list[Message]:
    """Return the messages about the bookings of a series."""
    with world.app.store.begin() as tx:
        listings = [tx.messages.listing(one.id, Page()) for one in bookings(world, view)]
    return [message for listing in listings for message in listing.items]


def test_each_occurrence_becomes_a_booking_like_any_other(world: World) -> None:
    """J05: all in one transaction; each knows its series and where its pattern has it."""
    view = made(world, weekly(4, case=CaseRef("licensing", "L-1")))
    stored = bookings(world, view)
    assert starts(world, view) == mondays(4)
    assert {one.state for one in stored} == {BookingState.CONFIRMED}
    assert [one.recurrence_start for one in stored] == mondays(4)
    assert {one.series for one in stored} == {view.series.id}
    assert {one.calendar_uid for one in stored} == {view.series.calendar_uid}
    assert tuple(occurrences(world, view)) == view.occurrences


def test_the_customer_is_told_once_of_every_time(world: World) -> None:
    view = made(world, weekly(6))
    assert kinds(world) == ["series.confirmed"]
    deliver(world)
    sent = told(world, view)
    assert len(sent) == 2
    mail = next(one for one in sent if one.ics)
    assert mail.ics.count("BEGIN:VEVENT") == 6
    assert mail.ics.count("RECURRENCE-ID:") == 6
    assert mail.body.count(" klo 10.00") == 6


def test_a_clash_is_named_and_with_all_or_nothing_nothing_is_made(world: World) -> None:
    """J05: a series of 12 with a clash at the 8th names the 8th."""
    day = MONDAY + 7 * WEEK
    world.absent("anna", between(day, 8, 16))
    with pytest.raises(SeriesClash, match="1 of 12") as refusal:
        made(world, weekly(12))
    assert refusal.value.facts["clashes"] == f"{at(day, 10).isoformat()} SLOT_TAKEN"
    assert not world.rows(tables.booking)
    assert not world.rows(tables.series)
    assert not world.jobs()


def test_a_clash_is_left_out_where_that_is_wanted(world: World) -> None:
    """J05"""
    world.absent("anna", between(MONDAY + 2 * WEEK, 8, 16))
    view = made(world, weekly(4, ClashPolicy.SKIP))
    assert states(world, view) == [OccurrenceState.BOOKED] * 2 + [OccurrenceState.SKIPPED, OccurrenceState.BOOKED]
    assert view.occurrences[2].why == "SLOT_TAKEN"
    assert len(world.rows(tables.booking)) == 3


def test_a_clash_gets_the_nearest_free_time_where_that_is_wanted(world: World) -> None:
    """J05"""
    day = MONDAY + 2 * WEEK
    world.absent("anna", between(day, 9, 11))
    view = made(world, weekly(4, ClashPolicy.ALTERNATIVE))
    assert starts(world, view)[2] in (at(day, 11, 30), at(day, 12), at(day, 8, 0), at(day, 11))
    third = occurrences(world, view)[2]
    assert (third.original, third.is_exception) == (at(day, 10), False)


def test_nothing_is_made_when_no_occurrence_can_be_booked(world: World) -> None:
    pattern = Pattern(local_of("20260331T100000", "start"), "Europe/Helsinki", "FREQ=WEEKLY;COUNT=3")
    for policy in ClashPolicy:
        if policy is not ClashPolicy.ALTERNATIVE:
            with pytest.raises(SeriesClash, match="3 of 3"):
                made(world, replace(weekly(3, policy), pattern=pattern))


def test_a_preview_says_what_would_become_of_each_and_changes_nothing(world: World) -> None:
    """J05"""
    world.absent("anna", between(MONDAY + WEEK, 8, 16))
    found = world.app.series.preview(STAFF, replace(weekly(14), premises=world.site(0)))
    assert [one.occurrence.state.value for one in found] == ["BOOKED", "SKIPPED", *["BOOKED"] * 11, "INTENDED"]
    assert [one.occurrence.why for one in found if one.occurrence.why] == ["SLOT_TAKEN"]
    assert found[1].alternatives
    assert not world.rows(tables.booking)


def test_two_occurrences_that_need_the_same_officer_at_once_are_a_clash(world: World) -> None:
    pattern = Pattern(local_of("20260406T100000", "start"), "Europe/Helsinki", more=(local_of("20260406T103000", "rdates"),))
    with pytest.raises(SeriesClash, match="1 of 2"):
        made(world, replace(weekly(1), pattern=pattern))
    view = made(world, replace(weekly(1, ClashPolicy.SKIP), pattern=pattern))
    assert sorted(state.value for state in states(world, view)) == ["BOOKED", "SKIPPED"]


def test_the_same_request_makes_one_series(world: World) -> None:
    request, new = world.request(), replace(weekly(2), premises=world.site(0))
    world.app.series.create(request, new)
    with pytest.raises(AlreadyAnswered):
        world.app.series.create(request, new)
    assert len(world.rows(tables.series)) == 1


def test_what_lies_beyond_the_roster_is_made_firm_as_it_opens(world: World) -> None:
    """Intentions: the roster ends after 13 Mondays; what then clashes waits for somebody to choose a time."""
    view = made(world, weekly(16))
    assert states(world, view) == [OccurrenceState.BOOKED] * 13 + [OccurrenceState.INTENDED] * 3
    assert world.app.series.firm() == 0
    roster(world, 2, first=MONDAY + 13 * WEEK)
    world.absent("anna", between(MONDAY + 14 * WEEK, 8, 16))
    assert world.app.series.firm() == 1
    assert states(world, view)[12:] == [
        OccurrenceState.BOOKED,
        OccurrenceState.BOOKED,
        OccurrenceState.CLASHED,
        OccurrenceState.INTENDED,
    ]
    assert kinds(world) == ["series.confirmed", "booking.confirmed"]
    assert [row.action for row in world.rows(tables.audit) if "series" in row.action] == ["series.clashed"]
    assert world.app.series.firm() == 0


def test_a_partner_keeps_its_bookings_after_they_are_made_firm_and_moved_by_staff(world: World) -> None:
    new = replace(weekly(14), premises=world.site(0))
    view = world.app.series.create(world.request(PARTNER), new)
    roster(world, 1, first=MONDAY + 13 * WEEK)
    assert world.app.series.firm() == 1
    moved(world, view, Scope.FOLLOWING, 11, by=Move(minutes=13 * 60))
    assert {one.creator for one in bookings(world, view)} == {PARTNER.principal}


def test_one_bad_series_does_not_stop_those_after_it(world: World) -> None:
    """A closed case makes an occurrence clash."""
    case = CaseRef("licensing", "L-1")
    later = Pattern(local_of("20260330T130000", "start"), "Europe/Helsinki", "FREQ=WEEKLY;COUNT=14")
    bad, good = made(world, weekly(14, case=case)), made(world, replace(weekly(14), pattern=later))
    world.app.cases.upsert(world.request(BOSS), Case(0, case, "permit", CaseState.CLOSED), "")
    roster(world, 1, first=MONDAY + 13 * WEEK)
    assert world.app.series.firm() == 1
    clashed = occurrences(world, bad)[13]
    assert (clashed.state, clashed.why) == (OccurrenceState.CLASHED, "CASE_CLOSED")
    assert states(world, good)[13] is OccurrenceState.BOOKED


def test_occurrences_are_listed_although_their_service_is_offered_elsewhere(world: World) -> None:
    view = made(world, weekly(14))
    roster(world, 1, first=MONDAY + 13 * WEEK)
    with world.app.store.begin() as tx:
        tx.resources.save_location(HALL)
        tx.services.upsert(replace(FOLLOW_UP, place=Place.OFFICE, locations=(HALL.code,)))
    assert world.app.series.firm() == 0
    listed = world.app.series.occurrences(STAFF, view.series.name, Page(), frozenset({OccurrenceState.CLASHED}))
    assert [one.alternatives for one in listed.items] == [()]


def test_a_partner_cannot_move_what_was_approved(world: World) -> None:
    """What was approved was the old time."""
    view = world.app.series.create(world.request(PARTNER), replace(weekly(2), premises=world.site(0)))
    world.app.importing.services([replace(FOLLOW_UP, needs_approval=True)])
    wanted = SeriesMove(view.series.name, Scope.ALL, by=Move(minutes=13 * 60))
    with pytest.raises(IllegalTransition, match="RequestChange"):
        world.app.series.move(world.request(PARTNER), wanted)
    assert starts(world, view) == mondays(2)
    world.app.series.move(world.request(), wanted)
    assert starts(world, view) == mondays(2, 13)


def test_somebody_chooses_another_time_for_what_clashed(world: World) -> None:
    view = made(world, weekly(14))
    roster(world, 1, first=MONDAY + 13 * WEEK)
    world.absent("anna", between(MONDAY + 13 * WEEK, 9, 12))
    world.app.series.firm()
    clashed = frozenset({OccurrenceState.CLASHED})
    listed = world.app.series.occurrences(STAFF, view.series.name, Page(), clashed).items[0]
    assert world.app.series.list(STAFF, Page(), SeriesFilter(clashed_only=True)).items[0].id == view.series.id
    moved(world, view, Scope.THIS, 13, start=listed.alternatives[0].start)
    assert starts(world, view)[13] == listed.alternatives[0].start
    assert not world.app.series.list(STAFF, Page(), SeriesFilter(clashed_only=True)).items


def test_every_later_occurrence_moves_and_none_before(world: World) -> None:
    """J03"""
    view = made(world, weekly(5))
    before = bookings(world, view)
    moved(world, view, Scope.FOLLOWING, 2, by=Move(minutes=13 * 60))
    assert starts(world, view) == [*mondays(2), *mondays(3, 13, 2)]
    after = bookings(world, view)
    assert after[:2] == before[:2]
    assert [one.rescheduled_from for one in after[2:]] == [one.id for one in before[2:]]
    assert [one.recurrence_start for one in after] == mondays(5)
    assert {world.booking(one).state for one in before[2:]} == {BookingState.RESCHEDULED}
    assert kinds(world) == ["series.confirmed", "series.rescheduled"]


def test_occurrences_move_into_each_others_places(world: World) -> None:
    """J03: a week later, with one officer only, each takes the time that the next one leaves."""
    view = made(world, weekly(6, officer="anna"))
    moved(world, view, Scope.ALL, by=Move(days=7))
    assert starts(world, view) == mondays(6, first=1)
    assert [one.recurrence_start for one in bookings(world, view)] == mondays(6)


def test_when_one_of_the_later_ones_cannot_move_none_does(world: World) -> None:
    """J03"""
    view = made(world, weekly(5))
    before = occurrences(world, view)
    world.absent("anna", between(MONDAY + 3 * WEEK, 13, 14))
    with pytest.raises(SeriesClash, match=at(MONDAY + 3 * WEEK, 13).isoformat().replace("+", r"\+")):
        moved(world, view, Scope.ALL, by=Move(minutes=13 * 60))
    assert occurrences(world, view) == before


def test_past_and_final_occurrences_never_move(world: World) -> None:
    """J03"""
    view = made(world, weekly(5))
    world.cancel(bookings(world, view)[3])
    world.clock.now = at(MONDAY + WEEK, 12)
    moved(world, view, Scope.ALL, by=Move(minutes=14 * 60))
    assert starts(world, view) == [*mondays(2), at(MONDAY + 2 * WEEK, 14), mondays(4)[3], at(MONDAY + 4 * WEEK, 14)]


def test_an_occurrence_that_was_moved_on_its_own_survives_later_edits(world: World) -> None:
    """J04: it keeps where its pattern has it."""
    view = made(world, weekly(4))
    own = at(MONDAY + WEEK, 8, 30)
    moved(world, view, Scope.THIS, 1, start=own)
    moved(world, view, Scope.ALL, by=Move(minutes=13 * 60))
    moved(world, view, Scope.ALL, by=Move(minutes=8 * 60 + 30))
    moved(world, view, Scope.ALL, by=Move(minutes=14 * 60))
    assert starts(world, view) == [at(MONDAY, 14), own, *mondays(2, 14, 2)]
    assert [one.recurrence_start for one in bookings(world, view)] == mondays(4)


def test_a_reschedule_of_the_booking_is_an_exception_too(world: World) -> None:
    """J04"""
    view = made(world, weekly(3))
    world.reschedule(bookings(world, view)[1], at(MONDAY + WEEK, 9))
    moved(world, view, Scope.ALL, by=Move(minutes=14 * 60))
    assert starts(world, view) == [at(MONDAY, 14), at(MONDAY + WEEK, 9), at(MONDAY + 2 * WEEK, 14)]


def test_intentions_move_with_their_series(world: World) -> None:
    view = made(world, weekly(14))
    moved(world, view, Scope.ALL, by=Move(minutes=13 * 60))
    assert [one.start for one in occurrences(world, view)] == mondays(14, 13)
    roster(world, 1, first=MONDAY + 13 * WEEK)
    world.app.series.firm()
    assert starts(world, view) == mondays(14, 13)


def test_one_occurrence_is_skipped(world: World) -> None:
    """J04"""
    view = made(world, weekly(3))
    cancelled(world, view, Scope.THIS, 1)
    assert [one.state.value for one in bookings(world, view)] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert kinds(world) == ["series.confirmed", "booking.cancelled"]
    with pytest.raises(IllegalTransition, match="CANCELLED"):
        cancelled(world, view, Scope.THIS, 1)


def test_cancelling_all_ends_every_later_occurrence_and_no_past_one(world: World) -> None:
    """J03"""
    view = made(world, weekly(14))
    moved(world, view, Scope.THIS, 2, start=at(MONDAY + 2 * WEEK, 9))
    world.clock.now = at(MONDAY + WEEK, 12)
    ended = cancelled(world, view, Scope.ALL)
    assert ended.series.state is SeriesState.CANCELLED
    assert [one.state.value for one in bookings(world, view)] == ["CONFIRMED"] * 2 + ["CANCELLED"] * 11
    assert states(world, view)[13] is OccurrenceState.CANCELLED
    assert kinds(world) == ["series.confirmed", "series.rescheduled", "series.cancelled"]
    assert ended.occurrences == tuple(occurrences(world, view))
    roster(world, 1, first=MONDAY + 13 * WEEK)
    assert world.app.series.firm() == 0


def test_cancelling_the_following_leaves_those_before(world: World) -> None:
    """J03"""
    view = made(world, weekly(4))
    cancelled(world, view, Scope.FOLLOWING, 2)
    assert [one.state.value for one in bookings(world, view)] == ["CONFIRMED"] * 2 + ["CANCELLED"] * 2


def test_an_old_etag_changes_nothing(world: World) -> None:
    view = made(world, weekly(3))
    moved(world, view, Scope.ALL, by=Move(minutes=13 * 60), etag=view.series.etag)
    with pytest.raises(StaleEtag):
        moved(world, view, Scope.ALL, by=Move(minutes=14 * 60), etag=view.series.etag)
    end = SeriesEnd(view.series.name, Scope.ALL, "CUSTOMER_REQUEST", etag=view.series.etag)
    with pytest.raises(StaleEtag):
        world.app.series.cancel(world.request(), end)


def test_to_a_partner_the_series_of_others_do_not_exist(world: World) -> None:
    view = made(world, weekly(2))
    with pytest.raises(NotFound):
        world.app.series.get(PARTNER, view.series.name)
    assert not world.app.series.list(PARTNER, Page(), SeriesFilter()).items
    assert world.app.series.get(STAFF, view.series.name) == view.series


def test_a_series_of_seats_takes_one_in_each_session(world: World) -> None:
    """J05, D02: each occurrence has its session; where one is full, that one clashes."""
    open_clinic(world, 4)
    new = weekly(3, service=CLINIC.code, location=HALL.code)
    views = [world.app.series.create(world.request(), new) for _ in range(3)]
    taken = [{one.booking.session for one in view.occurrences if one.booking} for view in views]
    assert [len(sessions) for sessions in taken] == [3, 3, 3]
    assert taken[0] == taken[1] == taken[2]
    with pytest.raises(SeriesClash, match="3 of 3"):
        world.app.series.create(world.request(), new)
    longer = world.app.series.create(world.request(), replace(new, policy=ClashPolicy.SKIP, pattern=weekly(4).pattern))
    assert [one.state.value for one in longer.occurrences] == ["SKIPPED"] * 3 + ["BOOKED"]


@pytest.mark.parametrize("reason", ["NO_SUCH_REASON", "APPROVAL_TIMEOUT"])
def test_a_series_is_cancelled_for_a_reason_that_exists_and_may_be_used(world: World, reason: str) -> None:
    view = made(world, weekly(2))
    with pytest.raises((InvalidField, NotFound)):
        world.app.series.cancel(world.request(), SeriesEnd(view.series.name, Scope.ALL, reason))
    assert {one.state for one in bookings(world, view)} == {BookingState.CONFIRMED}


def test_an_unknown_occurrence_is_refused(world: World) -> None:
    view = made(world, weekly(2))
    with pytest.raises(NotFound, match="ListOccurrences"):
        world.app.series.move(world.request(), SeriesMove(view.series.name, Scope.THIS, at(MONDAY, 11), at(MONDAY, 12)))
