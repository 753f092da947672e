"""Bookings for customers whose record is named, and for cases that are closed (B07, B08, B15, B17, W04, W06, X01)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.domain.booking import BookingView, Customer
from server.domain.caller import Caller, Role
from server.domain.case import Case, CaseState
from server.domain.commands import BookingFilter, NewBooking, VisitFilter
from server.domain.customer import ContactKind, ContactPoint, CustomerRecord, HistoryKind
from server.domain.errors import CaseClosed, DomainError, DuplicateBooking, InvalidField, NotEligible, NotFound, NotYours
from server.domain.organisation import CaseRef
from server.domain.paging import Page
from server.store import tables
from tests.makers.world import ADVICE, BOSS, CALL, CUSTOMER, FRIDAY, NOW, PARTNER, PUBLIC, STAFF, THURSDAY, World, at

ANNA = Caller("anna@city", Role.OFFICER, "anna")
CRM = Caller("crm-service", Role.PARTNER, system="crm")
NOBODY = Customer("")
PHONE = ContactPoint(ContactKind.PHONE, "+358401234567")
EMAIL = ContactPoint(ContactKind.EMAIL, "aino@example.com")
CASE = CaseRef("cases", "17")


def keep(world: World, name: str = "Aino Esimerkki", *points: ContactPoint, caller: Caller = STAFF) -> CustomerRecord:
    owner: dict[str, Any] = {"source": "crm", "external_id": name} if caller is CRM else {}
    record = CustomerRecord(0, name, NOW, contact_points=points, language="fi", **owner)
    return world.app.customers.upsert(world.request(caller), "", "", record, ())


def book_for(
    world: World,
    record: CustomerRecord | None,
    hour: int = 9,
    given: Customer = NOBODY,
    caller: Caller = STAFF,
    **more: Any,
) -> BookingView:
    slot = world.choice(ADVICE.code, at(THURSDAY, hour))
    new = NewBooking(None, slot, given, record=record.id if record else 0)
    return world.app.bookings.create(world.request(caller), replace(new, **more))


def tell(world: World, state: CaseState, reference: CaseRef = CASE) -> Case:
    return world.app.cases.upsert(world.request(BOSS), Case(0, reference, "licence", state), "")


def with_contact_required(world: World, *points: str) -> None:
    with world.app.store.begin() as tx:
        tx.services.upsert(replace(ADVICE, contact_required=points))


def test_a_booking_that_names_a_record_only_has_the_details_of_the_record(world: World) -> None:
    """B08."""
    record = keep(world, "Aino Esimerkki", PHONE, EMAIL)
    view = book_for(world, record)
    assert view.booking.customer == Customer("Aino Esimerkki", "+358401234567", "aino@example.com", "fi")
    assert world.booking(view.booking).customer_id == record.id
    asked = BookingFilter(customer=record.id)
    assert [one.booking for one in world.app.bookings.list(STAFF, Page(), asked).items] == [view.booking]


def test_what_is_given_wins_over_the_record_and_leaves_it_as_it_was(world: World) -> None:
    """B08: the booking keeps a snapshot, the record stays."""
    record = keep(world, "Aino Esimerkki", PHONE)
    view = book_for(world, record, given=Customer("A. Esimerkki", phone="040 999 9999"))
    assert (view.booking.customer.name, view.booking.customer.phone) == ("A. Esimerkki", "+358409999999")
    assert world.app.customers.get(STAFF, record.name) == record


def test_a_record_is_for_those_who_may_see_it_only(world: World) -> None:
    """A public caller would learn the details of anybody whose name it guesses."""
    record, own = keep(world), keep(world, caller=CRM)
    with pytest.raises(InvalidField, match="not for the public"):
        book_for(world, record, caller=PUBLIC)
    for caller in (PARTNER, CRM):
        with pytest.raises(NotFound):
            book_for(world, record, caller=caller)
    assert book_for(world, own, caller=CRM).booking.customer_id == own.id
    assert len(world.rows(tables.booking)) == 1


def test_nobody_is_recognised_by_a_telephone_number(world: World) -> None:
    keep(world, "Aino Esimerkki", PHONE)
    assert book_for(world, None, given=CUSTOMER).booking.customer_id == 0


def test_a_service_can_ask_for_contact_points(world: World) -> None:
    """B07, B15: the refusal names each missing field; nothing is written and nobody is told."""
    with_contact_required(world, "email", "phone")
    with pytest.raises(NotEligible) as refused:
        book_for(world, None, given=Customer("Aino", phone="0401234567"))
    assert [one.field for one in refused.value.violations] == ["customer.email"]
    assert refused.value.reason == "NOT_ELIGIBLE"
    held = world.hold(ADVICE.code, at(THURSDAY, 9))
    with pytest.raises(NotEligible):
        world.app.bookings.create(world.request(), NewBooking(held.name, None, Customer("Aino")))
    assert (world.rows(tables.booking), world.jobs()) == ([], [])
    record = keep(world, "Aino", PHONE, EMAIL)
    made = world.app.bookings.create(world.request(), NewBooking(held.name, None, NOBODY, record=record.id)).booking
    assert made.customer.email == "aino@example.com"
    with pytest.raises(NotEligible):
        world.app.bookings.update(world.request(), made.name, "", {"customer.phone": ""})
    assert world.app.bookings.update(world.request(), made.name, "", {"note": "x"}).booking.note == "x"


def test_four_bad_requests_have_four_reasons(world: World) -> None:
    """B15: infeasible time, ineligible customer, unknown premises, and no name at all."""
    with_contact_required(world, "phone")
    reasons = []
    tries: tuple[Callable[[], object], ...] = (
        lambda: book_for(world, None, hour=3, given=CUSTOMER),
        lambda: book_for(world, None, given=Customer("Aino")),
        lambda: book_for(world, None, given=CUSTOMER, slot=replace(world.choice(ADVICE.code, at(THURSDAY, 9)), premises=9)),
        lambda: book_for(world, None),
    )
    for bad in tries:
        with pytest.raises(DomainError) as refused:
            bad()
        reasons.append(refused.value.reason)
    assert reasons == ["SLOT_TAKEN", "NOT_ELIGIBLE", "NOT_FOUND", "INVALID_FIELD"]


def test_a_merge_takes_the_losers_bookings_along(world: World) -> None:
    """W06: history kept; the details that each booking has stay as they were."""
    winner, loser = keep(world, "Aino", PHONE), keep(world, "A. Esimerkki", EMAIL)
    first, second = book_for(world, winner, 9).booking, book_for(world, loser, 13).booking
    world.app.customers.merge(world.request(), winner.name, loser.name, "", "")
    assert world.booking(second).customer_id == winner.id
    assert (world.booking(second).customer, world.booking(second).etag) == (second.customer, second.etag)
    told = world.app.customers.history(STAFF, loser.name, Page()).items
    assert {one.booking for one in told} == {first.id, second.id}
    assert world.rows(tables.audit)[0].detail["bookings"] == "1"
    later = book_for(world, loser, 15).booking
    assert later.customer_id == winner.id


def test_the_timeline_tells_events_and_messages_of_all_bookings_newest_first(world: World) -> None:
    """W04."""
    record = keep(world, "Aino", PHONE, EMAIL)
    first = book_for(world, record, 9).booking
    world.clock.forward(minutes=1)
    world.app.messages.deliver(first.id, 1, "booking.confirmed")
    world.clock.forward(minutes=1)
    second = book_for(world, record, 13).booking
    world.clock.forward(minutes=1)
    world.cancel(first)
    told = world.app.customers.history(STAFF, record.name, Page()).items
    assert [(one.kind, one.booking, one.what) for one in told] == [
        (HistoryKind.EVENT, first.id, "booking.cancelled"),
        (HistoryKind.EVENT, second.id, "booking.created"),
        (HistoryKind.MESSAGE, first.id, "booking.confirmed"),
        (HistoryKind.MESSAGE, first.id, "booking.confirmed"),
        (HistoryKind.EVENT, first.id, "booking.created"),
    ]
    assert {one.recipient for one in told if one.kind is HistoryKind.MESSAGE} == {"+358401234567", "aino@example.com"}
    half = world.app.customers.history(STAFF, record.name, Page(3))
    rest = world.app.customers.history(STAFF, record.name, Page(3, half.next_token))
    assert (*half.items, *rest.items) == told


def test_an_officer_reads_the_customer_of_an_own_visit(world: World) -> None:
    record = keep(world, "Aino", PHONE)
    slot = world.choice(ADVICE.code, at(THURSDAY, 9), officer="anna")
    world.app.bookings.create(world.request(), NewBooking(None, slot, NOBODY, record=record.id))
    assert world.app.customers.get(ANNA, record.name) == record
    with pytest.raises(NotYours):
        world.app.customers.get(replace(ANNA, officer="ben"), record.name)


def test_everything_that_is_held_is_handed_out_and_that_is_audited(world: World) -> None:
    """W01: exported for the person's own request."""
    record, other = keep(world, "Aino", PHONE), keep(world, "A. Esimerkki", EMAIL)
    booked = book_for(world, record, 9).booking
    world.app.messages.deliver(booked.id, 1, "booking.confirmed")
    stranger = book_for(world, None, 13, given=Customer("Somebody", email="aino@example.com")).booking
    world.app.customers.merge(world.request(), record.name, other.name, "", "")
    export = world.app.customer_exports.export(BOSS, record.name, Page())
    assert [one.full_name for one in (export.record, *export.merged)] == ["Aino", "A. Esimerkki"]
    (whole,) = export.bookings
    assert whole.view.booking.id == booked.id
    assert [one.kind for one in whole.events] == ["booking.created"]
    assert [one.recipient for one in whole.messages] == ["+358401234567"]
    assert export.possible == (stranger.id,)
    assert [one.action for one in export.audits] == ["customer.merged", "customer.merged", "customer.exported"]
    assert (export.audits[-1].actor, export.audits[-1].subject) == (BOSS.principal, record.name)


