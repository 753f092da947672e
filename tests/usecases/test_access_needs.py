"""What customers need, recorded once: it decides who and where, and the officer is told (W03, X02, A11)."""

from dataclasses import replace

import pytest

from server.domain.access_need import AccessNeed, Required, required
from server.domain.booking import BookingView, Customer
from server.domain.caller import Caller, Role
from server.domain.case import Case, CaseDocument, CaseState
from server.domain.catalogue import ResourceNeed
from server.domain.commands import NewBooking, SlotChoice, SlotQuery
from server.domain.customer import CustomerRecord
from server.domain.errors import InvalidField, NotEligible, SlotTaken
from server.domain.organisation import CaseRef
from server.domain.resource import Resource, ResourceKind
from server.domain.route import RouteStop
from server.rpc.convert.routes import stop_message
from tests.makers.office import DESK, HALL, open_office
from tests.makers.world import (
    ADVICE,
    BOSS,
    CUSTOMER,
    NOW,
    PUBLIC,
    STAFF,
    THURSDAY,
    World,
    at,
    between,
)

ANNA = Caller("anna@city", Role.OFFICER, "anna")
SIGNS = AccessNeed("signs", "Sign language", "food", 2)
"""Anna is the only one with food at level 2."""
LOOP, STEPS = AccessNeed("loop", "Induction loop", feature="loop"), AccessNeed("steps", "No steps", feature="step-free")
LIFT = AccessNeed("lift", "Wide lift", feature="wide-lift")
MORNING = between(THURSDAY, 8, 12)


@pytest.fixture
def office(world: World) -> World:
    """The town hall is step-free as a whole; of its rooms, only the second has a loop, too."""
    open_office(world)
    for need in (SIGNS, LOOP, STEPS, LIFT):
        world.app.access_needs.upsert(world.request(BOSS), need)
    with world.app.store.begin() as tx:
        tx.services.upsert(replace(DESK, resources=(ResourceNeed("room"),)))
        features = frozenset({"step-free", "loop"})
        tx.resources.save(Resource("room-1", "Room 1", ResourceKind.ROOM, "room", 1, HALL.code, frozenset({"step-free"})))
        tx.resources.save(Resource("room-2", "Room 2", ResourceKind.ROOM, "room", 1, HALL.code, features))
        tx.resources.save_location(replace(HALL, features=features))
    return world


def keep(world: World, *codes: str) -> CustomerRecord:
    record = CustomerRecord(0, "Aino Esimerkki", NOW, access_needs=codes)
    return world.app.customers.upsert(world.request(), "", "", record, ())


def desk(hour: int, *codes: str) -> SlotChoice:
    return SlotChoice(DESK.code, 0, at(THURSDAY, hour), "", HALL.code, access_needs=codes)


def book(world: World, slot: SlotChoice, record: CustomerRecord | None = None) -> BookingView:
    given = CUSTOMER if record is None else Customer("")
    return world.app.bookings.create(world.request(), NewBooking(None, slot, given, record=record.id if record else 0))


def stop_of(world: World, view: BookingView) -> RouteStop:
    route = world.app.routes.get(ANNA, "anna", THURSDAY, False)
    return next(stop for stop in route.stops if stop.booking == view.booking.id)


def test_only_officers_who_can_serve_the_customer_are_offered(office: World) -> None:
    """W03: a need for a skill is met by the officer who leads."""
    anybody = office.search(ADVICE.code, MORNING)
    able = office.search(ADVICE.code, MORNING, access_needs=("signs",))
    assert {slot.available_officers for slot in anybody} == {2}
    assert {(slot.officer, slot.available_officers) for slot in able} == {("anna", 1)}
    record = keep(office, "signs")
    assert office.search(ADVICE.code, MORNING, record=record.id) == able


def test_a_booking_for_a_record_goes_to_who_can_serve_the_customer(office: World) -> None:
    """W03: recorded once, constrains each booking, and its next time."""
    record = keep(office, "signs")
    slot = office.choice(ADVICE.code, at(THURSDAY, 9))
    first = book(office, slot, record)
    assert first.officers == ("anna",)
    with pytest.raises(SlotTaken):
        book(office, slot, record)
    assert book(office, slot).officers == ("ben",)
    office.book(ADVICE.code, at(THURSDAY, 11), officer="anna")
    with pytest.raises(SlotTaken):
        office.reschedule(first.booking, at(THURSDAY, 11))
    assert office.reschedule(first.booking, at(THURSDAY, 10)).officers == ("anna",)


