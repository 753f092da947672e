"""Availability profiles: what is open, shared out and in reserve at a peak, switched by a person, a date, a threshold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from server.domain.errors import InUse, InvalidField
from server.domain.opening import OpeningRule, Subject
from server.domain.organisation import Team
from server.domain.spans import Span
from server.domain.versioned import Versioned


class Cause(Enum):
    """What switched a profile."""

    PERSON = "PERSON"
    DATE = "DATE"
    THRESHOLD = "THRESHOLD"


@dataclass(frozen=True, slots=True)
class TeamShares:
    """What a team's shares and limit are while the profile is active; None leaves them as they are."""

    team: str
    keep_for_inspections_percent: int | None = None
    keep_for_bookings_percent: int | None = None
    max_visits_per_day: int | None = None

    def of(self, team: Team) -> TeamShares:
        """Return what the team has now of that which this one sets."""

        def now(mine: int | None, value: int) -> int | None:
            return None if mine is None else value

        return TeamShares(
            self.team,
            now(self.keep_for_inspections_percent, team.keep_for_inspections_percent),
            now(self.keep_for_bookings_percent, team.keep_for_bookings_percent),
            now(self.max_visits_per_day, team.max_visits_per_day),
        )

    def set(self, team: Team) -> Team:
        """Return the team with these."""

        def new(mine: int | None, value: int) -> int:
            return value if mine is None else mine

        return replace(
            team,
            keep_for_inspections_percent=new(self.keep_for_inspections_percent, team.keep_for_inspections_percent),
            keep_for_bookings_percent=new(self.keep_for_bookings_percent, team.keep_for_bookings_percent),
            max_visits_per_day=new(self.max_visits_per_day, team.max_visits_per_day),
        )


@dataclass(frozen=True, slots=True)
class Threshold:
    """Demand for a service: so many wait for it (0: not asked), or no slot begins within so many days (0: not asked).

    A search for slots needs to know where: `premises` and `location` as in a slot's choice. A profile that a threshold
    switched on stays on for at least `stay_hours`.
    """

    service: str
    waiting: int = 0
    no_slot_within_days: int = 0
    premises: int = 0
    location: str = ""
    stay_hours: int = 24

    def __post_init__(self) -> None:
        if not self.waiting and not self.no_slot_within_days:
            raise InvalidField.of("profile.threshold", "asks for nothing: give waiting_count, no_slot_within_days, or both")


@dataclass(frozen=True, slots=True)
class Profile(Versioned):
    """What changes while it is active. `reserve` are sessions (ids) that are closed until then.

    `period` and `threshold` switch it by themselves; None: only a person does. `replan_days`: plans are run anew for so many
    dates when it becomes active.
    """

    code: str
    title: str
    rules: tuple[OpeningRule, ...] = ()
    shares: tuple[TeamShares, ...] = ()
    reserve: tuple[int, ...] = ()
    period: Span | None = None
    threshold: Threshold | None = None
    replan_days: int = 0
    version: int = 1
    standing: Standing | None = None
    overruled: bool = False

    def __post_init__(self) -> None:
        teams = [one.team for one in self.shares]
        if len(teams) != len(set(teams)):
            raise InvalidField.of("profile.shares", "name a team twice: put its values together")
        if len(self.reserve) != len(set(self.reserve)):
            raise InvalidField.of("profile.reserve_sessions", "name a session twice: leave one out")

    @property
    def name(self) -> str:
        """The resource name."""
        return f"profiles/{self.code}"

    @property
    def is_active(self) -> bool:
        """Whether it is on."""
        return self.standing is not None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Whose opening hours it changes."""
        return tuple(dict.fromkeys(rule.subject for rule in self.rules))

    def must_stand_alone(self, active: Iterable[Profile]) -> None:
        """Refuse to become active beside one that changes the same: nobody could say what is restored in the end."""
        for other in active:
            teams = {one.team for one in self.shares} & {one.team for one in other.shares}
            if other.code != self.code and (teams or set(self.reserve) & set(other.reserve)):
                what = f"teams/{sorted(teams)[0]}" if teams else "a reserve session"
                raise InUse(
                    f"{other.name} is active and changes {what} too: deactivate it first, or take that out of one of them",
                    profile=other.name,
                )

    def activated(self, standing: Standing) -> Profile:
        """Return it switched on."""
        return replace(self, standing=standing, overruled=False, version=self.version + 1)

    def deactivated(self, overruled: bool = False) -> Profile:
        """Return it switched off; `overruled`: a person did so while its trigger holds, which waits for the next time."""
        triggered = self.period is not None or self.threshold is not None
        return replace(self, standing=None, overruled=overruled and triggered, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Since when a profile is active, who or what switched it and why, and what is needed to restore what was before."""

    cause: Cause
    actor: str
    since: datetime
    why: str
    rules: tuple[OpeningRule, ...] = ()
    before: tuple[TeamShares, ...] = ()
    opened: tuple[int, ...] = ()
