"""A synthetic authority, the same for every run on one date: officers on site and at a desk, weeks full of bookings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain.booking import Booking, BookingEvent, BookingState, Customer, Source
from server.domain.catalogue import Place, PromiseKind, Service
from server.domain.change import Change
from server.domain.commands import NewShift
from server.domain.geography import Position
from server.domain.organisation import Address, Officer, Premises, TravelMode
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.domain.visit import Visit, VisitState
from server.places.travel import GisTravel
from server.usecases.ports import LegTable
from server.wiring import Application

ZONE = ZoneInfo("Europe/Helsinki")
TEAMS = ("north", "south", "east", "west")
DESK, SITE = "desk", "site"
CENTRE = (60.20, 24.93)
NOON_S = 4 * 3600
"""Seconds from 08:00 to 12:00."""
BREAK_S, SLOT_S, WORK_S, APPROACH_S = 2400, 1200, 1800, 120
SEED = 20

CONSULTATION = Service(
    "consultation", "Consultation", 20, (((DESK, 1),),), Place.REMOTE, PromiseKind.EXACT, 20, public=True, horizon_days=90
)
INSPECTION = Service(
    "inspection", "Inspection", 30, (((SITE, 1),),), Place.ON_SITE, PromiseKind.WINDOW, 60, 120, 0, 0, public=True,
    horizon_days=90,
)  # fmt: skip
APPROVED = replace(CONSULTATION, code="licence-talk", name="Licence talk", needs_approval=True)
OFFSET = replace(CONSULTATION, code="short-talk", name="Short talk", duration_minutes=15, step_minutes=5)
SERVICES = (CONSULTATION, INSPECTION, APPROVED, OFFSET)


@dataclass(frozen=True, slots=True)
class Size:
    """How large: `desk` officers take consultations, `site` officers visit; stops are those of one officer-day."""

    desk: int
    site: int
    days: int
    premises: int
    desk_stops: int = 14
    site_stops: int = 7

    @property
    def bookings(self) -> int:
        """How many bookings it has."""
        return self.days * (self.desk * self.desk_stops + self.site * self.site_stops)


FULL = Size(desk=112, site=88, days=28, premises=1000, desk_stops=14, site_stops=7)
TINY = Size(desk=3, site=2, days=2, premises=20, desk_stops=6, site_stops=3)


def first_day() -> date:
    """Return the first date with shifts: tomorrow, as Helsinki has it."""
    return datetime.now(UTC).astimezone(ZONE).date() + timedelta(days=1)


def shift(day: date) -> Span:
    """Return the working time of every officer: 08:00 to 16:00."""
    return Span(*(datetime.combine(day, time(hour), ZONE).astimezone(UTC) for hour in (8, 16)))


def settle(app: Application, size: Size) -> None:
    """Fill an empty, migrated database."""
    rng = random.Random(SEED)
    app.importing.teams([(code, code.title(), ZONE.key) for code in TEAMS])
    app.importing.services(SERVICES)
    app.importing.officers(_officers(size, rng))
    days = [first_day() + timedelta(days=number) for number in range(size.days)]
    with app.store.begin() as tx:
        tx.imports.premises([_premises(number, rng) for number in range(size.premises)])
        places = {key[1]: tx.places.get(number) for key, number in tx.imports.premises_ids().items()}
        officers = tx.organisation.everyone(days[0])
    sites = [places[code] for code in sorted(places)]
    app.importing.shifts([_shift(officer.code, day) for day in days for officer in officers])
    for day in days:
        _book(app, officers, day, size, sites, rng)


def _officers(size: Size, rng: random.Random) -> Iterator[Officer]:
    for number in range(size.desk + size.site):
        skill = DESK if number < size.desk else SITE
        base = _near(CENTRE, 0.03, rng)
        team = TEAMS[number % len(TEAMS)]
        yield Officer(0, f"{skill}-{number:03}", f"Officer {number}", team, ZONE.key, base, TravelMode.CAR, {skill: 1})


def _premises(number: int, rng: random.Random) -> Premises:
    code = f"place-{number:05}"
    place = _near(CENTRE, 0.06, rng)
    return Premises(0, "bench", code, f"Place {number}", "restaurant", Address(), place, approach_s=APPROACH_S)


def _near(centre: tuple[float, float], degrees: float, rng: random.Random) -> Position:
    return Position.of(centre[0] + rng.uniform(-degrees, degrees) / 2, centre[1] + rng.uniform(-degrees, degrees))


def _shift(officer: str, day: date) -> NewShift:
    within = Span(shift(day).at(NOON_S), shift(day).at(NOON_S + BREAK_S))
    return NewShift(officer, day, shift(day), BREAK_S, within)


def _book(
    app: Application, officers: list[Officer], day: date, size: Size, sites: list[Premises], rng: random.Random
) -> None:
    """Write the bookings of one date."""
    with app.store.begin() as tx:
        before = tx.days.lock([(day, officer.id) for officer in officers])
        change = Change(before=tuple(before.values()))
        for officer in officers:
            known = before[day, officer.id]
            if DESK in officer.skills:
                after, added = _at_the_desk(app, known, size.desk_stops, rng)
            else:
                after, added = _on_site(app, known, rng.sample(sites, size.site_stops))
            visits = tuple(_visit(booking, officer) for booking in added)
            events = tuple(_event(booking) for booking in added)
            change = replace(
                change,
                after=(*change.after, after),
                bookings=(*change.bookings, *added),
                visits=(*change.visits, *visits),
                events=(*change.events, *events),
            )
        tx.write(change)


def _at_the_desk(app: Application, day: ResourceDay, count: int, rng: random.Random) -> tuple[ResourceDay, list[Booking]]:
    free = [start for start in range(0, day.span.seconds, SLOT_S) if not NOON_S <= start < NOON_S + BREAK_S]
    stops, bookings = list(day.stops), list[Booking]()
    for start in rng.sample(free, count):
        booking = _booking(app, CONSULTATION, 0, CONSULTATION.promise(day.span.at(start)))
        stops.append(_stop(app, day, booking, None, start, CONSULTATION.work_s))
        bookings.append(booking)
    return replace(day, stops=tuple(sorted(stops, key=lambda stop: stop.start))), bookings


def _on_site(app: Application, day: ResourceDay, sites: list[Premises]) -> tuple[ResourceDay, list[Booking]]:
    """Visit the places in an order that wastes little: from west to east, with an hour between two starts."""
    order = sorted(sites, key=lambda site: site.position.lon_e6)
    legs = GisTravel(None).table(TravelMode.CAR, {day.base, *(site.position for site in sites)})
    stops, bookings = list(day.stops), list[Booking]()
    here, free = day.base, 0
    for number, site in enumerate(order):
        travel = legs(here, site.position)
        start = max(free + travel + APPROACH_S, number * 3600 + 900)
        if start + WORK_S > NOON_S and free <= NOON_S:
            start = max(start, NOON_S + BREAK_S + travel + APPROACH_S)
        if start + WORK_S + legs(site.position, day.base) > day.span.seconds:
            break
        window = INSPECTION.promise(day.span.at(max(0, start // 3600 * 3600 - 3600 * (number % 2))))
        booking = _booking(app, INSPECTION, site.id, window)
        stop = _stop(app, day, booking, site.position, start, INSPECTION.work_s, APPROACH_S)
        stops.append(replace(stop, travel=travel))
        bookings.append(booking)
        here, free = site.position, start + WORK_S
    ordered = tuple(sorted(stops, key=lambda stop: stop.start))
    return _home(app, replace(day, stops=ordered), legs), bookings


def _home(app: Application, day: ResourceDay, legs: LegTable) -> ResourceDay:
    last = next((stop.place for stop in reversed(day.stops) if stop.place is not None), day.base)
    return replace(day, home=app.store.ids.occupancy(), home_travel=legs(last, day.base))


def _stop(
    app: Application, day: ResourceDay, booking: Booking, place: Position | None, start: int, work: int, before: int = 0
) -> Stop:
    return Stop(
        occupancy=app.store.ids.occupancy(),
        kind=StopKind.STOP if place else StopKind.REMOTE,
        place=place,
        work=work,
        earliest=day.span.offset(booking.promise.start),
        latest=day.span.offset(booking.promise.end),
        start=start,
        before=before,
        weight=100,
        visit=booking.visit,
        booking=booking.id,
    )


def _booking(app: Application, service: Service, premises: int, promise: Span) -> Booking:
    ids = app.store.ids
    return Booking(
        id=ids.unguessable(),
        service=service.code,
        premises=premises,
        promise=promise,
        customer=Customer("Aino Esimerkki", "+358401234567", "aino@example.com", "fi"),
        state=BookingState.CONFIRMED,
        source=Source.STAFF,
        creator="bench",
        created=datetime.now(UTC),
        visit=ids.unguessable(),
        calendar_uid="",
    )


def _visit(booking: Booking, officer: Officer) -> Visit:
    return Visit(
        id=booking.visit,
        service=booking.service,
        premises=booking.premises,
        team=officer.team,
        weight=100,
        state=VisitState.PLANNED,
        created=booking.created,
        booking=booking.id,
    )


def _event(booking: Booking) -> BookingEvent:
    return BookingEvent(booking.id, booking.created, "booking.created", "bench", None, booking.state, 1)
