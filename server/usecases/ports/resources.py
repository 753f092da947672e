"""Locations, rooms and equipment."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from server.domain.catalogue import ResourceNeed
from server.domain.paging import Listing, Page
from server.domain.resource import Location, Resource
from server.usecases.ports.basics import DayKey


class ResourceStore(Protocol):
    """What is booked together with officers, and where."""

    def location(self, code: str) -> Location:
        """Return the location, or refuse with NotFound."""

    def locations(self, page: Page, codes: Collection[str] | None = None) -> Listing[Location]:
        """Return a page by code; with `codes` those only."""

    def save_location(self, location: Location) -> Location:
        """Add or replace by code."""

    def get(self, code: str) -> Resource:
        """Return the room or equipment, or refuse with NotFound."""

    def listing(self, page: Page, location: str, category: str) -> Listing[Resource]:
        """Return a page by code; `location` and `category` empty for all."""

    def save(self, resource: Resource) -> Resource:
        """Add or replace by code."""

    def rooms(self, numbers: Collection[int]) -> list[Resource]:
        """Return those of these resources that are rooms, by code."""

    def serving(self, need: ResourceNeed, location: str) -> list[Resource]:
        """Return what could serve a need at a location (empty: anywhere), by code: at most 50."""

    def at(self, location: str) -> list[Resource]:
        """Return everything that stands at a location."""

    def users_of_location(self, location: Location) -> str:
        """Return what refers to a location, in words; empty where nothing does."""

    def delete_location(self, location: Location) -> None:
        """Remove a location that nothing refers to."""

    def days(self, resource: Resource) -> list[DayKey]:
        """Return the days of a room or equipment."""

    def is_used(self, resource: Resource) -> bool:
        """Tell whether anything but what is closed ever stood on it."""

    def delete(self, resource: Resource) -> None:
        """Remove what nothing ever stood on, with its days, rules and facts."""
