"""The waiting list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.domain.booking import Customer
from server.domain.caller import Role
from server.domain.errors import NotFound
from server.domain.ids import decode
from server.domain.paging import Listing, Page
from server.domain.waiting import Kept, WaitingEntry, WaitingFilter, WaitingState, Wish
from server.store.days import range_of, span_of
from server.store.paging import listing
from server.store.tables import location, resource_day, service
from server.store.tables import waiting_entry as t
from server.store.visits import case_of

_LIVE = t.c.state.in_([WaitingState.WAITING.value, WaitingState.OFFERED.value])
_select = (
    sa.select(t, service.c.code.label("service"), location.c.code.label("location"))
    .join(service, service.c.id == t.c.service_id)
    .outerjoin(location, location.c.id == t.c.location_id)
)


def _from_row(row: Any) -> WaitingEntry:
    return WaitingEntry(
        id=row.id,
        service=row.service,
        premises=row.premises_id or 0,
        location=row.location or "",
        duration_minutes=row.duration_minutes,
        wish=Wish(span_of(row.within), frozenset(row.weekdays), row.first_time, row.last_time),
        zone=row.zone,
        customer=Customer(row.contact_name, row.contact_phone, row.contact_email, row.contact_language),
        weight=row.weight,
        state=WaitingState(row.state),
        creator=row.creator,
        role=Role(row.role),
        created=row.created_at,
        case=case_of(row),
        note=row.note,
        purpose=row.purpose,
        offer=Kept(row.hold_id, span_of(row.promise), row.offer_expires_at) if row.hold_id else None,
        offers=row.offers,
        booking=row.booking_id or 0,
        version=row.version,
    )


class SqlWaiting:
    """Who waits for what, and what they are offered."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, entry: WaitingEntry) -> None:
        """Record an entry."""
        offered = sa.select(service.c.id).where(service.c.code == entry.service).scalar_subquery()
        office = sa.select(location.c.id).where(location.c.code == entry.location).scalar_subquery()
        wish, who, case = entry.wish, entry.customer, entry.case
        self._connection.execute(
            sa.insert(t).values(
                id=entry.id,
                service_id=offered,
                premises_id=entry.premises or None,
                location_id=office,
                duration_minutes=entry.duration_minutes,
                within=range_of(wish.span),
                weekdays=sorted(wish.weekdays),
                first_time=wish.first,
                last_time=wish.last,
                zone=entry.zone,
                contact_name=who.name,
                contact_phone=who.phone,
                contact_email=who.email,
                contact_language=who.language,
                weight=entry.weight,
                creator=entry.creator,
                role=entry.role.value,
                created_at=entry.created,
                case_system=case.system if case else None,
                case_external_id=case.external_id if case else None,
                note=entry.note,
                purpose=entry.purpose,
                **_standing(entry),
            )
        )

    def save(self, entry: WaitingEntry) -> None:
        """Write where an entry stands."""
        self._connection.execute(sa.update(t).where(t.c.id == entry.id).values(**_standing(entry)))

    def get(self, name: str, lock: bool = False) -> WaitingEntry:
        """Return the entry, or refuse with NotFound."""
        found = self.by_id(decode(name, "waitingEntry"), lock)
        if found is None:
            raise NotFound(f"there is no waiting entry {name!r}", name=name)
        return found

    def by_id(self, number: int, lock: bool = False) -> WaitingEntry | None:
        """Return the entry of that id."""
        query = _select.where(t.c.id == number)
        row = self._connection.execute(query.with_for_update(of=t) if lock else query).one_or_none()
        return _from_row(row) if row else None

    def ahead_of(self, entry: WaitingEntry) -> int:
        """Return how many live entries of the service weigh more, or as much and came earlier."""
        if entry.state not in (WaitingState.WAITING, WaitingState.OFFERED):
            return 0
        mine = sa.select(service.c.id).where(service.c.code == entry.service).scalar_subquery()
        earlier = sa.and_(t.c.weight == entry.weight, sa.tuple_(t.c.created_at, t.c.id) < sa.tuple_(entry.created, entry.id))
        query = sa.select(sa.func.count()).where(t.c.service_id == mine, _LIVE, sa.or_(t.c.weight > entry.weight, earlier))
        return self._connection.execute(query).scalar_one()

    def listing(self, page: Page, wanted: WaitingFilter, creator: str) -> Listing[WaitingEntry]:
        """Return a page, newest first; `creator` empty for all principals."""
        query = _select
        if wanted.service:
            query = query.where(service.c.code == wanted.service)
        if wanted.states:
            query = query.where(t.c.state.in_([state.value for state in wanted.states]))
        if creator:
            query = query.where(t.c.creator == creator)
        scope = f"waiting {wanted.service} {sorted(state.value for state in wanted.states)} {creator}"
        return listing(self._connection, query, page, scope, [t.c.created_at, t.c.id], _from_row, descending=True)

    def queue(self, per_service: int) -> list[WaitingEntry]:
        """Return who waits, of each service at most so many: the heaviest first, then who came first."""
        order = t.c.weight.desc(), t.c.created_at, t.c.id
        place = sa.func.row_number().over(partition_by=t.c.service_id, order_by=order).label("place")
        first = sa.select(t.c.id, place).where(t.c.state == WaitingState.WAITING.value).subquery()
        query = _select.join(first, first.c.id == t.c.id).where(first.c.place <= per_service).order_by(*order)
        return [_from_row(row) for row in self._connection.execute(query)]

    def late(self, now: datetime) -> list[int]:
        """Return ids of entries whose offer has run out, or whose time has passed."""
        late_offer = sa.and_(t.c.state == WaitingState.OFFERED.value, t.c.offer_expires_at <= now)
        too_late = sa.and_(t.c.state == WaitingState.WAITING.value, sa.func.upper(t.c.within) <= now)
        return list(self._connection.execute(sa.select(t.c.id).where(sa.or_(late_offer, too_late))).scalars())

    def demand(self, code: str) -> int:
        """Return how many wait for a service without an offer."""
        query = sa.select(sa.func.count()).join(service, service.c.id == t.c.service_id)
        query = query.where(service.c.code == code, t.c.state == WaitingState.WAITING.value)
        return self._connection.execute(query).scalar_one()

    def pulse(self) -> tuple[int, ...]:
        """Return numbers that change when a day changes or an entry is added."""
        changed = sa.cast(sa.cast(sa.func.max(resource_day.c.changed), sa.Text), sa.BigInteger)
        days = sa.select(sa.func.coalesce(sa.func.sum(resource_day.c.seq), 0), sa.func.coalesce(changed, 0))
        entries = sa.select(sa.func.count()).select_from(t)
        return (*map(int, self._connection.execute(days).one()), self._connection.execute(entries).scalar_one())


def _standing(entry: WaitingEntry) -> dict[str, Any]:
    offer = entry.offer
    return {
        "state": entry.state.value,
        "hold_id": offer.hold if offer else None,
        "promise": range_of(offer.promise) if offer else None,
        "offer_expires_at": offer.expires if offer else None,
        "offers": entry.offers,
        "booking_id": entry.booking or None,
        "version": entry.version,
    }
