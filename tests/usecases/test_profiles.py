"""Availability profiles: one mechanism for peaks, reserves and release, switched by a person, a date or a threshold."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from server.domain.catalogue import Place
from server.domain.commands import NewBlock
from server.domain.errors import IllegalTransition, InUse, InvalidField, NotFound, StaleEtag
from server.domain.ids import encode
from server.domain.opening import Effect, OpeningRule, Recurrence, Subject, SubjectKind
from server.domain.paging import Page
from server.domain.profile import Cause, Profile, TeamShares, Threshold
from server.domain.recurrence import Pattern
from server.domain.series import ClashPolicy
from server.domain.session import Session, SessionState
from server.domain.spans import Span
from server.domain.waiting import NewEntry, WaitingState, Wish
from server.store import tables
from tests.makers.office import HALL
from tests.makers.world import ADVICE, BOSS, CUSTOMER, SATURDAY, STAFF, THURSDAY, World, at, between

SUNDAY = date(2026, 3, 29)
ANNA = Subject(SubjectKind.OFFICER, "anna")


def open_on(day: date, subject: Subject = ANNA) -> OpeningRule:
    after = day + timedelta(days=1)
    return OpeningRule(subject, Effect.OPEN, Recurrence.DATE, time(8), time(12), first=day, after_last=after)


SURGE = Profile(
    "surge",
    "Summer peak",
    rules=(open_on(SUNDAY),),
    shares=(TeamShares("north", keep_for_inspections_percent=0, max_visits_per_day=12),),
)


def keep(world: World, profile: Profile) -> Profile:
    return world.app.profiles.upsert(world.request(BOSS), profile, "")


def activate(world: World, profile: Profile = SURGE) -> Profile:
    return world.app.profiles.activate(world.request(BOSS), profile.code, "the heat")


def deactivate(world: World, profile: Profile = SURGE) -> Profile:
    return world.app.profiles.deactivate(world.request(BOSS), profile.code, "it rains")


def audits(world: World) -> list[tuple[str, str, str, str]]:
    rows = [row for row in world.rows(tables.audit) if row.subject.startswith("profiles/")]
    return [(row.action, row.actor, row.detail["cause"], row.detail["why"]) for row in rows]


def shares(world: World) -> tuple[int, int, int]:
    team = world.app.organisation.get_team(BOSS, "north")
    return team.keep_for_inspections_percent, team.keep_for_bookings_percent, team.max_visits_per_day


@pytest.fixture
def shared(world: World) -> World:
    changes = {"keep_for_inspections_percent": 40, "max_visits_per_day": 3}
    world.app.organisation.update_team(world.request(BOSS), "north", changes)
    return world


def test_activating_raises_capacity_and_deactivating_restores_it_both_audited(shared: World) -> None:
    """D07."""
    keep(shared, SURGE)
    sunday = between(SUNDAY, 8, 12)
    assert not shared.search(ADVICE.code, sunday)
    activate(shared)
    assert shared.search(ADVICE.code, sunday)
    assert shares(shared) == (0, 0, 12)
    deactivate(shared)
    assert not shared.search(ADVICE.code, sunday)
    assert shares(shared) == (40, 0, 3)
    assert not shared.rows(tables.opening_rule)
    assert audits(shared) == [
        ("profile.changed", BOSS.principal, "PERSON", ""),
        ("profile.activated", BOSS.principal, "PERSON", "the heat"),
        ("profile.deactivated", BOSS.principal, "PERSON", "it rains"),
    ]


def test_activating_plans_anew(shared: World) -> None:
    """D07."""
    keep(shared, replace(SURGE, replan_days=2))
    activate(shared)
    runs = sorted(row.day for row in shared.rows(tables.operation))
    assert runs == [THURSDAY, THURSDAY + timedelta(days=1)]


def test_a_date_switches_it_on_and_off(world: World) -> None:
    period = Span(world.clock() + timedelta(hours=1), world.clock() + timedelta(hours=3))
    keep(world, replace(SURGE, period=period))
    assert world.app.profile_switch.look() == 0
    world.clock.forward(hours=1)
    assert world.app.profile_switch.look() == 1
    assert world.app.profile_switch.look() == 0
    found = world.app.profiles.get(BOSS, "surge")
    assert found.standing is not None
    assert found.standing.cause is Cause.DATE
    world.clock.forward(hours=2)
    assert world.app.profile_switch.look() == 1
    assert not world.app.profiles.get(BOSS, "surge").is_active
    assert [line[:3] for line in audits(world)[1:]] == [
        ("profile.activated", "system", "DATE"),
        ("profile.deactivated", "system", "DATE"),
    ]


def wait(world: World, site: int) -> str:
    wish = Wish(Span(world.clock(), at(SUNDAY, 23)))
    new = NewEntry(ADVICE.code, world.premises[site].id, wish, CUSTOMER)
    return world.app.waiting.join(world.request(STAFF), new).entry.name


def without_time(world: World) -> World:
    """Leave nobody with food skills any time before Sunday."""
    for officer in ("anna", "ben"):
        world.absent(officer, Span(world.clock(), at(SUNDAY, 0)))
    return world


def test_who_waits_opens_the_reserve_and_is_served_from_it(world: World) -> None:
    """C09, D08: two wait, the threshold is two; the audit says why."""
    without_time(world)
    keep(world, replace(SURGE, threshold=Threshold(ADVICE.code, waiting=2)))
    names = [wait(world, 1)]
    assert world.app.profile_switch.look() == 0
    names.append(wait(world, 2))
    assert world.app.profile_switch.look() == 1
    assert audits(world)[-1] == (
        "profile.activated",
        "system",
        "THRESHOLD",
        "2 wait for services/advice, the threshold is 2",
    )
    assert world.app.waiting_offers.sweep() == 2
    states = {world.app.waiting.get(STAFF, name).entry.state for name in names}
    assert states == {WaitingState.OFFERED}


def test_a_threshold_counts_days_without_a_slot(world: World) -> None:
    without_time(world)
    threshold = Threshold(ADVICE.code, no_slot_within_days=3, premises=world.premises[1].id)
    keep(world, replace(SURGE, threshold=threshold))
    assert world.app.profile_switch.look() == 1
    assert audits(world)[-1][3] == "no slot of services/advice begins within 3 days"


def test_what_a_threshold_opened_stays_while_promises_stand_in_it(world: World) -> None:
    without_time(world)
    keep(world, replace(SURGE, threshold=Threshold(ADVICE.code, waiting=1, stay_hours=1)))
    name = wait(world, 1)
    world.app.profile_switch.look()
    world.app.waiting_offers.sweep()
    booking = world.app.waiting.accept(world.request(STAFF), name).booking
    assert world.app.profile_switch.look() == 0, "it stays for an hour"
    world.clock.forward(hours=2)
    assert world.app.profile_switch.look() == 0, "a promise stands in its hours"
    world.cancel(booking)
    assert world.app.profile_switch.look() == 1
    assert not world.app.profiles.get(BOSS, "surge").is_active
    assert not world.rows(tables.repair)


def test_a_person_outranks_the_trigger_until_it_comes_again(world: World) -> None:
    without_time(world)
    keep(world, replace(SURGE, threshold=Threshold(ADVICE.code, waiting=1)))
    name = wait(world, 1)
    world.app.profile_switch.look()
    deactivate(world)
    assert world.app.profile_switch.look() == 0
    world.app.waiting.leave(world.request(STAFF), name, "")
    assert world.app.profile_switch.look() == 0
    wait(world, 2)
    assert world.app.profile_switch.look() == 1


def test_what_a_person_switched_on_stays_on(world: World) -> None:
    keep(world, replace(SURGE, period=Span(world.clock() - timedelta(days=2), world.clock() - timedelta(days=1))))
    activate(world)
    assert world.app.profile_switch.look() == 0
    assert world.app.profiles.get(BOSS, "surge").is_active


def reserve_session(world: World) -> Session:
    clinic = replace(ADVICE, code="clinic", place=Place.OFFICE, locations=(HALL.code,), capacity=4)
    with world.app.store.begin() as tx:
        tx.resources.save_location(HALL)
        tx.services.upsert(clinic)
    pattern = Pattern(datetime.combine(THURSDAY, time(9)), "Europe/Helsinki")
    block = NewBlock(clinic.code, pattern, 60, 4, ClashPolicy.ALL_OR_NOTHING, HALL.code, ("anna",))
    return world.app.blocks.create(world.request(BOSS), block).sessions[0].session


def state_of(world: World, session: Session) -> SessionState:
    with world.app.store.begin() as tx:
        return tx.sessions.some([session.id])[session.id].state


def test_reserve_sessions_open_with_the_profile_and_close_with_it(world: World) -> None:
    """C09."""
    session = reserve_session(world)
    reserve = Profile("reserve", "Reserve", reserve=(session.id,))
    keep(world, reserve)
    assert state_of(world, session) is SessionState.CLOSED
    activate(world, reserve)
    assert state_of(world, session) is SessionState.OPEN
    deactivate(world, reserve)
    assert state_of(world, session) is SessionState.CLOSED
    world.app.profiles.delete(world.request(BOSS), "reserve", "")
    assert state_of(world, session) is SessionState.OPEN


def test_two_active_profiles_never_change_the_same(shared: World) -> None:
    keep(shared, SURGE)
    other = replace(SURGE, code="other", rules=())
    keep(shared, other)
    activate(shared)
    with pytest.raises(InUse, match="profiles/surge is active and changes teams/north too"):
        activate(shared, other)
    assert shares(shared) == (0, 0, 12)
    assert not shared.app.profiles.get(BOSS, "other").is_active


def test_what_cannot_be_is_refused_and_changes_nothing(shared: World) -> None:
    kept = keep(shared, SURGE)
    before = audits(shared)
    with pytest.raises(IllegalTransition, match="not active"):
        deactivate(shared)
    with pytest.raises(StaleEtag):
        shared.app.profiles.upsert(shared.request(BOSS), SURGE, "v7")
    with pytest.raises(NotFound, match="teams/south"):
        keep(shared, replace(SURGE, shares=(TeamShares("south", 1),)))
    with pytest.raises(NotFound, match="officers/nobody"):
        keep(shared, replace(SURGE, rules=(open_on(SATURDAY, Subject(SubjectKind.OFFICER, "nobody")),)))
    with pytest.raises(InvalidField, match=encode(77)):
        keep(shared, replace(SURGE, reserve=(77,)))
    with pytest.raises(InvalidField, match="asks for nothing"):
        Threshold(ADVICE.code)
    with pytest.raises(InvalidField, match="percent"):
        keep(shared, replace(SURGE, shares=(TeamShares("north", keep_for_bookings_percent=70),)))
    assert audits(shared) == before
    assert shared.app.profiles.list(BOSS, Page(10)).items == (kept,)
    activate(shared)
    with pytest.raises(IllegalTransition, match="active already"):
        activate(shared)
    with pytest.raises(InUse):
        keep(shared, SURGE)
    with pytest.raises(InUse):
        shared.app.profiles.delete(shared.request(BOSS), "surge", "")
