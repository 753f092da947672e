"""Bookings, their history, and holds. Time is written by the generic write; here they are read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.booking import Booking, BookingEvent, BookingState, BookingView, Customer, Hold, Source
from server.domain.commands import BookingFilter
from server.domain.errors import NotFound, StaleEtag
from server.domain.facets import Dispatch, Facets
from server.domain.ids import decode
from server.domain.paging import Listing, Page
from server.store.cases import is_closed
from server.store.customer_links import belongs_to
from server.store.days import span_of
from server.store.life_cycle import SqlChangeRequests, SqlFacets, SqlOutcomes
from server.store.paging import listing
from server.store.standing import NOWHERE, crews, standings
from server.store.tables import booking as t
from server.store.tables import booking_event, booking_facet, hold, location, occupancy, officer, service, session
from server.store.visits import case_of
from server.usecases.ports import DayKey

_select = (
    sa.select(
        t,
        service.c.code.label("service"),
        location.c.code.label("location"),
        is_closed(t).label("case_closed"),
    )
    .join(service, service.c.id == t.c.service_id)
    .outerjoin(location, location.c.id == t.c.location_id)
)


def _from_row(row: Any) -> Booking:
    return Booking(
        id=row.id,
        service=row.service,
        premises=row.premises_id or 0,
        promise=span_of(row.promise),
        customer=Customer(row.contact_name, row.contact_phone, row.contact_email, row.contact_language),
        state=BookingState(row.state),
        source=Source(row.source),
        creator=row.creator,
        created=row.created_at,
        visit=row.visit_id,
        case=case_of(row),
        note=row.note,
        cancel_reason=row.cancel_reason,
        allow_duplicate=row.allow_duplicate,
        revision=row.revision,
        version=row.version,
        rescheduled_to=row.rescheduled_to or 0,
        rescheduled_from=row.rescheduled_from or 0,
        calendar_uid=row.calendar_uid,
        customer_id=row.customer_id or 0,
        location=row.location or "",
        session=row.session_id or 0,
        series=row.series_id or 0,
        recurrence_start=row.recurrence_start,
        conversation=row.conversation_ref,
        purpose=row.purpose,
        duration_minutes=row.duration_minutes,
        rebooked_from=row.rebooked_from or 0,
        case_closed=row.case_closed,
    )


def event_of(row: Any) -> BookingEvent:
    before = BookingState(row.from_state) if row.from_state else None
    after, detail = BookingState(row.to_state), tuple(sorted(row.detail.items()))
    return BookingEvent(row.booking_id, row.at, row.kind, row.actor, before, after, row.revision, detail)


def _narrowed(wanted: BookingFilter) -> list[sa.ColumnElement[bool]]:
    found = {
        service.c.code.in_(sorted(wanted.services)): bool(wanted.services),
        location.c.code == wanted.location: bool(wanted.location),
        belongs_to(wanted.customer): bool(wanted.customer),
        t.c.conversation_ref == wanted.conversation: bool(wanted.conversation),
        t.c.series_id == wanted.series: bool(wanted.series),
        t.c.session_id == wanted.session: bool(wanted.session),
        t.c.creator == wanted.creator: bool(wanted.creator),
        t.c.source.in_(sorted(source.value for source in wanted.sources)): bool(wanted.sources),
        _led_by(wanted.officer): bool(wanted.officer),
        is_closed(t): wanted.case_closed,
    }
    return [condition for condition, asked in found.items() if asked]


def _led_by(code: str) -> sa.ColumnElement[bool]:
    """Tell whether a booking stands on an officer's route, or in a session that does."""
    mine = sa.select(officer.c.id).where(officer.c.code == code).scalar_subquery()
    stands = sa.or_(occupancy.c.booking_id == t.c.id, occupancy.c.session_id == t.c.session_id)
    return sa.exists().where(occupancy.c.resource_id == mine, stands)


def _scope(wanted: BookingFilter) -> str:
    """Return a filter in words that do not depend on the order of its sets."""
    sets = [sorted(one.value for one in wanted.states), sorted(wanted.services), sorted(s.value for s in wanted.sources)]
    return f"{replace(wanted, states=frozenset(), services=frozenset(), sources=frozenset())} {sets}"


