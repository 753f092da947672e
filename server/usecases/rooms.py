"""What stands beside officers in a search: rooms and equipment that a service needs, and seats of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from server.domain.allotting import Need, allot, kept_for
from server.domain.catalogue import Service
from server.domain.resource_day import ResourceDay
from server.domain.seating import free_seats
from server.domain.session import Session
from server.domain.spans import Span
from server.usecases.ports import DayKey, Transaction


@dataclass(frozen=True, slots=True)
class Rooms:
    """The days of the rooms and equipment that could serve a service's needs."""

    service: Service
    needs: tuple[Need, ...]
    days: tuple[ResourceDay, ...]

    @classmethod
    def read(cls, tx: Transaction, service: Service, needs: Sequence[Need], span: Span) -> Rooms:
        """Return them as they are, for promises that begin in `span`."""
        ids = {resource for need in needs for resource in need.resources}
        if not ids:
            return cls(service, (), ())
        start, end = span.start.date() - timedelta(days=1), span.end.date() + timedelta(days=2)
        return cls(service, tuple(needs), tuple(tx.days.search(ids, start, end)))

    def can_serve(self, promise: Span) -> bool:
        """Tell whether every need finds its seats."""
        return not self.needs or allot(self.needs, self.days, kept_for(self.service, promise)) is not None

    def keys(self, promise: Span) -> frozenset[DayKey]:
        """Return the days to lock for a promise: all that could serve, so that another one is at hand."""
        busy = kept_for(self.service, promise)
        inside = (day for day in self.days if day.span.start <= busy.start and busy.end <= day.span.end)
        return frozenset(day.key for day in inside)


@dataclass(frozen=True, slots=True)
class SessionSeats:
    """The sessions in which a service can be booked, with their days."""

    service: Service
    sessions: tuple[tuple[Session, ResourceDay], ...]

    @classmethod
    def read(cls, tx: Transaction, service: Service, office: str, span: Span) -> SessionSeats:
        """Return those that share an instant with `span`."""
        found = tx.sessions.offering(service.code, span, office)
        days = tx.days.get([session.key for session in found]) if found else {}
        return cls(service, tuple((session, days[session.key]) for session in found if session.key in days))

    def free(self, promise: Span) -> list[tuple[Session, int]]:
        """Return the sessions with free seats for a promise and how many, the fullest first: the others may be released."""
        found = []
        for session, day in self.sessions:
            busy = kept_for(self.service, promise)
            if busy.start < session.span.start or session.span.end < busy.end:
                continue  # it was cut to its bookings
            seats = free_seats(day, (day.span.offset(busy.start), day.span.offset(busy.end)))
            if seats:
                found.append((session, seats))
        return sorted(found, key=lambda item: (item[1], item[0].span.start, item[0].id))
