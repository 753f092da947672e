"""Teams, officers, shifts, and the bulk writing of what other systems own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from server.domain.organisation import (
    AddressPoint,
    Officer,
    PatchArea,
    Premises,
    RoadMap,
    Shift,
    Skill,
    SkillGrant,
    Team,
)
from server.domain.paging import Listing, Page
from server.domain.resource_day import ResourceDay


class OrganisationStore(Protocol):
    """Teams, officers, shifts."""

    def team(self, code: str) -> Team:
        """Return the team, or refuse with NotFound."""

    def teams(self, page: Page) -> Listing[Team]:
        """Return a page of teams by code."""

    def save_team(self, team: Team) -> None:
        """Write a team's shares and limit."""

    def grant(self, grant: SkillGrant) -> None:
        """Give an officer a skill for a period; what overlaps is cut back to before its first date, or goes."""

    def save_skill(self, skill: Skill) -> None:
        """Add or rename by code."""

    def skills(self, page: Page, day: date) -> Listing[Skill]:
        """Return a page by code, with how many officers have each on `day`."""

    def officer(self, code: str, day: date) -> Officer:
        """Return the officer with the skills valid on `day`, or refuse with NotFound."""

    def officers(self, page: Page, team: str, day: date) -> Listing[Officer]:
        """Return a page of officers by code, with the skills valid on `day`; `team` empty for all."""

    def everyone(self, day: date, team: str = "") -> list[Officer]:
        """Return all officers (at most 1,000) with the skills valid on `day`."""

    def skill_dates(self) -> list[date]:
        """Return the dates on which any officer gains or loses a skill, in order."""

    def shifts(self, officer: int, start: date, end: date) -> list[Shift]:
        """Return the shifts with start <= day < end, earliest first."""


class ImportStore(Protocol):
    """Bulk writing of what other systems own. Everything replaces the record with the same key."""

    def team(self, code: str, name: str, zone: str) -> None:
        """Add or replace a team."""

    def officer(self, officer: Officer) -> None:
        """Add or replace an officer by code, with the skills that hold from now on; the id is ignored."""

    def has_shift(self, day: ResourceDay) -> bool:
        """Tell whether the officer has a shift on that date, or one that overlaps this one."""

    def shift(self, day: ResourceDay) -> None:
        """Add an officer-day with its break."""

    def patches(self, patches: Sequence[PatchArea]) -> None:
        """Add or replace patches by name."""

    def premises(self, premises: Sequence[Premises]) -> None:
        """Add or replace by (source, external_id); ids are ignored."""

    def addresses(self, addresses: Sequence[AddressPoint]) -> None:
        """Add or replace by (source, external_id)."""

    def assign_patches(self) -> None:
        """Give every premises the patch that covers it."""

    def roads(self, roads: RoadMap, now: datetime) -> None:
        """Keep a road graph; the newest one is used."""

    def premises_ids(self) -> dict[tuple[str, str], int]:
        """Return the ids of all premises by (source, external_id)."""
