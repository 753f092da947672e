"""Availability profiles through gRPC."""

from datetime import date

import pytest
from fieldwork.v1 import opening_pb2, organisation_pb2
from fieldwork.v1 import profiles_pb2 as pb
from google.type.timeofday_pb2 import TimeOfDay

from clients.python.refusal import CallRefused
from server.domain.caller import Role
from server.rpc.convert.times import date_message
from tests.demand.conftest import Clients
from tests.makers.world import ADVICE, World, between

SUNDAY = date(2026, 3, 29)
RULE = opening_pb2.AvailabilityRule(
    subject="officers/anna",
    effect=opening_pb2.AvailabilityRule.EFFECT_OPEN,
    start_time=TimeOfDay(hours=8),
    end_time=TimeOfDay(hours=12),
    start_date=date_message(SUNDAY),
    end_date=date_message(date(2026, 3, 30)),
)
SURGE = pb.Profile(
    name="profiles/surge",
    display_name="Summer peak",
    rules=[RULE],
    team_shares=[pb.Profile.TeamShares(team="teams/north", max_visits_per_day=9)],
    threshold=pb.Profile.Threshold(service=f"services/{ADVICE.code}", waiting_count=10, stay_hours=48),
    replan_days=1,
)


def limit(client: Clients) -> int:
    asked = organisation_pb2.GetTeamRequest(name="teams/north")
    return client(Role.MANAGER).organisation.GetTeam(asked).max_visits_per_day


def test_a_manager_switches_what_an_administrator_keeps(world: World, client: Clients) -> None:
    """D07, C09."""
    boss, manager = client(Role.BOOKING_ADMINISTRATOR), client(Role.MANAGER)
    kept = boss.profiles.UpsertProfile(pb.UpsertProfileRequest(profile=SURGE))
    assert (kept.rules[0], kept.team_shares, kept.threshold) == (RULE, SURGE.team_shares, SURGE.threshold)
    on = manager.profiles.ActivateProfile(pb.ActivateProfileRequest(name=kept.name, reason="the heat"))
    assert (on.standing.cause, on.standing.actor, on.standing.reason) == (pb.Profile.CAUSE_PERSON, "manager", "the heat")
    assert limit(client) == 9
    assert world.search(ADVICE.code, between(SUNDAY, 8, 12))
    listed = client(Role.CUSTOMER_SERVICE).profiles.ListProfiles(pb.ListProfilesRequest())
    assert [one.standing.reason for one in listed.profiles] == ["the heat"]
    with pytest.raises(CallRefused, match="IN_USE"):
        boss.profiles.DeleteProfile(pb.DeleteProfileRequest(name=kept.name))
    off = manager.profiles.DeactivateProfile(pb.DeactivateProfileRequest(name=kept.name, reason="rain"))
    assert not off.HasField("standing")
    assert limit(client) == 0
    assert not world.search(ADVICE.code, between(SUNDAY, 8, 12))
    boss.profiles.DeleteProfile(pb.DeleteProfileRequest(name=kept.name))
    with pytest.raises(CallRefused, match="NOT_FOUND"):
        manager.profiles.GetProfile(pb.GetProfileRequest(name=kept.name))


def test_refusals_say_what_to_do(world: World, client: Clients) -> None:
    boss = client(Role.BOOKING_ADMINISTRATOR)
    with pytest.raises(CallRefused, match="ROLE_NOT_ALLOWED"):
        client(Role.MANAGER).profiles.UpsertProfile(pb.UpsertProfileRequest(profile=SURGE))
    empty = pb.Profile(name="profiles/a", display_name="A", threshold=pb.Profile.Threshold(service="services/advice"))
    with pytest.raises(CallRefused, match=r"INVALID_FIELD.*asks for nothing"):
        boss.profiles.UpsertProfile(pb.UpsertProfileRequest(profile=empty))
    boss.profiles.UpsertProfile(pb.UpsertProfileRequest(profile=SURGE))
    with pytest.raises(CallRefused, match="ILLEGAL_TRANSITION"):
        boss.profiles.DeactivateProfile(pb.DeactivateProfileRequest(name=SURGE.name, reason="rain"))
    with pytest.raises(CallRefused, match=r"INVALID_FIELD.*reason"):
        boss.profiles.ActivateProfile(pb.ActivateProfileRequest(name=SURGE.name))
