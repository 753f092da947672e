"""Locations of the authority, and the rooms and equipment that are booked together with officers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.domain.geography import Position
from server.domain.versioned import Versioned


@dataclass(frozen=True, slots=True)
class Location(Versioned):
    """An office that customers come to; its local times are in `zone` (an IANA name). `features` are e.g. "step-free"."""

    code: str
    title: str
    address: str
    position: Position
    zone: str
    features: frozenset[str] = frozenset()
    id: int = 0
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name."""
        return f"locations/{self.code}"


class ResourceKind(Enum):
    """What a resource is; the value is its `kind` in the store."""

    ROOM = "room"
    EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True)
class Resource(Versioned):
    """A room or equipment. `category` is what services ask for, `seats` how many can use it at a time.

    `location` is the code of the office where it stands; equipment without one is taken along anywhere.
    """

    code: str
    title: str
    kind: ResourceKind
    category: str
    seats: int = 1
    location: str = ""
    features: frozenset[str] = frozenset()
    id: int = 0
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name."""
        return f"resources/{self.code}"
