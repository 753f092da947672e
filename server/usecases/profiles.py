"""Availability profiles: keeping them, and switching them; each switch is audited, and switching off restores."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from server.domain import local_time
from server.domain.audit import Audit
from server.domain.caller import Caller, Request
from server.domain.change import Change
from server.domain.commands import RunPlan
from server.domain.errors import DomainError, IllegalTransition, InUse, InvalidField
from server.domain.ids import encode
from server.domain.paging import Listing, Page
from server.domain.profile import Cause, Profile, Standing, TeamShares
from server.domain.session import SessionState
from server.usecases.planning import Planning
from server.usecases.ports import Clock, Store, Transaction
from server.usecases.realigning import Pending
from server.usecases.rosters import Rosters

RESTORED = "the profile that closed the time is off"


class Profiles:
    """What changes at a peak, and whether it is on."""

    def __init__(self, store: Store, rosters: Rosters, planning: Planning, clock: Clock) -> None:
        self._store = store
        self._rosters = rosters
        self._planning = planning
        self._clock = clock

    def upsert(self, request: Request, profile: Profile, etag: str) -> Profile:
        """Add or replace a profile that is not active; its reserve sessions are closed until it is."""
        with self._store.begin(request) as tx:
            tx.profiles.active()
            known = tx.profiles.find(profile.code)
            if known is not None:
                known.must_be(etag)
                _must_be_off(known)
                profile = replace(profile, version=known.version + 1)
            self._check(tx, profile)
            _take_back(tx, set(profile.reserve) - set(known.reserve if known else ()))
            _open(tx, set(known.reserve if known else ()) - set(profile.reserve), self._clock())
            (tx.profiles.save if known else tx.profiles.add)(profile)
            line = self._line(request.caller, "profile.changed", profile, Cause.PERSON, "")
            tx.write(Change(audits=(line,)), profile)
            return profile

    @staticmethod
    def _check(tx: Transaction, profile: Profile) -> None:
        for one in profile.shares:
            one.set(tx.organisation.team(one.team))
        for subject in profile.subjects:
            tx.rosters.covered(subject)
        if profile.threshold:
            tx.services.get(profile.threshold.service)
        unknown = set(profile.reserve) - tx.sessions.some(profile.reserve).keys()
        if unknown:
            missing = encode(min(unknown))
            raise InvalidField.of("profile.reserve_sessions", f"there is no 'sessions/{missing}'")

    def get(self, _caller: Caller, code: str) -> Profile:
        """Return the profile."""
        with self._store.begin() as tx:
            return tx.profiles.get(code)

    def list(self, _caller: Caller, page: Page) -> Listing[Profile]:
        """Return a page by code."""
        with self._store.begin() as tx:
            return tx.profiles.listing(page)

    def delete(self, request: Request, code: str, etag: str) -> None:
        """Forget a profile that is not active; its reserve sessions open."""
        with self._store.begin(request) as tx:
            tx.profiles.active()
            profile = tx.profiles.get(code, lock=True)
            profile.must_be(etag)
            _must_be_off(profile)
            _open(tx, set(profile.reserve), self._clock())
            tx.profiles.delete(profile)
            line = self._line(request.caller, "profile.deleted", profile, Cause.PERSON, "")
            tx.write(Change(audits=(line,)), "")

    def activate(self, request: Request, code: str, why: str, cause: Cause = Cause.PERSON) -> Profile:
        """Switch a profile on: its rules apply, shares are set, reserve sessions open, plans are run anew."""
        with self._store.begin(request) as tx:
            seen = tx.profiles.get(code)
        made = tuple(replace(rule, id=self._store.ids.unguessable(), note=seen.name, version=1) for rule in seen.rules)
        standing = Standing(cause, request.caller.principal, self._clock(), why, made)
        result = seen.activated(standing)

        def write(tx: Transaction) -> None:
            others = tx.profiles.active()
            known = tx.profiles.get(code, lock=True)
            if known.is_active:
                raise IllegalTransition(f"{known.name} is active already", profile=known.name)
            known.must_be(seen.etag)
            known.must_stand_alone(others)
            before = tuple(_share(tx, one) for one in known.shares)
            for rule in made:
                tx.rules.add(rule)
            opened = _open(tx, set(known.reserve), self._clock())
            tx.profiles.save(known.activated(replace(standing, before=before, opened=opened)))

        line = self._line(request.caller, "profile.activated", seen, cause, why)
        pending = Pending({rule.id: rule for rule in made}, settles=RESTORED)
        self._rosters.record(request, seen.subjects, self._clock(), pending, write, lambda _: result, line)
        self._replan(request, seen)
        return result

    def deactivate(self, request: Request, code: str, why: str, cause: Cause = Cause.PERSON, holds: bool = True) -> Profile:
        """Switch a profile off: its rules go, shares are what they were, and reserve sessions take no more bookings.

        With `holds` (its trigger does) it stays off until its trigger has lapsed and comes again.
        """
        with self._store.begin(request) as tx:
            seen = tx.profiles.get(code)
        if seen.standing is None:
            raise IllegalTransition(f"{seen.name} is not active", profile=seen.name)
        standing, result = seen.standing, seen.deactivated(holds)

        def write(tx: Transaction) -> None:
            tx.profiles.active()
            known = tx.profiles.get(code, lock=True)
            known.must_be(seen.etag)
            for one in standing.before:
                tx.organisation.save_team(one.set(tx.organisation.team(one.team)))
            for rule in standing.rules:
                tx.rules.delete(rule)
            _take_back(tx, set(standing.opened))
            tx.profiles.save(known.deactivated(holds))

        line = self._line(request.caller, "profile.deactivated", seen, cause, why)
        pending = Pending(dict.fromkeys((rule.id for rule in standing.rules), None), settles=RESTORED)
        self._rosters.record(request, seen.subjects, self._clock(), pending, write, lambda _: result, line)
        return result

    def _replan(self, request: Request, profile: Profile) -> None:
        """Ask for plans of the dates to come of every team that it is about; what cannot be planned is left."""
        with self._store.begin() as tx:
            teams = [tx.organisation.team(code) for code in sorted(_teams(tx, profile))]
        for team in teams if profile.replan_days else ():
            today = local_time.local_date(self._clock(), local_time.zone(team.zone))
            for number in range(1, profile.replan_days + 1):
                day = today + timedelta(days=number)
                key = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{request.request_id} {team.code} {day}"))
                again = replace(request, request_id=key, method="profiles.replan", encode=lambda _: b"")
                with suppress(DomainError):
                    self._planning.run(again, RunPlan(team.code, day))

    def _line(self, caller: Caller, action: str, profile: Profile, cause: Cause, why: str) -> Audit:
        detail = (("cause", cause.value), ("why", why), ("sessions", str(len(profile.reserve))))
        shares = tuple((f"teams/{one.team}", _in_words(one)) for one in profile.shares)
        return Audit(self._clock(), caller.principal, action, profile.name, (*detail, *shares))


def _must_be_off(profile: Profile) -> None:
    if profile.is_active:
        raise InUse(f"{profile.name} is active: deactivate it first", profile=profile.name)


def _share(tx: Transaction, shares: TeamShares) -> TeamShares:
    """Set a team's shares; return what they were."""
    team = tx.organisation.team(shares.team)
    tx.organisation.save_team(shares.set(team))
    return shares.of(team)