def _days(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[DayKey]:
    query = sa.select(occupancy.c.day, occupancy.c.resource_id).where(condition).distinct()
    return sorted((row.day, row.resource_id) for row in connection.execute(query))


class SqlBookings:
    """Bookings by id, promise, state and case."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, name: str, lock: bool = False) -> Booking:
        """Return the booking, or refuse."""
        query = _select.where(t.c.id == decode(name, "booking"))
        row = self._connection.execute(query.with_for_update(of=t, key_share=True) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no booking {name!r}", name=name)
        return _from_row(row)

    def by_id(self, number: int) -> Booking | None:
        """Return the booking of that id."""
        return self.some([number]).get(number)

    def some(self, numbers: Collection[int]) -> dict[int, Booking]:
        """Return those that exist, by id."""
        query = _select.where(t.c.id == sa.any_(sa.cast(list(numbers), sa.ARRAY(sa.BigInteger))))
        return {row.id: _from_row(row) for row in self._connection.execute(query)}

    def beside(self, booking: Booking) -> list[Booking]:
        """Return the bookings of its series or of its allocated block, by promise."""
        block = sa.select(session.c.block_id).where(session.c.id == booking.session).scalar_subquery()
        of_block = t.c.session_id.in_(sa.select(session.c.id).where(session.c.block_id == block))
        related = t.c.series_id == booking.series if booking.series else of_block
        query = _select.where(related, t.c.calendar_uid == booking.calendar_uid)
        return [_from_row(row) for row in self._connection.execute(query.order_by(sa.func.lower(t.c.promise), t.c.id))]

    def view(self, bookings: Sequence[Booking]) -> list[BookingView]:
        """Return them with officers and planned start."""
        numbers = [booking.id for booking in bookings]
        placed = standings(self._connection, occupancy.c.booking_id, numbers)
        seated = crews(self._connection, {booking.session for booking in bookings if booking.session})
        facets = SqlFacets(self._connection).of(numbers)
        requests = SqlChangeRequests(self._connection).of(numbers)
        outcomes = SqlOutcomes(self._connection).of([booking.visit for booking in bookings])
        return [
            BookingView(
                booking,
                seated.get(booking.session, ()) if booking.session else placed.get(booking.id, NOWHERE).officers,
                booking.promise.start if booking.session else placed.get(booking.id, NOWHERE).start,
                facets.get(booking.id, Facets()),
                outcomes.get(booking.visit),
                requests.get(booking.id),
            )
            for booking in bookings
        ]

    def listing(self, page: Page, wanted: BookingFilter, creator: str) -> Listing[Booking]:
        """Return a page by promise; `creator` empty for all principals."""
        query = _select
        if wanted.span:
            query = query.where(
                sa.func.lower(t.c.promise) >= wanted.span.start, sa.func.lower(t.c.promise) < wanted.span.end
            )
        if wanted.states:
            query = query.where(t.c.state.in_(sorted(state.value for state in wanted.states)))
        if wanted.case:
            query = query.where(t.c.case_system == wanted.case.system, t.c.case_external_id == wanted.case.external_id)
        if creator:
            query = query.where(t.c.creator == creator)
        query = query.where(*_narrowed(wanted))
        scope = f"bookings {_scope(wanted)} {creator}"
        key = [sa.func.lower(t.c.promise, type_=sa.DateTime(timezone=True)), t.c.id]
        return listing(self._connection, query, page, scope, key, _from_row)

    def left(self, before: datetime, limit: int) -> list[tuple[Booking, datetime]]:
        """Return IN_PROGRESS bookings that their officers left before that instant, and when, longest ago first."""
        f = booking_facet
        gone = sa.and_(f.c.facet == "dispatch", f.c.value == Dispatch.LEFT.value, f.c.at <= before)
        query = (
            _select.add_columns(f.c.at.label("left_at"))
            .join(f, f.c.booking_id == t.c.id)
            .where(gone, t.c.state == BookingState.IN_PROGRESS.value)
        )
        rows = self._connection.execute(query.order_by(f.c.at, t.c.id).limit(limit))
        return [(_from_row(row), row.left_at) for row in rows]

    def undecided(self, before: datetime, now: datetime, limit: int) -> list[Booking]:
        """Return PENDING bookings made before that instant, or whose promise has begun by now, longest ago first."""
        late = sa.or_(t.c.created_at <= before, sa.func.lower(t.c.promise) <= now)
        query = _select.where(t.c.state == BookingState.PENDING.value, late).order_by(t.c.created_at, t.c.id).limit(limit)
        return [_from_row(row) for row in self._connection.execute(query)]

    def days(self, number: int) -> list[DayKey]:
        """Return the days on which it occupies time."""
        return _days(self._connection, occupancy.c.booking_id == number)

    def save_details(self, booking: Booking, event: BookingEvent) -> None:
        """Write customer, note and version, and what happened."""
        written = self._connection.execute(
            sa.update(t)
            .where(t.c.id == booking.id, t.c.version == booking.version - 1)
            .values(
                note=booking.note,
                version=booking.version,
                contact_name=booking.customer.name,
                contact_phone=booking.customer.phone,
                contact_email=booking.customer.email,
                contact_language=booking.customer.language,
            )
            .returning(t.c.id)
        ).one_or_none()
        if written is None:
            raise StaleEtag(f"{booking.name} has changed: read it again", name=booking.name)
        self._connection.execute(
            sa.insert(booking_event).values(
                booking_id=event.booking,
                at=event.at,
                kind=event.kind,
                actor=event.actor,
                from_state=event.before.value if event.before else None,
                to_state=event.after.value,
                revision=event.revision,
                detail=dict(event.detail),
            )
        )

    def events(self, number: int, page: Page) -> Listing[BookingEvent]:
        """Return a page of its history, oldest first."""
        query = sa.select(booking_event).where(booking_event.c.booking_id == number)
        return listing(self._connection, query, page, f"events {number}", [booking_event.c.id], event_of)


class SqlHolds:
    """Holds."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Hold | None:
        """Return the hold, or None when it is gone."""
        query = (
            sa.select(hold, service.c.code.label("service"), location.c.code.label("location"))
            .join(service, service.c.id == hold.c.service_id)
            .outerjoin(location, location.c.id == hold.c.location_id)
            .where(hold.c.id == decode(name, "hold"))
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return Hold(
            row.id,
            row.principal,
            row.service,
            row.premises_id or 0,
            span_of(row.promise),
            row.expires_at,
            row.location or "",
            row.duration_minutes,
        )

    def count_live(self, principal: str, now: datetime) -> int:
        """Return how many unexpired holds a principal has."""
        query = sa.select(sa.func.count()).where(hold.c.principal == principal, hold.c.expires_at > now)
        return self._connection.execute(query).scalar_one()

    def days(self, number: int) -> list[DayKey]:
        """Return the days on which it occupies time."""
        return _days(self._connection, occupancy.c.hold_id == number)

    def expired(self, now: datetime, limit: int) -> list[int]:
        """Return ids of holds that have run out, longest ago first."""
        query = sa.select(hold.c.id).where(hold.c.expires_at <= now).order_by(hold.c.expires_at).limit(limit)
        return list(self._connection.execute(query).scalars())