def test_a_need_that_nobody_meets_is_told_apart_from_a_service_that_nobody_does(office: World) -> None:
    office.app.access_needs.upsert(office.request(BOSS), replace(SIGNS, level=9))
    with pytest.raises(NotEligible) as refused:
        office.search(ADVICE.code, MORNING, access_needs=("signs",))
    assert refused.value.facts["skill"] == "food"
    with pytest.raises(InvalidField, match="no access need"):
        office.search(ADVICE.code, MORNING, access_needs=("wings",))


def test_rooms_and_offices_have_the_features_that_the_customer_needs(office: World) -> None:
    """W03: the one room with a loop is given once; others take the other room."""
    assert book(office, desk(9, "loop", "steps")).booking.location == HALL.code
    with pytest.raises(SlotTaken):
        book(office, desk(9, "loop"))
    book(office, desk(9, "steps"))
    with pytest.raises(NotEligible) as refused:
        book(office, desk(13, "lift"))
    assert (refused.value.facts["place"], refused.value.facts["feature"]) == (HALL.name, "wide-lift")


def test_a_held_slot_is_not_booked_for_somebody_whom_it_does_not_serve(office: World) -> None:
    def hold(slot: SlotChoice) -> str:
        return office.app.holds.create(office.request(), slot, 0).name

    def take(name: str, record: CustomerRecord) -> BookingView:
        return office.app.bookings.create(office.request(), NewBooking(name, None, Customer(""), record=record.id))

    with pytest.raises(NotEligible, match="searched with the needs"):
        take(hold(office.choice(ADVICE.code, at(THURSDAY, 9), officer="ben")), keep(office, "signs"))
    without = [hold(desk(10)), hold(desk(10))]
    refused = 0
    for name in without:
        try:
            take(name, keep(office, "loop"))
        except NotEligible:
            refused += 1
    assert refused == 1, "one of the two rooms has a loop"
    assert take(hold(desk(11, "loop")), keep(office, "loop")).booking.customer.name == "Aino Esimerkki"


def test_the_public_may_name_needs_but_nobodys_record(office: World) -> None:
    record = keep(office, "signs")
    offers = office.search(ADVICE.code, MORNING, caller=PUBLIC, access_needs=("signs",))
    assert {slot.available_officers for slot in offers} == {1}
    with pytest.raises(InvalidField, match="not for the public"):
        office.app.slots.search(PUBLIC, SlotQuery(ADVICE.code, office.site(0), MORNING, record=record.id))


def test_the_officer_is_told_what_the_customer_needs_and_brings_and_what_the_case_is_about(office: World) -> None:
    """W03, A11, X02: on the stop; brief and documents of the case for nobody but the officer."""
    with office.app.store.begin() as tx:
        tx.services.upsert(replace(ADVICE, documents=("Floor plan", "Licence")))
    reference = CaseRef("cases", "17")
    document = CaseDocument("d-1", "Application", "https://cases.example/d-1")
    case = Case(0, reference, "licence", CaseState.OPEN, "", (("Complaint", "Noise"), ("Ask for", "plans")), (document,))
    office.app.cases.upsert(office.request(BOSS), case, "")
    record = keep(office, "signs", "steps")
    slot = office.choice(ADVICE.code, at(THURSDAY, 9))
    view = office.app.bookings.create(office.request(), NewBooking(None, slot, Customer(""), reference, record=record.id))
    stop = stop_of(office, view)
    assert (stop.access_needs, stop.documents) == (("Sign language", "No steps"), ("Floor plan", "Licence"))
    assert (stop.brief, stop.case_documents) == (case.brief, (document,))
    told = stop_message(stop, ANNA)
    assert [(item.label, item.text) for item in told.case_brief] == list(case.brief)
    assert list(told.documents) == ["Floor plan", "Licence"]
    for role in (Role.BOOKING_ADMINISTRATOR, Role.CUSTOMER_SERVICE, Role.MANAGER, Role.WORKER):
        seen = stop_message(stop, Caller("somebody", role))
        assert (list(seen.case_brief), list(seen.case_documents)) == ([], [])
        assert bool(seen.customer_access_needs) is (role in (BOSS.role, STAFF.role))


def test_a_stop_without_record_or_case_tells_nothing_of_them(world: World) -> None:
    stop = stop_of(world, world.book(ADVICE.code, at(THURSDAY, 9), officer="anna", case="unknown"))
    assert (stop.access_needs, stop.documents, stop.brief, stop.case_documents) == ((), (), (), ())


def test_needs_ask_for_the_highest_level_and_every_feature() -> None:
    assert required([]) == Required()
    both = required([SIGNS, replace(SIGNS, code="more", level=3), LOOP, STEPS, LOOP])
    assert both == Required((("food", 3),), ("loop", "step-free"))
    with pytest.raises(InvalidField, match="needs a level"):
        AccessNeed("x", "X", "food", 0)
