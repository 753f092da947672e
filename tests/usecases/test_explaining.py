"""Why a time is not offered: every rule once, and never at odds with the search."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from server.domain.booking import BookingState
from server.domain.commands import SlotChoice
from server.domain.explanation import Obstacle, Rule, SlotExplanation
from server.domain.organisation import SkillGrant
from server.domain.spans import Span
from server.store import tables
from tests.makers.office import DESK, HALL, open_office
from tests.makers.world import (
    ADVICE,
    BOSS,
    CALL,
    FRIDAY,
    INSPECTION,
    NIGHT,
    NOW,
    PLANNED_AHEAD,
    SATURDAY,
    STAFF,
    THURSDAY,
    World,
    at,
    between,
    settle,
)
from tests.usecases.test_displacement import narrowed

NINE = at(THURSDAY, 9)


def explained(world: World, service: str, start: datetime, site: int = 0, **how: Any) -> SlotExplanation:
    """Ask why."""
    return world.app.slots.explain(STAFF, SlotChoice(service, world.site(site, service), start, **how))


def rule(world: World, service: str, start: datetime, officer: str = "anna", site: int = 0) -> Obstacle:
    """Return the one thing that stands in one officer's way."""
    found = explained(world, service, start, site, officer=officer)
    assert not found.offered
    ((one,),) = [reasons.obstacles for reasons in found.officers]
    return one


def general(found: SlotExplanation) -> list[Rule]:
    return [one.rule for one in found.obstacles]


def test_a_free_time_is_offered_and_says_who_could(world: World) -> None:
    found = explained(world, ADVICE.code, NINE)
    assert found.offered
    assert [one.officer for one in found.officers if one.can] == ["anna", "ben"]


def test_a_start_beside_the_grid_names_the_nearest_one(world: World) -> None:
    found = explained(world, ADVICE.code, NINE + timedelta(minutes=10))
    assert general(found) == [Rule.OFF_GRID]
    assert (found.obstacles[0].needs, found.obstacles[0].nearest) == (30, NINE)


def test_a_start_before_the_notice_or_behind_the_horizon_is_refused_for_everybody(world: World) -> None:
    """D04, D05."""
    soon = explained(world, PLANNED_AHEAD.code, NINE)
    assert general(soon) == [Rule.NOTICE]
    assert soon.obstacles[0].nearest == NOW + timedelta(hours=36)
    assert general(explained(world, PLANNED_AHEAD.code, NINE + timedelta(days=20))) == [Rule.HORIZON]


def test_a_missing_skill_and_a_missing_language_say_what_is_needed(world: World) -> None:
    one = rule(world, NIGHT.code, NINE)
    assert (one.rule, one.code, one.needs, one.has) == (Rule.SKILL, "noise", 1, 0)
    grant = SkillGrant("ben", "lang-sv", 1, THURSDAY, FRIDAY)
    world.app.organisation.grant_skill(world.request(BOSS), grant)
    found = explained(world, ADVICE.code, NINE, language="sv")
    reasons = {one.officer: [each.rule for each in one.obstacles] for one in found.officers}
    assert found.offered
    assert reasons == {"ben": [], "anna": [Rule.LANGUAGE], "cleo": [Rule.SKILL, Rule.LANGUAGE]}


def test_who_does_not_work_then_says_when_they_do(world: World) -> None:
    assert rule(world, ADVICE.code, at(SATURDAY, 9)).rule is Rule.NO_SHIFT
    late = rule(world, ADVICE.code, at(THURSDAY, 17))
    assert (late.rule, late.busy) == (Rule.OUTSIDE_SHIFT, between(THURSDAY, 8, 16))


def test_an_absence_and_a_closure_say_from_when_until_when(world: World) -> None:
    world.absent("anna", between(THURSDAY, 8, 12))
    one = rule(world, ADVICE.code, NINE)
    assert (one.rule, one.busy) == (Rule.ABSENT, between(THURSDAY, 8, 12))
    assert one.nearest is not None
    assert one.nearest >= at(THURSDAY, 12)


def test_somebody_who_is_busy_says_with_what_but_not_for_whom(world: World) -> None:
    world.book(ADVICE.code, NINE, officer="anna")
    one = rule(world, ADVICE.code, NINE)
    assert (one.rule, one.code) == (Rule.BUSY, "booking")
    assert one.busy is not None
    assert one.busy.start < NINE + timedelta(minutes=30)
    assert "Aino" not in one.text
    assert one.nearest is not None
    world.book(ADVICE.code, one.nearest, officer="anna")


