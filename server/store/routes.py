"""Routes as people read them: the packed days with names, addresses and promises beside them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.domain.access_need import AccessNeed
from server.domain.booking import Booking
from server.domain.case import Case
from server.domain.catalogue import Service
from server.domain.customer import CustomerRecord
from server.domain.organisation import CaseRef, Premises
from server.domain.paging import Listing, Page
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.route import Leg, Route, RouteStop
from server.domain.visit import Visit
from server.store.access_needs import SqlAccessNeeds
from server.store.bookings import SqlBookings
from server.store.cases import SqlCases
from server.store.customers import SqlCustomers
from server.store.days import SqlDays
from server.store.paging import listing
from server.store.places import SqlPlaces
from server.store.services import SqlServices
from server.store.tables import officer, resource_day
from server.store.tables import team as _teams
from server.store.visits import SqlVisits
from server.usecases.ports import DayKey

_NAMES = {
    StopKind.BREAK: "Break",
    StopKind.HOLD: "Held for a customer",
    StopKind.BLOCKED: "Not available",
    StopKind.SESSION: "Session",
}


class SqlRoutes:
    """The read model behind GetRoute, feeds and plans."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def routes(self, keys: Collection[DayKey]) -> list[Route]:
        """Return the routes of those days that exist, by officer and day, without geometry."""
        return self.drawn(SqlDays(self._connection).get(keys).values())

    def drawn(self, days: Collection[ResourceDay]) -> list[Route]:
        """Return the routes of days as given, stored or not, by officer and day, without geometry."""
        people = self._people({day.resource for day in days})
        facts = _Beside(self._connection, list(days))
        routes = [_route(day, people[day.resource], facts) for day in days]
        return sorted(routes, key=lambda route: (route.officer, route.day))

    def _people(self, officers: Collection[int]) -> dict[int, Any]:
        query = (
            sa.select(officer.c.id, officer.c.code, officer.c.name, _teams.c.zone)
            .join(_teams, _teams.c.id == officer.c.team_id)
            .where(officer.c.id == sa.any_(sa.cast(list(officers), sa.ARRAY(sa.BigInteger))))
        )
        return {row.id: row for row in self._connection.execute(query)}

    def days(self, officer_id: int, start: date, end: date) -> list[DayKey]:
        """Return an officer's days with start <= day < end."""
        query = sa.select(resource_day.c.day).where(
            resource_day.c.resource_id == officer_id, resource_day.c.day >= start, resource_day.c.day < end
        )
        return [(day, officer_id) for day in self._connection.execute(query.order_by(resource_day.c.day)).scalars()]

    def team_days(self, team: str, day: date, page: Page) -> Listing[DayKey]:
        """Return a page of a team's officer-days of one date, by officer code."""
        query = (
            sa.select(resource_day.c.day, resource_day.c.resource_id)
            .join(officer, officer.c.id == resource_day.c.resource_id)
            .join(_teams, _teams.c.id == officer.c.team_id)
            .where(_teams.c.code == team, resource_day.c.day == day)
        )
        return listing(
            self._connection,
            query,
            page,
            f"routes {team} {day}",
            [officer.c.code],
            lambda row: (row.day, row.resource_id),
        )


class _Beside:
    """Everything that the stops of some days refer to, read at once."""

    def __init__(self, connection: sa.Connection, days: list[ResourceDay]) -> None:
        stops = [stop for day in days for stop in day.everything()]
        self.visits: dict[int, Visit] = SqlVisits(connection).some({stop.visit for stop in stops if stop.visit})
        self.bookings: dict[int, Booking] = SqlBookings(connection).some({s.booking for s in stops if s.booking})
        self.services: dict[str, Service] = SqlServices(connection).some({v.service for v in self.visits.values()})
        self.premises: dict[int, Premises] = SqlPlaces(connection).some({v.premises for v in self.visits.values()})
        self.cases: dict[CaseRef, Case] = SqlCases(connection).some({v.case for v in self.visits.values() if v.case})
        known = {booking.customer_id for booking in self.bookings.values() if booking.customer_id}
        self.customers: dict[int, CustomerRecord] = SqlCustomers(connection).live(known) if known else {}
        codes = {code for customer in self.customers.values() for code in customer.access_needs}
        self.needs: dict[str, AccessNeed] = SqlAccessNeeds(connection).some(codes)

    def needs_of(self, booking: Booking | None) -> tuple[str, ...]:
        """Return what a booking's customer needs, in words."""
        customer = self.customers.get(booking.customer_id) if booking else None
        return tuple(self.needs[code].title for code in customer.access_needs) if customer else ()


def _route(day: ResourceDay, person: Any, beside: _Beside) -> Route:
    assert day.mode is not None  # an officer gets about
    return Route(
        officer=person.code,
        officer_name=person.name,
        day=day.day,
        zone=person.zone,
        shift=day.span,
        base=day.base,
        mode=day.mode,
        stops=tuple(_stop(day, stop, beside) for stop in sorted(day.everything(), key=lambda stop: stop.start)),
        home=Leg(day.home_travel) if day.home_travel else None,
        version=day.seq,
    )


def _stop(day: ResourceDay, stop: Stop, beside: _Beside) -> RouteStop:
    visit = beside.visits.get(stop.visit)
    booking = beside.bookings.get(stop.booking)
    service = beside.services.get(visit.service) if visit else None
    premises = beside.premises.get(visit.premises) if visit else None
    case = beside.cases.get(visit.case) if visit and visit.case else None
    return RouteStop(
        kind=stop.kind,
        leg=Leg(stop.travel),
        leave=day.span.at(stop.leave),
        start=day.span.at(stop.start),
        end=day.span.at(stop.start + stop.work),
        display_name=premises.name if premises else _NAMES.get(stop.kind, service.name if service else ""),
        weight=visit.weight if visit else 0,
        visit=stop.visit,
        booking=stop.booking,
        service=visit.service if visit else "",
        premises=visit.premises if visit else 0,
        address=premises.address if premises else None,
        position=stop.place or (premises.position if premises and stop.seat else None),
        promise=booking.promise if booking else None,
        access_note=premises.access_note if premises else "",
        customer_name=booking.customer.name if booking else "",
        case=visit.case if visit else None,
        unannounced=bool(service and service.unannounced),
        access_needs=beside.needs_of(booking),
        documents=service.documents if service and booking else (),
        brief=case.brief if case else (),
        case_documents=case.documents if case else (),
    )
