"""Availability profiles."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from server.domain.errors import NotFound
from server.domain.opening import Effect, OpeningRule, Recurrence, Subject, SubjectKind
from server.domain.paging import Listing, Page
from server.domain.profile import Cause, Profile, Standing, TeamShares, Threshold
from server.domain.spans import Span
from server.store.paging import listing
from server.store.tables import profile as t

Json = dict[str, Any]


class SqlProfiles:
    """Profiles by code."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, code: str, lock: bool = False) -> Profile:
        """Return the profile, or refuse."""
        query = sa.select(t).where(t.c.code == code)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no profile 'profiles/{code}'", name=f"profiles/{code}")
        return _from_row(row)

    def find(self, code: str) -> Profile | None:
        """Return the profile if there is one."""
        row = self._connection.execute(sa.select(t).where(t.c.code == code)).one_or_none()
        return _from_row(row) if row else None

    def active(self) -> list[Profile]:
        """Lock the list of profiles against other switches, and return those that are active."""
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.literal(0x70726F66, sa.BigInteger))))
        return [_from_row(row) for row in self._connection.execute(sa.select(t).where(t.c.standing.is_not(None)))]

    def switched(self) -> list[Profile]:
        """Return those that a date or a threshold switches, by code."""
        triggered = sa.or_(t.c.definition["period"].astext.is_not(None), t.c.definition["threshold"].astext.is_not(None))
        return [_from_row(row) for row in self._connection.execute(sa.select(t).where(triggered).order_by(t.c.code))]

    def listing(self, page: Page) -> Listing[Profile]:
        """Return a page by code."""
        return listing(self._connection, sa.select(t), page, "profiles", [t.c.code], _from_row)

    def add(self, profile: Profile) -> None:
        """Record a profile."""
        self._connection.execute(sa.insert(t).values(code=profile.code, **_row(profile)))

    def save(self, profile: Profile) -> None:
        """Write a profile that exists."""
        self._connection.execute(sa.update(t).where(t.c.code == profile.code).values(**_row(profile)))

    def delete(self, profile: Profile) -> None:
        """Forget it."""
        self._connection.execute(sa.delete(t).where(t.c.code == profile.code))


def _row(profile: Profile) -> Json:
    return {
        "title": profile.title,
        "definition": {
            "rules": [_rule(rule) for rule in profile.rules],
            "shares": [_shares(one) for one in profile.shares],
            "reserve": list(profile.reserve),
            "period": [profile.period.start.isoformat(), profile.period.end.isoformat()] if profile.period else None,
            "threshold": _threshold(profile.threshold) if profile.threshold else None,
            "replan_days": profile.replan_days,
        },
        "standing": _standing(profile.standing) if profile.standing else None,
        "overruled": profile.overruled,
        "version": profile.version,
    }


def _from_row(row: Any) -> Profile:
    known = row.definition
    period = known["period"]
    return Profile(
        code=row.code,
        title=row.title,
        rules=tuple(_read_rule(rule) for rule in known["rules"]),
        shares=tuple(TeamShares(**one) for one in known["shares"]),
        reserve=tuple(known["reserve"]),
        period=Span(*map(datetime.fromisoformat, period)) if period else None,
        threshold=Threshold(**known["threshold"]) if known["threshold"] else None,
        replan_days=known["replan_days"],
        version=row.version,
        standing=_read_standing(row.standing) if row.standing else None,
        overruled=row.overruled,
    )


def _rule(rule: OpeningRule) -> Json:
    return {
        "subject": [rule.subject.kind.value, rule.subject.code],
        "effect": rule.effect.value,
        "recurrence": rule.recurrence.value,
        "start": rule.start.isoformat(),
        "end": rule.end.isoformat(),
        "weekdays": sorted(rule.weekdays),
        "first": rule.first.isoformat(),
        "after_last": rule.after_last.isoformat(),
        "on_holidays": rule.on_holidays,
        "note": rule.note,
        "id": rule.id,
        "version": rule.version,
    }


def _read_rule(known: Json) -> OpeningRule:
    kind, code = known["subject"]
    return OpeningRule(
        subject=Subject(SubjectKind(kind), code),
        effect=Effect(known["effect"]),
        recurrence=Recurrence(known["recurrence"]),
        start=time.fromisoformat(known["start"]),
        end=time.fromisoformat(known["end"]),
        weekdays=frozenset(known["weekdays"]),
        first=date.fromisoformat(known["first"]),
        after_last=date.fromisoformat(known["after_last"]),
        on_holidays=known["on_holidays"],
        note=known["note"],
        id=known["id"],
        version=known["version"],
    )


def _shares(one: TeamShares) -> Json:
    return {
        "team": one.team,
        "keep_for_inspections_percent": one.keep_for_inspections_percent,
        "keep_for_bookings_percent": one.keep_for_bookings_percent,
        "max_visits_per_day": one.max_visits_per_day,
    }


def _threshold(one: Threshold) -> Json:
    return {
        "service": one.service,
        "waiting": one.waiting,
        "no_slot_within_days": one.no_slot_within_days,
        "premises": one.premises,
        "location": one.location,
        "stay_hours": one.stay_hours,
    }


def _standing(one: Standing) -> Json:
    return {
        "cause": one.cause.value,
        "actor": one.actor,
        "since": one.since.isoformat(),
        "why": one.why,
        "rules": [_rule(rule) for rule in one.rules],
        "before": [_shares(before) for before in one.before],
        "opened": list(one.opened),
    }


def _read_standing(known: Json) -> Standing:
    return Standing(
        cause=Cause(known["cause"]),
        actor=known["actor"],
        since=datetime.fromisoformat(known["since"]),
        why=known["why"],
        rules=tuple(_read_rule(rule) for rule in known["rules"]),
        before=tuple(TeamShares(**before) for before in known["before"]),
        opened=tuple(known["opened"]),
    )