def test_closing_a_case_flags_its_live_bookings_and_open_visits(world: World) -> None:
    """X01: derived on reading; noted once in the history; reopening takes it back."""
    live = world.book(ADVICE.code, at(THURSDAY, 9), case="17").booking
    over = world.cancel(world.book(CALL.code, at(THURSDAY, 9), case="17").booking).booking
    other = world.book(ADVICE.code, at(FRIDAY, 9), case="18").booking
    tell(world, CaseState.OPEN)
    assert not world.booking(live).case_closed
    for _ in range(2):
        tell(world, CaseState.CLOSED)
    flagged = world.app.bookings.list(STAFF, Page(), BookingFilter(case_closed=True)).items
    assert {one.booking.id for one in flagged} == {live.id, over.id}
    assert world.app.bookings.get(STAFF, live.name).booking.case_closed
    assert not world.booking(other).case_closed
    assert [v.visit.case_closed for v in world.app.visits.list(STAFF, Page(), VisitFilter(case=CASE)).items] == [True, True]

    def kinds(name: str) -> list[str]:
        return [one.kind for one in world.app.bookings.events(STAFF, name, Page()).items]

    assert kinds(live.name) == ["booking.created", "booking.case_closed"]
    assert "booking.case_closed" not in kinds(over.name)
    tell(world, CaseState.OPEN)
    assert kinds(live.name)[-1] == "booking.case_reopened"
    assert not world.booking(live).case_closed


