"""Teams, officers, shifts."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.errors import NotFound
from server.domain.geography import Position
from server.domain.organisation import Officer, Shift, Team, TravelMode
from server.domain.paging import Listing, Page
from server.store import days, positions
from server.store.paging import listing
from server.store.tables import officer, officer_skill
from server.store.tables import team as _teams

MOST_OFFICERS = 1_000

_skills = (
    sa.select(
        sa.func.coalesce(
            sa.func.jsonb_object_agg(officer_skill.c.skill, officer_skill.c.level),
            sa.text("'{}'::jsonb"),
        )
    )
    .where(
        officer_skill.c.officer_id == officer.c.id,
        officer_skill.c.valid_from <= sa.bindparam("skills_on", type_=sa.Date),
        officer_skill.c.valid_until > sa.bindparam("skills_on", type_=sa.Date),
    )
    .scalar_subquery()
)
_officer = sa.select(
    officer.c.id,
    officer.c.code,
    officer.c.name,
    _teams.c.code.label("team"),
    _teams.c.zone,
    positions.latitude(officer.c.base).label("lat"),
    positions.longitude(officer.c.base).label("lon"),
    officer.c.mode,
    _skills.label("skills"),
).join(_teams, _teams.c.id == officer.c.team_id)


def _team(row: Any) -> Team:
    return Team(row.id, row.code, row.name, row.zone)


def _read_officer(row: Any) -> Officer:
    return Officer(
        row.id, row.code, row.name, row.team, row.zone, Position.of(row.lat, row.lon), TravelMode(row.mode), row.skills
    )


class SqlOrganisation:
    """Reads the organisation; importing writes it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def team(self, code: str) -> Team:
        """Return the team, or refuse."""
        row = self._connection.execute(sa.select(_teams).where(_teams.c.code == code)).one_or_none()
        if row is None:
            raise NotFound(f"there is no team 'teams/{code}'", name=f"teams/{code}")
        return _team(row)

    def teams(self, page: Page) -> Listing[Team]:
        """Return a page by code."""
        return listing(self._connection, sa.select(_teams), page, "teams", [_teams.c.code], _team)

    def officer(self, code: str, day: date) -> Officer:
        """Return the officer with the skills valid on `day`, or refuse."""
        row = self._connection.execute(_officer.where(officer.c.code == code), {"skills_on": day}).one_or_none()
        if row is None:
            raise NotFound(f"there is no officer 'officers/{code}'", name=f"officers/{code}")
        return _read_officer(row)

    def officers(self, page: Page, team: str, day: date) -> Listing[Officer]:
        """Return a page by code, with the skills valid on `day`."""
        query = _officer.params(skills_on=day)
        if team:
            query = query.where(_teams.c.code == team)
        return listing(self._connection, query, page, f"officers {team}", [officer.c.code], _read_officer)

    def everyone(self, day: date, team: str = "") -> list[Officer]:
        """Return at most 1,000 officers with the skills valid on `day`."""
        query = _officer.order_by(officer.c.code).limit(MOST_OFFICERS)
        if team:
            query = query.where(_teams.c.code == team)
        return [_read_officer(row) for row in self._connection.execute(query, {"skills_on": day})]

    def shifts(self, officer: int, start: date, end: date) -> list[Shift]:
        """Return the shifts with start <= day < end, earliest first."""
        found = days.SqlDays(self._connection).search([officer], start, end)
        return [Shift(day.day, day.span, sum(1 for stop in day.stops if stop.visit or stop.hold)) for day in found]
