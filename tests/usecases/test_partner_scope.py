"""A partner works on the records of its own system only, and learns nothing of how others' work is arranged."""

from dataclasses import replace

import pytest
from fieldwork.v1 import visits_pb2

from server.domain.caller import Caller
from server.domain.commands import NewVisit, SlotOrder, VisitFilter
from server.domain.emergency import Displaced, Emergency, NewEmergency
from server.domain.errors import NotFound, NotYours
from server.domain.facts import FactKind, RecordedFact
from server.domain.opening import Subject, SubjectKind
from server.domain.organisation import CaseRef
from server.domain.paging import Page
from server.domain.visit import Visit
from server.rpc.convert.emergencies import emergency_message
from server.rpc.convert.facts import outcome_message
from tests.makers.world import ADVICE, BOSS, PARTNER, STAFF, SURPRISE, THURSDAY, World, at, between

OWN, OTHERS = CaseRef(PARTNER.own_system, "1"), CaseRef("cases", "1")
DAY = between(THURSDAY, 8, 16)
BUSY = RecordedFact(
    0, Subject(SubjectKind.OFFICER, "anna"), FactKind.EXTERNAL_BUSY, between(THURSDAY, 9, 12), "", "hr", "e1"
)


def made(world: World, caller: Caller, case: CaseRef | None) -> Visit:
    new = NewVisit(SURPRISE.code, world.premises[1].id, "north", 50, case=case)
    return world.app.visits.create(world.request(caller), [new])[0].visit


def test_a_partner_finds_and_withdraws_the_visits_for_its_own_cases_only(world: World) -> None:
    own = made(world, PARTNER, OWN)
    others = [made(world, BOSS, OTHERS), made(world, BOSS, None), world.planned("anna", THURSDAY, 11, 2)]
    seen = world.app.visits.list(PARTNER, Page(), VisitFilter()).items
    assert [view.visit.name for view in seen] == [own.name]
    assert not world.app.visits.list(PARTNER, Page(), VisitFilter(case=OTHERS)).items
    assert len(world.app.visits.list(STAFF, Page(), VisitFilter()).items) == 4
    assert world.app.visits.get(PARTNER, own.name).visit.case == OWN
    for visit in others:
        with pytest.raises(NotFound, match=visit.name):
            world.app.visits.get(PARTNER, visit.name)
        with pytest.raises(NotFound, match=visit.name):
            world.app.visits.withdraw(world.request(PARTNER), visit.name, "")
        assert world.visit(visit.id).state is visit.state
    world.app.visits.withdraw(world.request(PARTNER), own.name, "")


def test_a_partner_records_no_visit_for_another_systems_case(world: World) -> None:
    with pytest.raises(NotYours, match=r"visits\[0\]\.case\.system 'cases' is not 'partner'"):
        made(world, PARTNER, OTHERS)
    urgent = NewEmergency(ADVICE.code, world.premises[1].id, 900, case=OTHERS)
    with pytest.raises(NotYours, match=r"case\.system 'cases' is not 'partner'"):
        world.app.emergencies.create(world.request(PARTNER), urgent)


@pytest.mark.parametrize(("caller", "told"), [(STAFF, 1), (PARTNER, 0)])
def test_what_gives_way_to_an_emergency_is_told_to_staff_only(world: World, caller: Caller, told: int) -> None:
    view = world.app.visits.get(STAFF, world.due(1)[0].name)
    done = Emergency(view, (Displaced(view.visit.id, 7, "anna", "", None),), ())
    message = emergency_message(done, caller)
    assert isinstance(message, visits_pb2.CreateEmergencyVisitResponse)
    assert len(message.displaced) == told


def test_a_partner_neither_replaces_nor_deletes_another_systems_fact(world: World) -> None:
    known = world.app.facts.upsert(world.request(BOSS), BUSY).fact
    moved = replace(BUSY, span=between(THURSDAY, 14, 15))
    with pytest.raises(NotYours, match=r"fact\.source 'hr' is not 'partner', your own system"):
        world.app.facts.upsert(world.request(PARTNER), moved)
    with pytest.raises(NotYours, match=r"fact\.source 'hr' is not 'partner', your own system"):
        world.app.facts.delete(world.request(PARTNER), known.name, "")
    assert world.app.facts.get(BOSS, known.name) == known
    own = world.app.facts.upsert(world.request(PARTNER), replace(moved, source="partner")).fact
    world.app.facts.delete(world.request(PARTNER), own.name, "")


@pytest.mark.parametrize(("caller", "told"), [(STAFF, 1), (PARTNER, 0)])
def test_what_collides_with_a_fact_is_told_to_staff_only(world: World, caller: Caller, told: int) -> None:
    visit, booking = world.planned("anna", THURSDAY, 11, 1), world.book(ADVICE.code, at(THURSDAY, 9), 2, "anna").booking
    outcome = world.app.facts.upsert(world.request(PARTNER), replace(BUSY, source="partner"))
    assert ([one.booking for one in outcome.repairs], outcome.reopened_visits) == ([booking.id], (visit.id,))
    message = outcome_message(outcome, caller)
    assert (len(message.repairs), len(message.reopened_visits)) == (told, told)


def test_a_partner_gets_offers_by_time_whatever_order_it_asks_for(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 13), 3, "anna")
    by_travel = [slot.promise.start for slot in world.search(ADVICE.code, DAY, 3, order=SlotOrder.LEAST_TRAVEL)]
    asked = world.search(ADVICE.code, DAY, 3, PARTNER, order=SlotOrder.LEAST_TRAVEL)
    assert by_travel != sorted(by_travel)
    assert [slot.promise.start for slot in asked] == sorted(by_travel)
