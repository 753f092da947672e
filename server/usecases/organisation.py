"""Teams, officers and shifts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from server.domain.audit import Audit
from server.domain.caller import Caller, Request
from server.domain.change import Change
from server.domain.errors import InvalidField
from server.domain.organisation import Officer, Shift, SkillGrant, Team
from server.domain.paging import Listing, Page
from server.usecases.ports import Clock, Store

LONGEST_DAYS = 92
SHARES = ("keep_for_inspections_percent", "keep_for_bookings_percent", "max_visits_per_day")


class Organisation:
    """Who works here, and when."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def get_team(self, caller: Caller, code: str) -> Team:
        """Return the team."""
        with self._store.begin() as tx:
            return tx.organisation.team(code)

    def list_teams(self, caller: Caller, page: Page) -> Listing[Team]:
        """Return a page of teams by code."""
        with self._store.begin() as tx:
            return tx.organisation.teams(page)

    def update_team(self, request: Request, code: str, changes: dict[str, int]) -> Team:
        """Change how a team's capacity is shared out; `changes` maps paths of SHARES to new values."""
        for path in changes:
            if path not in SHARES:
                raise InvalidField.of("update_mask", f"{path} cannot be changed: only {', '.join(SHARES)} can")
        with self._store.begin(request) as tx:
            known = tx.organisation.team(code)
            team = replace(
                known,
                keep_for_inspections_percent=changes.get(SHARES[0], known.keep_for_inspections_percent),
                keep_for_bookings_percent=changes.get(SHARES[1], known.keep_for_bookings_percent),
                max_visits_per_day=changes.get(SHARES[2], known.max_visits_per_day),
            )
            tx.organisation.save_team(team)
            detail = tuple((path, str(value)) for path, value in sorted(changes.items()))
            audit = Audit(self._clock(), request.caller.principal, "team.changed", f"teams/{code}", detail)
            tx.write(Change(audits=(audit,)), team)
            return team

    def grant_skill(self, request: Request, grant: SkillGrant) -> Officer:
        """Give an officer a skill for a period; return the officer with today's skills."""
        if grant.valid_until <= grant.valid_from:
            raise InvalidField.of("valid_until", f"{grant.valid_until} is not after valid_from {grant.valid_from}")
        with self._store.begin(request) as tx:
            today = self._clock().date()
            tx.organisation.officer(grant.officer, today)
            tx.organisation.grant(grant)
            officer = tx.organisation.officer(grant.officer, today)
            tx.answer(officer)
            return officer

    def get_officer(self, caller: Caller, code: str) -> Officer:
        """Return the officer with today's skills."""
        with self._store.begin() as tx:
            return tx.organisation.officer(code, self._clock().date())

    def list_officers(self, caller: Caller, page: Page, team: str) -> Listing[Officer]:
        """Return a page of officers by code; `team` empty for all."""
        with self._store.begin() as tx:
            if team:
                tx.organisation.team(team)
            return tx.organisation.officers(page, team, self._clock().date())

    def list_shifts(self, caller: Caller, code: str, start: date, end: date) -> list[Shift]:
        """Return the shifts with start <= day < end, earliest first."""
        caller.must_be_officer(code)
        if not 0 < (end - start).days <= LONGEST_DAYS:
            raise InvalidField.of("end_date", f"{end} must be 1 to {LONGEST_DAYS} days after start_date {start}")
        with self._store.begin() as tx:
            return tx.organisation.shifts(tx.organisation.officer(code, start).id, start, end)
