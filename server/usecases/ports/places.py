"""Premises, patches, and travel on the roads between them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from server.domain.geography import Position
from server.domain.organisation import (
    Patch,
    Premises,
    TravelMode,
)
from server.domain.paging import Listing, Page
from server.domain.resource_day import ResourceDay
from server.domain.route import BaseMap
from server.domain.spans import Span


class PlaceStore(Protocol):
    """Premises and patches."""

    def get(self, number: int) -> Premises:
        """Return the premises, or refuse with NotFound."""

    def some(self, numbers: Collection[int]) -> dict[int, Premises]:
        """Return those that exist, by id."""

    def listing(self, page: Page, query: str, near: Position | None) -> Listing[Premises]:
        """Return a page by name, or the nearest ones."""

    def upsert(self, premises: Premises) -> Premises:
        """Add or replace by (source, external_id)."""

    def patches(self, page: Page) -> Listing[Patch]:
        """Return a page of patches by name."""


@dataclass(frozen=True, slots=True)
class LegTable:
    """Travel seconds between all pairs of some positions for one mode (None: nobody travels); -1 where there is no way."""

    mode: TravelMode | None
    seconds: Mapping[tuple[Position, Position], int]
    places: frozenset[Position]

    def __call__(self, start: Position, end: Position) -> int:
        return 0 if start == end else self.seconds[start, end]

    def covers(self, day: ResourceDay) -> bool:
        """Tell whether every place of a day is known."""
        return all(place in self.places for place in day.places())


@dataclass(frozen=True, slots=True)
class Reach:
    """Travel seconds between one position and others, both ways, for one mode; -1 where there is no way."""

    to_place: Mapping[Position, int]
    from_place: Mapping[Position, int]


class Travel(Protocol):
    """Travel times on the roads of the deployment. May compute for a while: never asked under a lock."""

    @property
    def source(self) -> str:
        """What measures: name and version of the road graph, or "crow-flies"."""

    def table(self, mode: TravelMode, places: Collection[Position]) -> LegTable:
        """Return the legs between all pairs."""

    def metres(self, mode: TravelMode, places: Sequence[Position]) -> list[list[int]]:
        """Return the lengths between all pairs, row = from, in the order given; -1 where there is no way."""

    def reach(self, mode: TravelMode, place: Position, places: Collection[Position]) -> Reach:
        """Return the legs between one place and others."""

    def is_off_road(self, mode: TravelMode, place: Position) -> bool:
        """Tell whether no road of that mode is near."""

    def line(self, mode: TravelMode, start: Position, end: Position) -> tuple[Position, ...]:
        """Return the way from one place to another, for maps."""

    def base_map(self) -> BaseMap:
        """Return the roads, for maps."""


class OpeningHours(Protocol):
    """Reads opening hours."""

    def windows(self, text: str, day: date, zone: str) -> tuple[Span, ...] | None:
        """Return when a place is open on a local date; None when the text says nothing that we understand."""
