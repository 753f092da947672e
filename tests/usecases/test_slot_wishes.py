"""What a search can ask for: times of day, a language, a patch, limits; and what it says when it finds nothing."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.domain import local_time
from server.domain.catalogue import PromiseKind, Service
from server.domain.commands import PreferredTime, SlotOrder, SlotQuery
from server.domain.errors import NoOfficer, SlotTaken
from server.domain.organisation import SkillGrant
from server.domain.slot_answer import SlotAnswer, WhyEmpty
from server.domain.spans import Span
from server.store import tables
from tests.makers.office import DESK, HALL, open_office
from tests.makers.world import (
    ADVICE,
    BOSS,
    CALL,
    FRIDAY,
    HELSINKI,
    INSPECTION,
    MONDAY,
    SATURDAY,
    STAFF,
    THURSDAY,
    World,
    at,
    between,
)

WEEK = Span(at(THURSDAY, 0), at(MONDAY, 24 % 24) + timedelta(days=1))
AFTERNOON = PreferredTime(frozenset({4, 5}), time(13), time(15))
EVER = date(9999, 12, 31)


def answer(world: World, service: str = ADVICE.code, span: Span = WEEK, site: int = 0, **how: Any) -> SlotAnswer:
    """Search as staff."""
    return world.app.slots.answer(STAFF, SlotQuery(service, world.site(site, service), span, **{"limit": 200, **how}))


def grant(world: World, officer: str, skill: str, start: date, end: date = EVER) -> None:
    """Give an officer a skill for a period."""
    world.app.organisation.grant_skill(world.request(BOSS), SkillGrant(officer, skill, 1, start, end))


def team(world: World, **shares: int) -> None:
    """Change the team's shares and limit."""
    world.app.organisation.update_team(world.request(BOSS), "north", shares)


@pytest.mark.parametrize("minutes", [15, 30, 37, 60, 90])
def test_a_slot_lasts_as_long_as_the_option_that_was_chosen(world: World, minutes: int) -> None:
    """A05, A06."""
    offer = replace(ADVICE, code="options", step_minutes=5, duration_options=(15, 37, 60, 90))
    world.app.catalogue.upsert(world.request(BOSS), offer)
    first = answer(world, "options", between(THURSDAY, 8, 9), officer="anna", duration_minutes=minutes).slots[0]
    last = answer(world, "options", between(THURSDAY, 12, 16), officer="anna", duration_minutes=minutes).slots[-1]
    day = world.day("anna", THURSDAY)
    assert first.promise.start >= day.span.start
    assert last.promise.start + timedelta(minutes=minutes) <= day.span.end


def test_only_preferred_times_are_offered(world: World) -> None:
    """B16, C10: Thursday and Friday afternoon; half-open, by the local clock."""
    found = [slot.promise.start.astimezone(HELSINKI) for slot in answer(world, preferred=(AFTERNOON,)).slots]
    assert {moment.date() for moment in found} == {THURSDAY, FRIDAY}
    assert (min(moment.time() for moment in found), max(moment.time() for moment in found)) == (time(13), time(14, 30))


@pytest.mark.parametrize(
    ("how", "why", "earliest"),
    [
        ({"preferred": (PreferredTime(frozenset({7})),), "span": between(THURSDAY, 8, 16)}, WhyEmpty.PREFERRED_TIMES, None),
        ({"span": between(SATURDAY, 8, 16)}, WhyEmpty.NOBODY_WORKS, MONDAY),
        ({"span": between(date(2027, 3, 25), 8, 16)}, WhyEmpty.BOOKING_PERIOD, None),
        ({"language": "sv"}, WhyEmpty.LANGUAGE, None),
        ({"same_patch": True}, WhyEmpty.PATCH, None),
    ],
)
def test_an_empty_answer_says_why_and_when_the_next_slot_is(
    world: World, how: dict[str, Any], why: WhyEmpty, earliest: date | None
) -> None:
    """B16, D08."""
    found = answer(world, **how)
    assert (found.slots, found.why_empty, found.earliest) == ((), why, earliest)


def test_a_day_that_is_taken_says_so_and_names_the_next(world: World) -> None:
    """D08."""
    for officer in ("anna", "ben"):
        world.absent(officer, between(THURSDAY, 8, 16))
    found = answer(world, span=between(THURSDAY, 8, 16))
    assert (found.why_empty, found.earliest) == (WhyEmpty.ALL_TAKEN, FRIDAY)


def test_a_room_that_is_taken_is_the_reason(world: World) -> None:
    open_office(world)
    while slots := answer(world, DESK.code, between(THURSDAY, 10, 11), location=HALL.code).slots:
        choice = replace(world.choice(DESK.code, slots[0].promise.start), premises=0, location=HALL.code)
        world.app.holds.create(world.request(), choice, 0)
    assert answer(world, DESK.code, between(THURSDAY, 10, 11), location=HALL.code).why_empty in {
        WhyEmpty.ROOMS,
        WhyEmpty.ALL_TAKEN,
    }