def test_a_way_that_takes_too_long_says_how_many_seconds_are_missing(world: World) -> None:
    first = rule(world, ADVICE.code, at(THURSDAY, 8), site=4)
    assert first.rule is Rule.TRAVEL
    assert first.nearest is not None
    assert first.nearest > at(THURSDAY, 8)
    last = rule(world, ADVICE.code, at(THURSDAY, 15, 30), site=4)
    assert last.rule is Rule.TRAVEL
    assert 0 < last.missing_s < 1800
    world.book(ADVICE.code, NINE, site=0, officer="anna")
    near = rule(world, ADVICE.code, at(THURSDAY, 9, 30), site=4)
    assert near.rule in {Rule.TRAVEL, Rule.BUSY}


def test_a_limit_and_a_share_say_how_much_there_may_be(world: World) -> None:
    """D06."""
    world.book(ADVICE.code, NINE, officer="anna")
    world.app.organisation.update_team(world.request(BOSS), "north", {"max_visits_per_day": 1})
    one = rule(world, ADVICE.code, at(THURSDAY, 13))
    assert (one.rule, one.needs) == (Rule.VISIT_LIMIT, 1)
    shares = {"max_visits_per_day": 0, "keep_for_inspections_percent": 90}
    world.app.organisation.update_team(world.request(BOSS), "north", shares)
    one = rule(world, ADVICE.code, at(THURSDAY, 13))
    assert (one.rule, one.needs) == (Rule.SHARE, 10)


def test_a_room_that_is_taken_is_named_by_its_category(world: World) -> None:
    open_office(world)
    start = at(THURSDAY, 10)
    choice = SlotChoice(DESK.code, 0, start, location=HALL.code)
    for _ in range(2):
        found = world.app.slots.explain(STAFF, choice)
        if not found.offered:
            break
        world.app.holds.create(world.request(), choice, 0)
    assert Rule.ROOM in general(world.app.slots.explain(STAFF, choice))
    assert world.app.slots.explain(STAFF, choice).obstacles[0].code in {need.category for need in DESK.resources}


def test_a_crew_that_cannot_start_together_is_a_reason_of_its_own(world: World) -> None:
    """L03."""
    pair = replace(ADVICE, code="pair", crew=((("food", 1),), (("noise", 1),)))
    world.app.catalogue.upsert(world.request(BOSS), pair)
    assert explained(world, "pair", at(THURSDAY, 10)).offered
    world.absent("cleo", between(THURSDAY, 9, 12))
    found = explained(world, "pair", at(THURSDAY, 10))
    assert (found.offered, general(found)) == (False, [Rule.CREW])


def test_a_planned_visit_that_would_give_way_is_told(world: World) -> None:
    narrowed(world)
    (anna,) = explained(world, ADVICE.code, NINE, officer="anna").officers
    assert (anna.can, anna.displacing) == (True, True)


STEPS = st.sampled_from(("book anna", "book ben", "absent", "limit", "share", "plan", "cancel"))


@seed(21)
@settings(max_examples=12, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=6), st.data())
def test_it_is_offered_if_and_only_if_the_search_offers_it(world: World, steps: list[str], data: st.DataObject) -> None:
    settle(world)
    for step in steps:
        _do(world, step, data)
    service = data.draw(st.sampled_from((ADVICE, INSPECTION, CALL)))
    officer = data.draw(st.sampled_from(("", "anna", "ben")))
    offered = {slot.promise.start for slot in world.search(service.code, between(THURSDAY, 7, 17), 2, officer=officer)}
    for minutes in range(0, 600, 15):
        start = at(THURSDAY, 7) + timedelta(minutes=minutes)
        found = explained(world, service.code, start, 2, officer=officer)
        assert found.offered == (start in offered), (start, found)
        assert found.offered or found.obstacles or all(one.obstacles for one in found.officers)


def _do(world: World, step: str, data: st.DataObject) -> None:
    hour = data.draw(st.integers(8, 14))
    team = world.app.organisation.update_team
    if step.startswith("book"):
        who = step.split()[1]
        free = world.search(ADVICE.code, between(THURSDAY, hour, 16), 1, officer=who)
        if free:
            world.book(ADVICE.code, free[0].promise.start, 1, officer=who)
    elif step == "absent":
        world.absent("anna", Span(at(THURSDAY, hour), at(THURSDAY, hour + 1)))
    elif step == "limit":
        team(world.request(BOSS), "north", {"max_visits_per_day": 2})
    elif step == "share":
        team(world.request(BOSS), "north", {"keep_for_inspections_percent": 80})
    elif step == "plan" and not any(stop.visit for stop in world.day("ben", THURSDAY).stops):
        world.planned("ben", THURSDAY, max(hour, 9), 3)
    elif step == "cancel":
        for row in world.rows(tables.booking)[:1]:
            if row.state == BookingState.CONFIRMED.value:
                with world.app.store.begin() as tx:
                    booking = tx.bookings.some([row.id])[row.id]
                world.cancel(booking)
