"""Verifying the truth: every day's packed route, bitmap and gap against its rows, and every promise against the routes.

Reads one moment of the database, a page of days at a time, and changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from server.domain.booking import LIVE, BookingState
from server.domain.day_rows import bitmap, longest_gap
from server.domain.geography import Position
from server.domain.organisation import TravelMode
from server.domain.resource_day import Legs, Occupancy, ResourceDay
from server.domain.visit import VisitState
from server.store.days import day_of, span_of
from server.store.store import make_engine
from server.store.tables import booking, hold, occupancy, overlay, resource_day, visit
from server.usecases.ports import DayKey

PAGE = 500
LegsOf = Callable[[TravelMode, Iterable[Position]], Legs]
"""Returns the legs between some places for a mode, as they are measured now."""
ON_ROUTE = (VisitState.PLANNED, VisitState.IN_PROGRESS)
OFF_ROUTE = (VisitState.OPEN, VisitState.WITHDRAWN)
FOLLOWED = {
    BookingState.PENDING: VisitState.PLANNED,
    BookingState.CONFIRMED: VisitState.PLANNED,
    BookingState.IN_PROGRESS: VisitState.IN_PROGRESS,
    BookingState.COMPLETED: VisitState.DONE,
    BookingState.NO_SHOW: VisitState.NO_ACCESS,
    BookingState.CANCELLED: VisitState.WITHDRAWN,
    BookingState.RESCHEDULED: VisitState.WITHDRAWN,
}
"""Where the visit of a booking stands."""
RELEASED = (BookingState.CANCELLED, BookingState.RESCHEDULED)


def verify(url: str, legs_of: LegsOf | None = None) -> list[str]:
    """Return what is wrong in the database at `url`, in words; nothing when all is right.

    With `legs_of`, an officer who is given less travel time than a leg takes is told too.
    """
    engine = make_engine(url, 1).execution_options(isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            return [*_days(connection, legs_of), *_promises(connection)]
    finally:
        engine.dispose()


def _days(connection: sa.Connection, legs_of: LegsOf | None) -> Iterator[str]:
    for page in _pages(connection):
        keys = [(row.day, row.resource_id) for row in page]
        rows, facts = _rows(connection, keys), _facts(connection, {row.resource_id for row in page})
        for stored in page:
            day = day_of(stored)
            name = f"{day.day} resource {day.resource}"
            found = [*_route(day, rows[day.key], facts[day.resource]), *_derived(stored, day)]
            if legs_of is not None and day.mode is not None:
                found += _legs(day, legs_of(day.mode, day.places()))
            yield from (f"{name}: {what}" for what in found)


def _pages(connection: sa.Connection) -> Iterator[list[Any]]:
    key = sa.tuple_(resource_day.c.day, resource_day.c.resource_id)
    query = sa.select(resource_day).order_by(resource_day.c.day, resource_day.c.resource_id).limit(PAGE)
    page = list(connection.execute(query))
    while page:
        yield page
        last = page[-1]
        page = list(connection.execute(query.where(key > (last.day, last.resource_id))))


def _rows(connection: sa.Connection, keys: list[DayKey]) -> dict[DayKey, dict[int, Occupancy]]:
    query = sa.select(occupancy).where(sa.tuple_(occupancy.c.day, occupancy.c.resource_id).in_(keys))
    found: dict[DayKey, dict[int, Occupancy]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.day, row.resource_id][row.id] = Occupancy(
            row.id,
            row.day,
            row.resource_id,
            span_of(row.busy),
            row.lead_s,
            row.kind,
            row.visit_id or 0,
            row.booking_id or 0,
            row.hold_id or 0,
            row.overlay_id or 0,
            row.expires_at,
            row.session_id or 0,
            (row.seats.lower, row.seats.upper),
        )
    return found


def _facts(connection: sa.Connection, resources: set[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(sa.select(overlay).where(overlay.c.resource_id.in_(resources))):
        found[row.resource_id].append(row)
    return found


def _route(day: ResourceDay, rows: dict[int, Occupancy], facts: list[Any]) -> Iterator[str]:
    yield from day.defects()
    wanted = {row.id: row for row in day.occupancies()}
    for number in sorted(wanted.keys() | rows.keys()):
        if wanted.get(number) != rows.get(number):
            yield f"occupancy {number} is {rows.get(number)}, the route says {wanted.get(number)}"
    known = {fact.overlay: (day.span.at(fact.start), day.span.at(fact.end)) for fact in day.facts}
    meant = {fact.id: both for fact in facts if (both := day.span.intersection(span_of(fact.busy)))}
    if known != {number: (span.start, span.end) for number, span in meant.items()}:
        yield f"the facts on the route are {known}, the recorded ones {meant}"


def _derived(stored: Any, day: ResourceDay) -> Iterator[str]:
    if stored.bitmap != bitmap(day):
        yield f"the bitmap is {stored.bitmap.hex()}, the route says {bitmap(day).hex()}"
    if stored.max_gap != longest_gap(day):
        yield f"the longest gap is {stored.max_gap} s, the route says {longest_gap(day)} s"


def _legs(day: ResourceDay, legs: Legs) -> Iterator[str]:
    """Tell the legs that are shorter than the way; a break may lie on a leg and carry a part of it."""
    here, travelled = day.base, 0
    for stop in day.stops:
        travelled += stop.travel
        if stop.place is not None:
            if travelled < legs(here, stop.place):
                yield f"stop {stop.occupancy} is given {travelled} s of travel, the way takes {legs(here, stop.place)} s"
            here, travelled = stop.place, 0
    if travelled + day.home_travel < legs(here, day.base):
        yield f"the way home is given {travelled + day.home_travel} s, it takes {legs(here, day.base)} s"


def _promises(connection: sa.Connection) -> Iterator[str]:
    yield from _bookings(connection)
    yield from _lives(connection)
    yield from _visits(connection)
    query = sa.select(hold.c.id).where(~sa.exists().where(occupancy.c.hold_id == hold.c.id))
    yield from (f"hold {number} occupies nothing" for number in connection.execute(query).scalars())


def _bookings(connection: sa.Connection) -> Iterator[str]:
    start = sa.func.lower(occupancy.c.busy) + occupancy.c.lead_s * sa.literal(timedelta(seconds=1))
    placed = sa.select(booking.c.id, booking.c.promise, start.label("start"), booking.c.state, booking.c.visit_id)
    query = placed.add_columns(occupancy.c.visit_id.label("of_visit")).outerjoin(
        occupancy, occupancy.c.booking_id == booking.c.id
    )
    for row in connection.execute(query.order_by(booking.c.id)):
        yield from _booking(row, row.start)


def _booking(row: Any, start: datetime | None) -> Iterator[str]:
    state, name = BookingState(row.state), f"booking {row.id} ({row.state})"
    if start is None:
        if state in LIVE:
            yield f"{name} occupies nothing"
        return
    if state in RELEASED:
        yield f"{name} still occupies time"
    if start not in span_of(row.promise):
        yield f"{name} is planned at {start}, outside its promise {span_of(row.promise)}"
    if row.of_visit != row.visit_id:
        yield f"{name} occupies time as visit {row.of_visit}, its visit is {row.visit_id}"


def _lives(connection: sa.Connection) -> Iterator[str]:
    """Tell the bookings that do not stand where their visits do."""
    query = sa.select(booking.c.id, booking.c.state, visit.c.state.label("visit")).join(
        visit, visit.c.id == booking.c.visit_id
    )
    for row in connection.execute(query.order_by(booking.c.id)):
        if VisitState(row.visit) is not FOLLOWED[BookingState(row.state)]:
            yield f"booking {row.id} is {row.state}, its visit is {row.visit}"


def _visits(connection: sa.Connection) -> Iterator[str]:
    placed = sa.exists().where(occupancy.c.visit_id == visit.c.id)
    wrong = sa.or_(
        sa.and_(visit.c.state.in_([state.value for state in ON_ROUTE]), ~placed),
        sa.and_(visit.c.state.in_([state.value for state in OFF_ROUTE]), placed),
    )
    query = sa.select(visit.c.id, visit.c.state, placed.label("placed")).where(wrong).order_by(visit.c.id)
    for row in connection.execute(query):
        yield f"visit {row.id} is {row.state}, but {'is on a route' if row.placed else 'is on no route'}"
