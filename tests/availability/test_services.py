"""Opening, facts, repairs and resources as clients see them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fieldwork.v1 import availability_pb2, bookings_pb2, facts_pb2, opening_pb2, resources_pb2
from google.protobuf.field_mask_pb2 import FieldMask
from google.type.date_pb2 import Date
from google.type.dayofweek_pb2 import MONDAY
from google.type.interval_pb2 import Interval
from google.type.latlng_pb2 import LatLng
from google.type.timeofday_pb2 import TimeOfDay

from clients.python.refusal import CallRefused
from server.domain.caller import Role
from server.domain.spans import Span
from server.rpc.convert.times import interval
from tests.availability.conftest import As
from tests.makers.world import ADVICE, CALL, NOW, THURSDAY, World, at, between

ADMINISTRATOR, PARTNER, OFFICER = Role.BOOKING_ADMINISTRATOR, Role.PARTNER, Role.OFFICER
RULE = opening_pb2.AvailabilityRule
MONDAYS = RULE(
    subject="officers/anna",
    effect=RULE.EFFECT_OPEN,
    start_time=TimeOfDay(hours=9),
    end_time=TimeOfDay(hours=12),
    weekdays=[MONDAY],
)
EIGHT_WEEKS = interval(Span(at(date(2026, 4, 7), 0), at(date(2026, 5, 24), 0)))
HALL = resources_pb2.Location(
    name="locations/hall",
    display_name="Hall",
    position=LatLng(latitude=60.17, longitude=24.94),
    time_zone="Europe/Helsinki",
    features=["step-free"],
)
ROOM = resources_pb2.Resource(
    name="resources/room-1",
    display_name="Room 1",
    kind=resources_pb2.Resource.KIND_ROOM,
    category="room",
    location="locations/hall",
)


def rule(**changes: object) -> opening_pb2.AvailabilityRule:
    made = RULE()
    made.CopyFrom(MONDAYS)
    for name, value in changes.items():
        made.ClearField(name)  # type: ignore[arg-type]
        made.MergeFrom(RULE(**{name: value}))  # type: ignore[arg-type]
    return made


def starts(calling: As, asked: Interval = EIGHT_WEEKS) -> list[str]:
    """Return the local times at which Anna is offered, e.g. "Mon 09:00"."""
    found = calling(ADMINISTRATOR).bookings.SearchSlots(
        bookings_pb2.SearchSlotsRequest(
            service=f"services/{CALL.code}", interval=asked, officer="officers/anna", page_size=200
        )
    )
    zone = at(THURSDAY, 0).astimezone().tzinfo
    assert zone is not None
    return [slot.promise.start_time.ToDatetime().strftime("%a %H:%M") for slot in found.slots]


def test_a_weekly_rule_is_made_read_changed_and_taken_back(calling: As) -> None:
    """C01, C05, AF04."""
    staff = calling(ADMINISTRATOR).availability
    made = staff.CreateAvailabilityRule(opening_pb2.CreateAvailabilityRuleRequest(availability_rule=MONDAYS))
    assert set(starts(calling)) == {f"Mon {hour:02}:{minute:02}" for hour in (6, 7, 8) for minute in (0, 15, 30, 45)}
    assert staff.GetAvailabilityRule(opening_pb2.GetAvailabilityRuleRequest(name=made.name)) == made
    listed = staff.ListAvailabilityRules(opening_pb2.ListAvailabilityRulesRequest(subject="officers/anna"))
    assert list(listed.availability_rules) == [made]
    assert not staff.ListAvailabilityRules(opening_pb2.ListAvailabilityRulesRequest(subject="authority")).availability_rules
    shorter = RULE(name=made.name, etag=made.etag, end_time=TimeOfDay(hours=10))
    update = opening_pb2.UpdateAvailabilityRuleRequest(availability_rule=shorter, update_mask=FieldMask(paths=["end_time"]))
    changed = staff.UpdateAvailabilityRule(update)
    assert (changed.start_time.hours, changed.end_time.hours) == (9, 10)
    assert {start.split()[1][:2] for start in starts(calling)} == {"06"}
    with pytest.raises(CallRefused) as stale:
        staff.UpdateAvailabilityRule(
            opening_pb2.UpdateAvailabilityRuleRequest(availability_rule=shorter, update_mask=FieldMask(paths=["end_time"]))
        )
    assert (stale.value.code.name, stale.value.reason) == ("ABORTED", "STALE_ETAG")
    staff.DeleteAvailabilityRule(opening_pb2.DeleteAvailabilityRuleRequest(name=made.name, etag=changed.etag))
    assert starts(calling) == []


def test_a_mask_may_turn_a_rule_of_a_week_into_one_of_dates(calling: As) -> None:
    """C02."""
    staff = calling(ADMINISTRATOR).availability
    made = staff.CreateAvailabilityRule(opening_pb2.CreateAvailabilityRuleRequest(availability_rule=MONDAYS))
    dates = RULE(name=made.name, start_date=Date(year=2026, month=4, day=11), end_date=Date(year=2026, month=4, day=12))
    paths = ["weekdays", "start_date", "end_date"]
    changed = staff.UpdateAvailabilityRule(
        opening_pb2.UpdateAvailabilityRuleRequest(availability_rule=dates, update_mask=FieldMask(paths=paths))
    )
    assert not changed.weekdays
    assert {start[:3] for start in starts(calling)} == {"Sat"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (rule(subject="rooms/1"), "availability_rule.subject"),
        (rule(effect=RULE.EFFECT_UNSPECIFIED), "availability_rule.effect"),
        (rule(start_time=TimeOfDay(hours=25)), "availability_rule.start_time"),
        (rule(end_time=TimeOfDay(hours=24, minutes=1)), "availability_rule.end_time"),
        (rule(end_time=TimeOfDay(hours=9, seconds=1)), "availability_rule.end_time"),
        (rule(weekdays=[MONDAY, MONDAY]), "availability_rule.weekdays"),
        (rule(weekdays=[]), "availability_rule.start_date"),
        (rule(start_date=Date(year=2026, month=2, day=30)), "availability_rule.start_date"),
    ],
)
def test_a_rule_that_can_never_hold_names_the_field(calling: As, wrong: opening_pb2.AvailabilityRule, field: str) -> None:
    with pytest.raises(CallRefused) as refused:
        calling(ADMINISTRATOR).availability.CreateAvailabilityRule(
            opening_pb2.CreateAvailabilityRuleRequest(availability_rule=wrong)
        )
    assert refused.value.reason == "INVALID_FIELD"
    assert [name for name in refused.value.violations if name.startswith(field)]


@pytest.mark.parametrize(("paths", "word"), [([], "empty"), (["subject"], "subject"), (["name"], "name")])
def test_a_mask_names_only_what_can_change(calling: As, paths: list[str], word: str) -> None:
    staff = calling(ADMINISTRATOR).availability
    made = staff.CreateAvailabilityRule(opening_pb2.CreateAvailabilityRuleRequest(availability_rule=MONDAYS))
    request = opening_pb2.UpdateAvailabilityRuleRequest(
        availability_rule=RULE(name=made.name), update_mask=FieldMask(paths=paths)
    )
    with pytest.raises(CallRefused, match=word):
        staff.UpdateAvailabilityRule(request)


def test_anybody_may_read_the_holidays_of_a_year(calling: As) -> None:
    found = calling(Role.PUBLIC).availability.ListHolidays(opening_pb2.ListHolidaysRequest(year=2026))
    assert {(one.date.month, one.date.day) for one in found.holidays} >= {(1, 1), (12, 6), (12, 25)}


def test_another_calendars_busy_time_blocks_replaces_and_goes(calling: As, world: World) -> None:
    """F04, E04, AF06."""
    partner, day = calling(PARTNER).availability, interval(between(THURSDAY, 8, 16))
    known = facts_pb2.Fact(
        subject="officers/anna",
        kind=facts_pb2.Fact.KIND_EXTERNAL_BUSY,
        interval=interval(between(THURSDAY, 9, 15)),
        source="partner",
        external_id="AAMkAD=",
    )
    booked = world.book(CALL.code, at(THURSDAY, 10), officer="anna").booking
    made = partner.UpsertFact(facts_pb2.UpsertFactRequest(fact=known))
    assert (list(made.repairs), list(made.reopened_visits)) == ([], [])  # those are for staff
    opened = calling(ADMINISTRATOR).availability.ListRepairs(availability_pb2.ListRepairsRequest()).repairs
    assert [repair.booking for repair in opened] == [booked.name]
    assert {start[4:6] for start in starts(calling, day)} == {"06", "13"}
    known.interval.CopyFrom(interval(between(THURSDAY, 14, 16)))
    moved = partner.UpsertFact(facts_pb2.UpsertFactRequest(fact=known)).fact
    assert (moved.name, moved.creator) == (made.fact.name, "partner")
    assert {start[4:6] for start in starts(calling, day)} == {"06", "07", "08", "09", "10", "11"}
    officer = calling(OFFICER).availability
    assert officer.GetFact(facts_pb2.GetFactRequest(name=moved.name)) == moved
    assert list(officer.ListFacts(facts_pb2.ListFactsRequest(subject="officers/anna")).facts) == [moved]
    with pytest.raises(CallRefused) as refused:
        officer.ListFacts(facts_pb2.ListFactsRequest())
    assert refused.value.reason == "NOT_YOURS"
    partner.DeleteFact(facts_pb2.DeleteFactRequest(name=moved.name))
    assert len(starts(calling, day)) == 31


def test_a_repair_is_read_with_what_could_be_promised_instead(calling: As, world: World) -> None:
    """C12, F05."""
    world.book(ADVICE.code, at(THURSDAY, 10), officer="anna")
    repair = world.absent("anna", between(THURSDAY, 8, 16)).repairs[0]
    read = calling(Role.CUSTOMER_SERVICE).availability.GetRepair(availability_pb2.GetRepairRequest(name=repair.name))
    assert (read.officer, read.resource, read.owner) == ("officers/anna", "", "BOOKING_ADMINISTRATOR")
    assert len(read.alternatives) >= 3
    assert not read.HasField("escalate_time")
    world.clock.forward(hours=5)
    world.app.repairs.escalate()
    (late,) = calling(Role.MANAGER).availability.ListRepairs(availability_pb2.ListRepairsRequest()).repairs
    assert (late.owner, late.escalate_time.ToDatetime()) == ("MANAGER", (NOW + timedelta(hours=5)).replace(tzinfo=None))


def test_rooms_are_kept_through_the_contract(calling: As) -> None:
    """A07, E01."""
    staff = calling(ADMINISTRATOR).resources
    hall = staff.UpsertLocation(resources_pb2.UpsertLocationRequest(location=HALL))
    room = staff.UpsertResource(resources_pb2.UpsertResourceRequest(resource=ROOM))
    assert (room.seats, room.location) == (1, hall.name)
    public = calling(Role.PUBLIC).resources
    assert public.GetLocation(resources_pb2.GetLocationRequest(name=hall.name)) == hall
    assert list(public.ListLocations(resources_pb2.ListLocationsRequest()).locations) == [hall]
    assert not public.ListLocations(resources_pb2.ListLocationsRequest(service=f"services/{CALL.code}")).locations
    assert staff.GetResource(resources_pb2.GetResourceRequest(name=room.name)) == room
    listed = staff.ListResources(resources_pb2.ListResourcesRequest(location=hall.name, category="room"))
    assert list(listed.resources) == [room]
    with pytest.raises(CallRefused) as used:
        staff.DeleteLocation(resources_pb2.DeleteLocationRequest(name=hall.name))
    assert (used.value.code.name, used.value.reason) == ("FAILED_PRECONDITION", "IN_USE")
    staff.DeleteResource(resources_pb2.DeleteResourceRequest(name=room.name))
    staff.DeleteLocation(resources_pb2.DeleteLocationRequest(name=hall.name))
    assert not public.ListLocations(resources_pb2.ListLocationsRequest()).locations


def test_a_zone_that_does_not_exist_names_its_field(calling: As) -> None:
    wrong = resources_pb2.Location()
    wrong.CopyFrom(HALL)
    wrong.time_zone = "Europe/Helsinky"
    with pytest.raises(CallRefused) as refused:
        calling(ADMINISTRATOR).resources.UpsertLocation(resources_pb2.UpsertLocationRequest(location=wrong))
    assert list(refused.value.violations) == ["location.time_zone"]