def test_a_case_that_is_told_of_for_the_first_time_as_closed_flags_what_was_booked_before(world: World) -> None:
    live = world.book(ADVICE.code, at(THURSDAY, 9), case="17").booking
    tell(world, CaseState.CLOSED)
    assert [one.kind for one in world.app.bookings.events(STAFF, live.name, Page()).items][-1] == "booking.case_closed"


def test_nothing_is_booked_for_a_closed_case_unless_staff_allow_it(world: World) -> None:
    """X01; an unknown case is no closed one."""
    tell(world, CaseState.CLOSED)
    held = world.hold(CALL.code, at(THURSDAY, 9))
    tries: tuple[Callable[[], object], ...] = (
        lambda: world.book(ADVICE.code, at(THURSDAY, 9), case="17"),
        lambda: world.app.bookings.create(world.request(), NewBooking(held.name, None, CUSTOMER, CASE)),
    )
    for refuse in tries:
        with pytest.raises(CaseClosed, match="reopen it there"):
            refuse()
    with pytest.raises(NotYours, match="for staff"):
        book_for(world, None, given=CUSTOMER, caller=PARTNER, case=CASE, allow_closed_case=True)
    assert world.rows(tables.booking) == []
    allowed = book_for(world, None, given=CUSTOMER, case=CASE, allow_closed_case=True)
    assert allowed.booking.case_closed
    assert world.book(CALL.code, at(THURSDAY, 10), case="unknown").booking.case_closed is False


def test_a_second_booking_of_the_case_is_a_duplicate_whoever_the_customer_is(world: World) -> None:
    """B17."""
    one, two = keep(world, "One"), keep(world, "Two")
    first = book_for(world, one, 9, case=CASE).booking
    with pytest.raises(DuplicateBooking) as refused:
        book_for(world, two, 13, case=CASE)
    assert refused.value.facts["booking"] == first.name
    book_for(world, two, 13, case=CASE, allow_duplicate=True)


def test_a_batch_books_for_records_and_for_open_cases_only(world: World) -> None:
    """B08, X01: as one booking does; all or nothing."""
    record, slots = keep(world, "Aino", PHONE), [world.choice(ADVICE.code, at(THURSDAY, hour)) for hour in (9, 12)]
    batch = [NewBooking(None, slot, NOBODY, record=record.id) for slot in slots]
    made = world.app.bookings.create_batch(world.request(), batch)
    assert [(one.booking.customer.phone, one.booking.customer_id) for one in made] == [("+358401234567", record.id)] * 2
    tell(world, CaseState.CLOSED)
    later = [world.choice(ADVICE.code, at(FRIDAY, hour)) for hour in (9, 12)]
    with pytest.raises(CaseClosed):
        world.app.bookings.create_batch(world.request(), [batch[0], NewBooking(None, later[1], CUSTOMER, CASE)])
    with_contact_required(world, "email")
    with pytest.raises(NotEligible):
        world.app.bookings.create_batch(world.request(), [NewBooking(None, slot, CUSTOMER) for slot in later[:1]] + batch)
    with pytest.raises(NotFound):
        world.app.bookings.create_batch(world.request(PARTNER), batch)
    assert len(world.rows(tables.booking)) == 2
