"""Teams, officers, shifts."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.errors import NotFound
from server.domain.geography import Position
from server.domain.limits import Limits
from server.domain.organisation import Officer, Shift, Skill, SkillGrant, Team, TravelMode
from server.domain.paging import Listing, Page
from server.store import days, positions
from server.store.paging import listing
from server.store.tables import officer, officer_skill, skill
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
    officer.c.patch_id,
    _teams.c.max_visits_per_day,
    _teams.c.keep_for_inspections_percent,
    _skills.label("skills"),
).join(_teams, _teams.c.id == officer.c.team_id)


def _team(row: Any) -> Team:
    return Team(
        row.id,
        row.code,
        row.name,
        row.zone,
        row.keep_for_inspections_percent,
        row.keep_for_bookings_percent,
        row.max_visits_per_day,
    )


def _skill(row: Any) -> Skill:
    return Skill(row.code, row.name, row.officers)


def _read_officer(row: Any) -> Officer:
    return Officer(
        id=row.id,
        code=row.code,
        name=row.name,
        team=row.team,
        zone=row.zone,
        base=Position.of(row.lat, row.lon),
        mode=TravelMode(row.mode),
        skills=row.skills,
        patch_id=row.patch_id or 0,
        limits=Limits(row.max_visits_per_day, 100 - row.keep_for_inspections_percent),
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

    def save_team(self, team: Team) -> None:
        """Write a team's shares and limit."""
        values = {
            "keep_for_inspections_percent": team.keep_for_inspections_percent,
            "keep_for_bookings_percent": team.keep_for_bookings_percent,
            "max_visits_per_day": team.max_visits_per_day,
        }
        self._connection.execute(sa.update(_teams).where(_teams.c.id == team.id).values(values))

    def grant(self, grant: SkillGrant) -> None:
        """Give an officer a skill for a period; what overlaps is cut back to before its first date, or goes."""
        t = officer_skill
        who = sa.select(officer.c.id).where(officer.c.code == grant.officer).scalar_subquery()
        same = sa.and_(t.c.officer_id == who, t.c.skill == grant.skill, t.c.valid_until > grant.valid_from)
        later = sa.and_(t.c.valid_from >= grant.valid_from, t.c.valid_from < grant.valid_until)
        self._connection.execute(sa.delete(t).where(same, later))
        before = t.c.valid_from < grant.valid_from
        self._connection.execute(sa.update(t).where(same, before).values(valid_until=grant.valid_from))
        values = {"level": grant.level, "valid_from": grant.valid_from, "valid_until": grant.valid_until}
        self._connection.execute(sa.insert(t).values(officer_id=who, skill=grant.skill, **values))

    def save_skill(self, new: Skill) -> None:
        """Add or rename by code."""
        statement = pg.insert(skill).values(code=new.code, name=new.name)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["code"], set_={"name": new.name}))

    def skills(self, page: Page, day: date) -> Listing[Skill]:
        """Return a page by code, with how many officers have each on `day`."""
        held = (
            sa.select(officer_skill.c.skill.label("code"), sa.func.count().label("officers"))
            .where(officer_skill.c.valid_from <= day, officer_skill.c.valid_until > day)
            .group_by(officer_skill.c.skill)
            .subquery()
        )
        code = sa.func.coalesce(skill.c.code, held.c.code)
        both = (
            sa.select(
                code.label("code"),
                sa.func.coalesce(skill.c.name, "").label("name"),
                sa.func.coalesce(held.c.officers, 0).label("officers"),
            )
            .select_from(skill.join(held, held.c.code == skill.c.code, full=True))
            .subquery()
        )
        return listing(self._connection, sa.select(both), page, "skills", [both.c.code], _skill)

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

    def skill_dates(self) -> list[date]:
        """Return the dates on which any officer gains or loses a skill, in order."""
        both = sa.union(sa.select(officer_skill.c.valid_from), sa.select(officer_skill.c.valid_until)).order_by("valid_from")
        return list(self._connection.execute(both).scalars())

    def shifts(self, officer: int, start: date, end: date) -> list[Shift]:
        """Return the shifts with start <= day < end, earliest first."""
        found = days.SqlDays(self._connection).search([officer], start, end)
        return [Shift(day.day, day.span, sum(1 for stop in day.stops if stop.visit or stop.hold)) for day in found]
