"""The catalogue, visits, bookings and holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from server.domain.booking import Booking, BookingEvent, BookingView, Hold
from server.domain.catalogue import Service
from server.domain.commands import BookingFilter, VisitFilter
from server.domain.paging import Listing, Page
from server.domain.visit import Visit, VisitView
from server.usecases.ports.basics import DayKey


class ServiceStore(Protocol):
    """The catalogue."""

    def get(self, code: str) -> Service:
        """Return the service, or refuse with NotFound."""

    def some(self, codes: Collection[str]) -> dict[str, Service]:
        """Return those that exist, by code."""

    def listing(self, page: Page, public_only: bool) -> Listing[Service]:
        """Return a page by code."""

    def upsert(self, service: Service) -> Service:
        """Add or replace by code."""


class VisitStore(Protocol):
    """Visits."""

    def get(self, name: str) -> Visit:
        """Return the visit, or refuse with NotFound."""

    def some(self, numbers: Collection[int]) -> dict[int, Visit]:
        """Return those that exist, by id."""

    def view(self, visits: Sequence[Visit]) -> list[VisitView]:
        """Return them with where they stand in the plan."""

    def listing(self, page: Page, wanted: VisitFilter) -> Listing[Visit]:
        """Return a page, newest first."""

    def to_plan(self, team: str, limit: int) -> list[Visit]:
        """Return the team's OPEN visits without a booking, in the order they came, and refuse more than `limit`."""


class BookingStore(Protocol):
    """Bookings and their history."""

    def get(self, name: str, lock: bool = False) -> Booking:
        """Return the booking, or refuse with NotFound. Its days are locked before it is."""

    def by_id(self, number: int) -> Booking | None:
        """Return the booking of that id."""

    def some(self, numbers: Collection[int]) -> dict[int, Booking]:
        """Return those that exist, by id."""

    def beside(self, booking: Booking) -> list[Booking]:
        """Return the bookings of its series or of its allocated block, itself among them: their calendar UID is one."""

    def view(self, bookings: Sequence[Booking]) -> list[BookingView]:
        """Return them with where they stand in the plan."""

    def listing(self, page: Page, wanted: BookingFilter, creator: str) -> Listing[Booking]:
        """Return a page by promise; `creator` empty for all principals."""

    def left(self, before: datetime, limit: int) -> list[tuple[Booking, datetime]]:
        """Return IN_PROGRESS bookings that their officers left before that instant, and when, longest ago first."""

    def undecided(self, before: datetime, now: datetime, limit: int) -> list[Booking]:
        """Return PENDING bookings made before that instant, or whose promise has begun by now, longest ago first."""

    def days(self, number: int) -> list[DayKey]:
        """Return the days on which it occupies time."""

    def save_details(self, booking: Booking, event: BookingEvent) -> None:
        """Write customer, note and version of a booking, and what happened; its time is untouched."""

    def events(self, number: int, page: Page) -> Listing[BookingEvent]:
        """Return a page of its history, oldest first."""


class HoldStore(Protocol):
    """Holds."""

    def get(self, name: str) -> Hold | None:
        """Return the hold, or None when it is gone."""

    def count_live(self, principal: str, now: datetime) -> int:
        """Return how many unexpired holds a principal has."""

    def days(self, number: int) -> list[DayKey]:
        """Return the days on which it occupies time."""

    def expired(self, now: datetime, limit: int) -> list[int]:
        """Return ids of holds that have run out."""