def test_whoever_leads_speaks_the_language(world: World) -> None:
    """B16."""
    grant(world, "ben", "lang-sv", THURSDAY)
    assert {slot.officer for slot in answer(world, language="sv").slots} == {"ben"}
    choice = replace(world.choice(ADVICE.code, at(THURSDAY, 9)), language="sv")
    hold = world.app.holds.create(world.request(), choice, 0)
    assert any(stop.hold == hold.id for stop in world.day("ben", THURSDAY).stops)


def test_a_skill_counts_on_the_date_of_the_work(world: World) -> None:
    """Cleo may inspect food on Friday only: neither the day before nor the day of the search matters."""
    grant(world, "cleo", "food", FRIDAY, SATURDAY)
    found = answer(world, officer="cleo").slots
    assert {local_time.local_date(slot.promise.start, HELSINKI) for slot in found} == {FRIDAY}
    assert world.book(ADVICE.code, found[0].promise.start, officer="cleo").officers == ("cleo",)
    with pytest.raises((SlotTaken, NoOfficer)):
        world.book(ADVICE.code, at(THURSDAY, 9), officer="cleo")


def test_the_patchs_officers_alone_are_asked(world: World) -> None:
    """C14."""
    with world.engine.begin() as connection:
        area = "MULTIPOLYGON(((24 60,25 60,25 61,24 61,24 60)))"
        values = {"name": "Centre", "area": sa.func.ST_GeogFromText(area)}
        patch = connection.execute(sa.insert(tables.patch).values(**values).returning(tables.patch.c.id)).scalar_one()
        connection.execute(sa.update(tables.premises).values(patch_id=patch))
        connection.execute(sa.update(tables.officer).where(tables.officer.c.code == "ben").values(patch_id=patch))
    assert {slot.officer for slot in answer(world, same_patch=True).slots} == {"ben"}
    assert (answer(world, same_patch=True).slots[0].available_officers, answer(world).slots[0].available_officers) == (1, 2)


def test_nobody_gets_more_visits_a_day_than_the_team_allows(world: World) -> None:
    """D06: the third of at most two is neither offered nor booked; the next day still is."""
    team(world, max_visits_per_day=2)
    for hour in (9, 12):
        world.book(ADVICE.code, at(THURSDAY, hour), officer="anna")
    assert not answer(world, span=between(THURSDAY, 8, 16), officer="anna").slots
    assert not answer(world, CALL.code, between(THURSDAY, 8, 16), officer="anna").slots
    for service in (ADVICE, CALL):
        with pytest.raises(SlotTaken):
            world.book(service.code, at(THURSDAY, 14), officer="anna")
    assert answer(world, span=between(FRIDAY, 8, 16), officer="anna").slots
    assert answer(world, span=between(THURSDAY, 8, 16)).slots[0].available_officers == 1


def test_bookings_leave_the_share_of_inspections_alone(world: World) -> None:
    """Three quarters of eight hours are kept: two hours can be promised, so three times half an hour and a walk in."""
    team(world, keep_for_inspections_percent=75)
    for hour in (8, 10, 12):
        start = next(s.promise.start for s in answer(world, span=between(THURSDAY, hour, 16), officer="anna").slots)
        world.book(ADVICE.code, start, officer="anna")
    assert not answer(world, span=between(THURSDAY, 8, 16), officer="anna").slots
    with pytest.raises(SlotTaken):
        world.book(ADVICE.code, at(THURSDAY, 15), officer="anna")
    assert answer(world, span=between(FRIDAY, 8, 16), officer="anna").slots


def test_booking_one_reduces_the_count_by_one(world: World) -> None:
    """B05."""
    nine = between(THURSDAY, 9, 10)
    before = answer(world, span=nine).slots[0]
    world.book(ADVICE.code, before.promise.start)
    assert (before.available_officers, answer(world, span=nine).slots[0].available_officers) == (2, 1)


def test_an_officer_who_became_busy_is_not_among_the_choices(world: World) -> None:
    """B06."""
    world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")
    assert at(THURSDAY, 9) not in {slot.promise.start for slot in answer(world, officer="anna").slots}
    with pytest.raises(SlotTaken) as taken:
        world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")
    assert len(taken.value.alternatives) >= 3


def test_slots_near_an_officers_other_visits_come_first(world: World) -> None:
    """C14: where somebody is next door already, a visit costs less travel."""
    world.book(ADVICE.code, at(FRIDAY, 10), site=4, officer="anna")
    exact = Service("near", "Near", 30, ((("food", 1),),), ADVICE.place, PromiseKind.EXACT, 30, public=True)
    world.app.catalogue.upsert(world.request(BOSS), exact)
    best = answer(world, "near", site=4, order=SlotOrder.LEAST_TRAVEL).slots[0]
    assert (best.officer, local_time.local_date(best.promise.start, HELSINKI), best.extra_travel_s) == ("anna", FRIDAY, 0)


def test_the_earliest_windows_are_those_of_the_whole_interval(world: World) -> None:
    """Dates are read a few at a time; the answer does not show it."""
    whole = answer(world, INSPECTION.code).slots
    for limit in (1, 3, 10):
        some = answer(world, INSPECTION.code, limit=limit)
        assert (some.slots, some.truncated) == (whole[:limit], limit < len(whole))
