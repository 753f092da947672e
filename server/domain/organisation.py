"""Teams, officers, premises, patches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from server.domain.catalogue import Skills
from server.domain.errors import InvalidField
from server.domain.geography import Position
from server.domain.limits import UNLIMITED, Limits
from server.domain.spans import Span


class TravelMode(Enum):
    """How an officer gets about; the value is the profile of the road graph."""

    CAR = "car"
    BICYCLE = "bicycle"
    FOOT = "foot"


@dataclass(frozen=True, slots=True)
class Team:
    """An organisation unit; its local dates and times are in `zone` (an IANA name).

    Shares are percent of each officer-day; `max_visits_per_day` 0 is no limit.
    """

    id: int
    code: str
    name: str
    zone: str
    keep_for_inspections_percent: int = 0
    keep_for_bookings_percent: int = 0
    max_visits_per_day: int = 0

    def __post_init__(self) -> None:
        both = self.keep_for_inspections_percent + self.keep_for_bookings_percent
        if both > 100:
            raise InvalidField.of("team.keep_for_bookings_percent", f"makes {both} percent with the share of inspections")


@dataclass(frozen=True, slots=True)
class Officer:
    """An authorised person. `id` is that of the resource; `skills` are those valid on the day asked about.

    `patch_id` is the area of responsibility (0: none), `limits` what a day of theirs may hold.
    """

    id: int
    code: str
    name: str
    team: str
    zone: str
    base: Position
    mode: TravelMode
    skills: Skills = field(default_factory=dict)
    patch_id: int = 0
    limits: Limits = UNLIMITED


@dataclass(frozen=True, slots=True)
class SkillGrant:
    """A skill of an officer (by code) at a level, on local dates in [valid_from, valid_until)."""

    officer: str
    skill: str
    level: int
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Skill:
    """Something that officers can do. `officers` counts those who have it."""

    code: str
    name: str
    officers: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """Planned working time of an officer that starts on the local date `day`."""

    day: date
    span: Span
    stop_count: int


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; unknown parts are empty."""

    house_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""

    def line(self) -> str:
        """Return the address on one line, as a letter would have it."""
        street = " ".join(part for part in (self.street, self.house_number) if part)
        city = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (street, city) if part)


@dataclass(frozen=True, slots=True)
class Premises:
    """A regulated place. `approach_s` are the seconds to park and walk in, part of every arrival."""

    id: int
    source: str
    external_id: str
    name: str
    category: str
    address: Address
    position: Position
    opening_hours: str = ""
    access_note: str = ""
    approach_s: int = 0
    patch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """An area of responsibility."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class CaseRef:
    """A matter that another system owns: that system's short name and the id there."""

    system: str
    external_id: str


@dataclass(frozen=True, slots=True)
class RoadMap:
    """A road graph to keep: what it is called, its content's version, who must be named with it, and its bytes."""

    name: str
    version: str
    attribution: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PatchArea:
    """A patch to keep: its name and its area as well-known text, longitude first (MULTIPOLYGON)."""

    name: str
    area: str


@dataclass(frozen=True, slots=True)
class AddressPoint:
    """A numbered entrance that a geocoder may find."""

    source: str
    external_id: str
    address: Address
    position: Position
