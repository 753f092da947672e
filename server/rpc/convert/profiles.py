"""Availability profiles."""

from __future__ import annotations

from fieldwork.v1 import profiles_pb2 as pb
from fieldwork.v1.opening_pb2 import AvailabilityRule

from server.domain.ids import decode, encode
from server.domain.opening import OpeningRule
from server.domain.profile import Profile, Standing, TeamShares, Threshold
from server.rpc.convert.names import code, number, optional
from server.rpc.convert.opening import rule, rule_message
from server.rpc.convert.times import interval, span, timestamp

SHARES = ("keep_for_inspections_percent", "keep_for_bookings_percent", "max_visits_per_day")
STAY_HOURS = 24


def profile(message: pb.Profile) -> Profile:
    """Return the profile to keep."""
    return Profile(
        code=code(message.name),
        title=message.display_name,
        rules=tuple(rule(one) for one in message.rules),
        shares=tuple(_shares(one) for one in message.team_shares),
        reserve=tuple(decode(name, "session") for name in message.reserve_sessions),
        period=span(message.period) if message.HasField("period") else None,
        threshold=_threshold(message.threshold) if message.HasField("threshold") else None,
        replan_days=message.replan_days,
    )


def _shares(message: pb.Profile.TeamShares) -> TeamShares:
    values = (getattr(message, field) if message.HasField(field) else None for field in SHARES)  # type: ignore[arg-type]
    return TeamShares(code(message.team), *values)


def _threshold(message: pb.Profile.Threshold) -> Threshold:
    return Threshold(
        service=code(message.service),
        waiting=message.waiting_count,
        no_slot_within_days=message.no_slot_within_days,
        premises=number(message.premises),
        location=code(message.location),
        stay_hours=message.stay_hours or STAY_HOURS,
    )


def profile_message(known: Profile) -> pb.Profile:
    """Return a profile as a message."""
    return pb.Profile(
        name=known.name,
        display_name=known.title,
        rules=[_rule_message(one) for one in known.rules],
        team_shares=[_shares_message(one) for one in known.shares],
        reserve_sessions=[f"sessions/{encode(session)}" for session in known.reserve],
        period=interval(known.period) if known.period else None,
        threshold=_threshold_message(known.threshold) if known.threshold else None,
        replan_days=known.replan_days,
        standing=_standing_message(known.standing) if known.standing else None,
        overruled=known.overruled,
        etag=known.etag,
    )


def _rule_message(one: OpeningRule) -> AvailabilityRule:
    message = rule_message(one)
    for field in ("name", "etag"):
        message.ClearField(field)
    return message


def _shares_message(one: TeamShares) -> pb.Profile.TeamShares:
    return pb.Profile.TeamShares(
        team=f"teams/{one.team}",
        keep_for_inspections_percent=one.keep_for_inspections_percent,
        keep_for_bookings_percent=one.keep_for_bookings_percent,
        max_visits_per_day=one.max_visits_per_day,
    )


def _threshold_message(one: Threshold) -> pb.Profile.Threshold:
    return pb.Profile.Threshold(
        service=f"services/{one.service}",
        waiting_count=one.waiting,
        no_slot_within_days=one.no_slot_within_days,
        premises=optional("premises", one.premises),
        location=optional("locations", one.location),
        stay_hours=one.stay_hours,
    )


def _standing_message(one: Standing) -> pb.Profile.Standing:
    cause = pb.Profile.Cause.Value(f"CAUSE_{one.cause.value}")
    return pb.Profile.Standing(cause=cause, actor=one.actor, since_time=timestamp(one.since), reason=one.why)
