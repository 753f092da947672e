"""Teams, officers, shifts."""

from __future__ import annotations

from fieldwork.v1 import organisation_pb2 as pb

from server.domain.organisation import Officer, Shift, Team
from server.rpc.convert.common import MODES, latlng, skill_messages
from server.rpc.convert.times import date_message, interval


def team_message(team: Team) -> pb.Team:
    """Return a team as a message."""
    return pb.Team(name=f"teams/{team.code}", display_name=team.name, time_zone=team.zone)


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
