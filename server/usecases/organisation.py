"""Reading teams, officers and shifts."""

from __future__ import annotations

from datetime import date

from server.domain.caller import Caller
from server.domain.errors import InvalidField
from server.domain.organisation import Officer, Shift, Team
from server.domain.paging import Listing, Page
from server.usecases.ports import Clock, Store

LONGEST_DAYS = 92


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
