"""Series with their occurrences. Bookings are written by the generic write; here is what ties them together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.domain.booking import Customer, Source
from server.domain.commands import SeriesFilter
from server.domain.errors import NotFound
from server.domain.ids import decode, encode
from server.domain.organisation import CaseRef
from server.domain.paging import Listing, Page
from server.domain.recurrence import Pattern
from server.domain.series import ClashPolicy, Occurrence, OccurrenceState, Series, SeriesState
from server.store.bookings import SqlBookings
from server.store.paging import listing
from server.store.tables import booking, location, officer, resource_day, service
from server.store.tables import series as t
from server.store.tables import series_occurrence as _occurrences
from server.store.visits import case_of
from server.usecases.ports import ChangedMeanwhile

_select = (
    sa.select(
        t,
        service.c.code.label("service"),
        location.c.code.label("location"),
        officer.c.code.label("officer"),
    )
    .join(service, service.c.id == t.c.service_id)
    .outerjoin(location, location.c.id == t.c.location_id)
    .outerjoin(officer, officer.c.id == t.c.officer_id)
)


def pattern_of(row: Any) -> Pattern:
    """Return the pattern of a row that has one."""
    return Pattern(row.starts, row.zone, row.rule, tuple(row.more), tuple(row.less))


def pattern_values(pattern: Pattern) -> dict[str, Any]:
    """Return the columns of a pattern."""
    return {
        "starts": pattern.start,
        "zone": pattern.zone,
        "rule": pattern.rule,
        "more": list(pattern.more),
        "less": list(pattern.less),
    }


def contact_of(row: Any) -> Customer:
    """Return whom a row is for."""
    return Customer(row.contact_name, row.contact_phone, row.contact_email, row.contact_language)


def contact_values(customer: Customer) -> dict[str, str]:
    """Return the columns of whom something is for."""
    return {
        "contact_name": customer.name,
        "contact_phone": customer.phone,
        "contact_email": customer.email,
        "contact_language": customer.language,
    }


def case_values(case: CaseRef | None) -> dict[str, str | None]:
    """Return the columns of a case."""
    return {"case_system": case.system if case else None, "case_external_id": case.external_id if case else None}


def id_of(table: sa.Table, code: str) -> sa.ScalarSelect[Any]:
    """Return the id of whatever has that code; null for an empty one."""
    return sa.select(table.c.id).where(table.c.code == code).scalar_subquery()


def _from_row(row: Any) -> Series:
    return Series(
        id=row.id,
        service=row.service,
        premises=row.premises_id or 0,
        pattern=pattern_of(row),
        policy=ClashPolicy(row.policy),
        customer=contact_of(row),
        creator=row.creator,
        source=Source(row.source),
        created=row.created_at,
        location=row.location or "",
        officer=row.officer or "",
        duration_minutes=row.duration_minutes,
        case=case_of(row),
        note=row.note,
        purpose=row.purpose,
        state=SeriesState(row.state),
        version=row.version,
    )


class SqlSeries:
    """Series by id and by case."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, series: Series, occurrences: Sequence[Occurrence]) -> None:
        """Record a series with its occurrences."""
        values = {
            "id": series.id,
            "service_id": id_of(service, series.service),
            "premises_id": series.premises or None,
            "location_id": id_of(location, series.location),
            "officer_id": id_of(officer, series.officer),
            "duration_minutes": series.duration_minutes,
            "policy": series.policy.value,
            **pattern_values(series.pattern),
            **contact_values(series.customer),
            **case_values(series.case),
            "source": series.source.value,
            "purpose": series.purpose,
            "note": series.note,
            "creator": series.creator,
            "created_at": series.created,
            "state": series.state.value,
            "version": series.version,
        }
        self._connection.execute(sa.insert(t).values(values))
        self.put(occurrences)

    def put(self, occurrences: Sequence[Occurrence]) -> None:
        """Add occurrences, or write start, state and reason of those that are known."""
        if not occurrences:
            return
        rows = [
            {
                "series_id": one.series,
                "recurrence_start": one.original,
                "start_at": one.start,
                "state": one.state.value,
                "why": one.why,
            }
            for one in occurrences
        ]
        new = pg.insert(_occurrences)
        written = {name: new.excluded[name] for name in ("start_at", "state", "why")}
        self._connection.execute(new.on_conflict_do_update(index_elements=_occurrences.primary_key, set_=written), rows)

    def get(self, name: str, lock: bool = False) -> Series:
        """Return the series, or refuse. Days are locked before it is."""
        query = _select.where(t.c.id == decode(name, "series"))
        row = self._connection.execute(query.with_for_update(of=t, key_share=True) if lock else query).one_or_none()
        if row is None:
            raise NotFound(f"there is no series {name!r}", name=name)
        return _from_row(row)

    def by_id(self, number: int) -> Series:
        """Return the series of that id, which exists."""
        return self.get(encode(number))

    def save(self, series: Series) -> None:
        """Write state and version of a series that is one version on; ChangedMeanwhile when somebody else was."""
        query = (
            sa.update(t)
            .where(t.c.id == series.id, t.c.version == series.version - 1)
            .values(state=series.state.value, version=series.version)
            .returning(t.c.id)
        )
        if self._connection.execute(query).one_or_none() is None:
            raise ChangedMeanwhile

    def listing(self, page: Page, wanted: SeriesFilter, creator: str) -> Listing[Series]:
        """Return a page, newest first; `creator` empty for all principals."""
        query = _select
        if wanted.case:
            query = query.where(t.c.case_system == wanted.case.system, t.c.case_external_id == wanted.case.external_id)
        if wanted.clashed_only:
            open_ones = sa.exists().where(
                _occurrences.c.series_id == t.c.id, _occurrences.c.state == OccurrenceState.CLASHED.value
            )
            query = query.where(open_ones)
        if creator:
            query = query.where(t.c.creator == creator)
        scope = f"series {wanted} {creator}"
        return listing(self._connection, query, page, scope, [t.c.created_at, t.c.id], _from_row, descending=True)

    def occurrences(self, series: int) -> list[Occurrence]:
        """Return every occurrence with the last of its bookings, in the order of the pattern."""
        query = sa.select(_occurrences).where(_occurrences.c.series_id == series)
        rows = self._connection.execute(query.order_by(_occurrences.c.recurrence_start)).all()
        return self._with_bookings(rows)

    def page(self, series: int, page: Page, states: Collection[OccurrenceState]) -> Listing[Occurrence]:
        """Return a page of occurrences with the last of their bookings, in the order of the pattern; no states: all."""
        query = sa.select(_occurrences).where(_occurrences.c.series_id == series)
        if states:
            query = query.where(_occurrences.c.state.in_(sorted(state.value for state in states)))
        scope = f"occurrences {series} {sorted(state.value for state in states)}"
        found = listing(self._connection, query, page, scope, [_occurrences.c.recurrence_start], lambda row: row)
        return Listing(tuple(self._with_bookings(found.items)), found.next_token)

    def _with_bookings(self, rows: Sequence[Any]) -> list[Occurrence]:
        last = sa.select(booking.c.id, booking.c.series_id, booking.c.recurrence_start).where(
            booking.c.series_id == sa.any_(sa.cast(list({row.series_id for row in rows}), sa.ARRAY(sa.BigInteger))),
            booking.c.rescheduled_to.is_(None),
        )
        ordered = self._connection.execute(last.order_by(booking.c.created_at, booking.c.id))
        number = {(row.series_id, row.recurrence_start): row.id for row in ordered}
        bookings = SqlBookings(self._connection).some(number.values())
        return [
            Occurrence(
                row.series_id,
                row.recurrence_start,
                row.start_at,
                OccurrenceState(row.state),
                row.why,
                bookings.get(number.get((row.series_id, row.recurrence_start), 0)),
            )
            for row in rows
        ]

    def roster_end(self, resources: Collection[int]) -> date | None:
        """Return the last date on which any of these resources has a day."""
        which = resource_day.c.resource_id == sa.any_(sa.cast(list(resources), sa.ARRAY(sa.BigInteger)))
        last: date | None = self._connection.execute(sa.select(sa.func.max(resource_day.c.day)).where(which)).scalar_one()
        return last

    def intended(self, before: datetime, after: int, limit: int) -> list[int]:
        """Return ids above `after` of series with intentions that begin before that instant, in order."""
        query = (
            sa.select(_occurrences.c.series_id)
            .where(
                _occurrences.c.state == OccurrenceState.INTENDED.value,
                _occurrences.c.start_at < before,
                _occurrences.c.series_id > after,
            )
            .distinct()
        )
        return list(self._connection.execute(query.order_by(_occurrences.c.series_id).limit(limit)).scalars())
