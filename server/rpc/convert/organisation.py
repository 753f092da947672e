"""Teams, officers, shifts."""

from __future__ import annotations

from datetime import date

from fieldwork.v1 import organisation_pb2 as pb

from server.domain.errors import InvalidField
from server.domain.organisation import Officer, Shift, SkillGrant, Team
from server.rpc.convert.common import MODES, latlng, skill_messages
from server.rpc.convert.names import code
from server.rpc.convert.times import date_message, interval, local_date

CHANGEABLE = ("keep_for_inspections_percent", "keep_for_bookings_percent", "max_visits_per_day")


def team_message(team: Team) -> pb.Team:
    """Return a team as a message."""
    return pb.Team(
        name=f"teams/{team.code}",
        display_name=team.name,
        time_zone=team.zone,
        keep_for_inspections_percent=team.keep_for_inspections_percent,
        keep_for_bookings_percent=team.keep_for_bookings_percent,
        max_visits_per_day=team.max_visits_per_day,
    )


def team_changes(message: pb.UpdateTeamRequest) -> dict[str, int]:
    """Return the new values by mask path; refuses a mask that is empty or names anything else."""
    paths = list(message.update_mask.paths)
    if not paths or any(path not in CHANGEABLE for path in paths):
        raise InvalidField.of("update_mask", f"names {paths or 'nothing'}: only {', '.join(CHANGEABLE)} can change")
    return {path: getattr(message.team, path) for path in paths}


def skill_grant(message: pb.GrantSkillRequest) -> SkillGrant:
    """Return the skill to give; a date that is not set is as far off as dates go."""
    return SkillGrant(
        officer=code(message.officer),
        skill=message.skill.skill,
        level=message.skill.level,
        valid_from=local_date(message.valid_from) if message.HasField("valid_from") else date.min,
        valid_until=local_date(message.valid_until) if message.HasField("valid_until") else date.max,
    )


def officer_message(officer: Officer) -> pb.Officer:
    """Return an officer as a message."""
    return pb.Officer(
        name=f"officers/{officer.code}",
        display_name=officer.name,
        team=f"teams/{officer.team}",
        skills=skill_messages(officer.skills.items()),
        travel_mode=MODES[officer.mode],
        base=latlng(officer.base),
    )


def shift_message(shift: Shift) -> pb.Shift:
    """Return a shift as a message."""
    return pb.Shift(date=date_message(shift.day), span=interval(shift.span), stop_count=shift.stop_count)