def _open(tx: Transaction, sessions: set[int], now: datetime) -> tuple[int, ...]:
    """Open those of the sessions that are closed, to come and not released (no officer is left); return their ids."""
    found = tx.sessions.some(sessions).values()
    closed = [one for one in found if one.state is SessionState.CLOSED and one.officers and one.span.start > now]
    for one in closed:
        tx.sessions.save(replace(one, state=SessionState.OPEN, version=one.version + 1))
    return tuple(one.id for one in closed)


def _take_back(tx: Transaction, sessions: set[int]) -> None:
    """Close those of the sessions that are open: they take no bookings, those that they have stay."""
    for one in tx.sessions.some(sessions).values():
        if one.state is SessionState.OPEN:
            tx.sessions.save(replace(one, state=SessionState.CLOSED, version=one.version + 1))


def _teams(tx: Transaction, profile: Profile) -> set[str]:
    covered = [who for subject in profile.subjects for who in tx.rosters.covered(subject)]
    return {one.team for one in profile.shares} | {who.team for who in covered if who.team}


def _in_words(one: TeamShares) -> str:
    values = {
        "inspections": one.keep_for_inspections_percent,
        "bookings": one.keep_for_bookings_percent,
        "visits": one.max_visits_per_day,
    }
    return " ".join(f"{name}={value}" for name, value in values.items() if value is not None)
