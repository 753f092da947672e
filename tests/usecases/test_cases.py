"""What other systems tell of their cases (X01, X04)."""

from dataclasses import replace

import pytest

from server.domain.caller import Caller, Role
from server.domain.case import Case, CaseDocument, CaseFilter, CaseState
from server.domain.errors import InvalidField, NotFound, NotYours, StaleEtag
from server.domain.organisation import CaseRef
from server.domain.paging import Page
from tests.makers.world import ADVICE, BOSS, STAFF, THURSDAY, World, at

LICENSING = Caller("licensing-service", Role.PARTNER, system="licensing")
MANAGER = Caller("manager@city", Role.MANAGER)
ANNA = Caller("anna@city", Role.OFFICER, "anna")
OPEN = Case(
    0,
    CaseRef("licensing", "L/17"),
    "licence",
    CaseState.OPEN,
    "Alcohol licence",
    (("Complaint", "Noise after 22"), ("Asked for", "plans of the kitchen")),
    (CaseDocument("d-1", "Application", "https://cases.example/d-1"),),
)


def tell(world: World, case: Case, caller: Caller = LICENSING, etag: str = "") -> Case:
    return world.app.cases.upsert(world.request(caller), case, etag)


def test_a_case_is_told_again_and_keeps_its_name(world: World) -> None:
    """X04: brief and documents come back as they were told."""
    first = tell(world, OPEN)
    assert (first.brief, first.documents, first.title) == (OPEN.brief, OPEN.documents, OPEN.title)
    again = tell(world, replace(OPEN, title="Licence", brief=()), etag=first.etag)
    assert (again.id, again.title, again.brief, again.version) == (first.id, "Licence", (), 2)
    assert world.app.cases.get(LICENSING, first.name) == again
    with pytest.raises(StaleEtag):
        tell(world, OPEN, etag=first.etag)


def test_brief_and_documents_are_for_those_who_prepare(world: World) -> None:
    """X04: access checked by role."""
    case = tell(world, OPEN)
    for reads in (LICENSING, BOSS):
        assert world.app.cases.get(reads, case.name).documents == OPEN.documents
    for does_not in (STAFF, MANAGER):
        told = world.app.cases.get(does_not, case.name)
        assert (told.title, told.brief, told.documents) == (OPEN.title, (), ())
        assert [one.brief for one in world.app.cases.list(does_not, Page(), CaseFilter()).items] == [()]


def test_a_partner_knows_the_cases_of_its_own_system_only(world: World) -> None:
    other = tell(world, replace(OPEN, reference=CaseRef("complaints", "1")), BOSS)
    own = tell(world, OPEN)
    with pytest.raises(NotYours, match="your own system"):
        tell(world, replace(OPEN, reference=CaseRef("complaints", "1")))
    with pytest.raises(NotFound):
        world.app.cases.get(LICENSING, other.name)
    assert [one.name for one in world.app.cases.list(LICENSING, Page(), CaseFilter()).items] == [own.name]
    for asked in (CaseFilter(system="complaints"), CaseFilter(CaseRef("complaints", "1"))):
        with pytest.raises(NotYours):
            world.app.cases.list(LICENSING, Page(), asked)


def test_an_officer_reads_the_cases_of_own_visits(world: World) -> None:
    case = tell(world, replace(OPEN, reference=CaseRef("cases", "17")), BOSS)
    with pytest.raises(NotYours, match="no visit on your routes"):
        world.app.cases.get(ANNA, case.name)
    world.book(ADVICE.code, at(THURSDAY, 9), officer="anna", case="17")
    assert world.app.cases.get(ANNA, case.name).brief == OPEN.brief


def test_cases_are_listed_by_reference_system_and_state(world: World) -> None:
    tell(world, OPEN)
    tell(world, replace(OPEN, reference=CaseRef("licensing", "L/2"), state=CaseState.CLOSED))
    tell(world, replace(OPEN, reference=CaseRef("complaints", "1")), BOSS)

    def listed(**wanted: object) -> list[str]:
        return [
            one.reference.external_id
            for one in world.app.cases.list(BOSS, Page(), CaseFilter(**wanted)).items  # type: ignore[arg-type]
        ]

    assert listed() == ["1", "L/17", "L/2"]
    assert listed(system="licensing") == ["L/17", "L/2"]
    assert listed(state=CaseState.CLOSED) == ["L/2"]
    assert listed(reference=OPEN.reference) == ["L/17"]


def test_a_brief_of_more_than_4_kb_is_refused() -> None:
    replace(OPEN, brief=(("a", "ä" * 2047),))
    with pytest.raises(InvalidField, match="shorten it to 4096"):
        replace(OPEN, brief=(("a", "ä" * 2048),))
