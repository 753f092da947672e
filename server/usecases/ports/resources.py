"""Locations, rooms and equipment."""

from __future__ import annotations

from typing import Protocol

from server.domain.catalogue import ResourceNeed
from server.domain.paging import Listing, Page
from server.domain.resource import Location, Resource


class ResourceStore(Protocol):
    """What is booked together with officers, and where."""

    def location(self, code: str) -> Location:
        """Return the location, or refuse with NotFound."""

    def locations(self, page: Page) -> Listing[Location]:
        """Return a page by code."""

    def save_location(self, location: Location) -> Location:
        """Add or replace by code."""

    def get(self, code: str) -> Resource:
        """Return the room or equipment, or refuse with NotFound."""

    def listing(self, page: Page, location: str, category: str) -> Listing[Resource]:
        """Return a page by code; `location` and `category` empty for all."""

    def save(self, resource: Resource) -> Resource:
        """Add or replace by code."""

    def serving(self, need: ResourceNeed, location: str) -> list[Resource]:
        """Return what could serve a need at a location (empty: anywhere), by code: at most 50."""
