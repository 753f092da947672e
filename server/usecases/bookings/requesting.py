"""Requests for change: what the customer wants, and what somebody decides on it.

The time that is wanted is a hold in the booking's own name, so that nobody else can book or release it. A request stands
beside the booking: it hinders no step, and ends with the booking.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from server.domain import booking_history as history
from server.domain import cancel_reason as reasons
from server.domain.booking import LIVE, Booking, BookingState, BookingView, Hold
from server.domain.caller import Caller, Request
from server.domain.catalogue import Service
from server.domain.change import Change, message_job
from server.domain.commands import SlotChoice
from server.domain.errors import IllegalTransition, InvalidField, StaleEtag, StoreUnavailable
from server.domain.facets import ChangeRequest, ChangeWanted
from server.domain.organisation import Officer
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.domain.spans import Span
from server.usecases.bookings.creating import Creating, not_held
from server.usecases.bookings.deciding import Deciding, Step
from server.usecases.bookings.records import planned_view, seen, settled_repairs, visit_of, withdrawn
from server.usecases.bookings.room import SYSTEM
from server.usecases.changing import LockedDays, settled
from server.usecases.claims import Claimed
from server.usecases.placing import Claim
from server.usecases.ports import Transaction
from server.usecases.slots import Wanted, without_booking

DEFAULT_HOURS = 72
"""So long a request stands where no setting says otherwise."""


class Requesting(Creating, Deciding):
    """What is asked for and not decided on."""

    def request_change(
        self, request: Request, name: str, wanted: ChangeWanted, start: datetime | None, etag: str
    ) -> BookingView:
        """Note that the customer wants another time, or an end; a time that is named is kept until somebody decides."""
        if wanted is ChangeWanted.NONE:
            raise InvalidField.of("wanted", "says nothing: RESCHEDULE_REQUESTED or CANCEL_REQUESTED")
        if start is not None and wanted is ChangeWanted.CANCEL_REQUESTED:
            raise InvalidField.of("start_time", "does not go with CANCEL_REQUESTED: leave it out")
        with self._store.begin(request) as tx:
            old = seen(tx, request.caller, name).booking
            _must_be_to_come(old)
            old.must_be(etag)
            if start is None:
                self._note(tx, request.caller, old, wanted)
                view = tx.bookings.view([old])[0]
                tx.answer(view)
                return view
            choice = SlotChoice(old.service, old.premises, start, "", old.location, old.duration_minutes)
            asked = self._wanted(tx, request.caller, choice)
        return self._request_time(request, old, asked, self._claims.promise(asked, start))

    def _request_time(self, request: Request, old: Booking, wanted: Wanted, promise: Span) -> BookingView:
        """Keep the time that is wanted instead of a booking's, and note the request; the booking stays as it is."""
        hold = Hold(
            id=self._store.ids.unguessable(),
            principal=old.name,
            service=old.service,
            premises=old.premises,
            promise=promise,
            expires=self._decided_by(promise),
            location=old.location,
            duration_minutes=old.duration_minutes,
        )

        def mark(stop: Stop, day: ResourceDay) -> Stop:
            return replace(stop, kind=StopKind.HOLD, hold=hold.id, expires=day.span.offset(hold.expires))

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            current = tx.bookings.get(old.name, lock=True)
            _must_be_to_come(current)
            if current.version != old.version:
                raise StaleEtag(f"{old.name} has changed meanwhile: read it again", name=old.name, etag=current.etag)
            self._note(tx, request.caller, current, ChangeWanted.RESCHEDULE_REQUESTED, hold)
            return replace(claimed.change, holds=(hold,)), tx.bookings.view([current])[0]

        with self._store.begin(request) as tx:
            before = tx.change_requests.of([old.id]).get(old.id)
        view = self._claims.take(request, Claim(wanted, promise), mark, finish)
        if before is not None:
            self._release(before.hold)
        return view

    def _decided_by(self, promise: Span | None) -> datetime:
        hours = self._policy.approval_hours or DEFAULT_HOURS
        late = self._clock() + timedelta(hours=hours)
        return min(late, promise.start) if promise else late

    def _note(
        self, tx: Transaction, caller: Caller, booking: Booking, wanted: ChangeWanted, hold: Hold | None = None
    ) -> None:
        now, promise = self._clock(), hold.promise if hold else None
        tx.change_requests.save(
            ChangeRequest(
                booking.id,
                wanted,
                caller.principal,
                now,
                hold.expires if hold else self._decided_by(None),
                promise,
                hold.id if hold else 0,
            )
        )
        tx.facets.save(booking.id, wanted, now)
        named = {"wanted_start": promise.start.isoformat()} if promise else {}
        detail = {"change_request": wanted.value, **named}
        tx.write(Change(events=(self._event(caller, history.CHANGE_REQUESTED, booking, booking, **detail),)))

    def reject_change(self, request: Request, name: str, etag: str) -> BookingView:
        """Leave the booking as it is, and give back the time that was kept."""
        return self._reject(request.caller, request, name, etag)

    def _reject(self, caller: Caller, request: Request | None, name: str, etag: str, reason: str = "") -> BookingView:
        with self._store.begin(request) as tx:
            booking = tx.bookings.get(name, lock=True)
            booking.must_be(etag)
            asked = _asked_for(tx, booking)
            tx.change_requests.delete(booking.id)
            tx.facets.save(booking.id, ChangeWanted.NONE, self._clock())
            detail = {"change_request": ChangeWanted.NONE.value, **({"reason": reason} if reason else {})}
            tx.write(Change(events=(self._event(caller, history.CHANGE_REJECTED, booking, booking, **detail),)))
            view = tx.bookings.view([booking])[0]
            tx.answer(view)
        self._release(asked.hold)
        return view

    def approve_change(self, request: Request, name: str, etag: str) -> BookingView:
        """Do what was asked for: return the new booking at the time that was kept, or the cancelled one."""
        with self._store.begin(request) as tx:
            old = seen(tx, request.caller, name).booking
            old.must_be(etag)
            asked = _asked_for(tx, old)
            service = tx.services.get(old.service).lasting(old.duration_minutes)
            officers = tx.organisation.everyone(self._clock().date())
        if asked.wanted is ChangeWanted.CANCEL_REQUESTED:
            step = Step(history.CANCELLED, lambda b: b.cancel(reasons.CUSTOMER_REQUEST))
            return self._decide(request.caller, request, name, etag, step)
        if asked.promise is None:
            raise IllegalTransition(f"{name}: no time was named: reschedule it to one that is free", booking=name)
        kept = Hold(asked.hold, old.name, old.service, old.premises, asked.promise, asked.expires)
        new = self._successor(old, asked.promise)

        def decide(tx: Transaction, locked: LockedDays) -> BookingView:
            return self._approved(tx, locked, request, old, new, kept, service, officers)

        return self._locked(
            request, lambda tx: [*tx.holds.days(kept.id), *tx.bookings.days(old.id)], decide, keep_hold=kept.id
        )

    def _approved(
        self,
        tx: Transaction,
        locked: LockedDays,
        request: Request,
        old: Booking,
        new: Booking,
        kept: Hold,
        service: Service,
        officers: list[Officer],
    ) -> BookingView:
        if _asked_for(tx, tx.bookings.get(old.name, lock=True)).hold != kept.id:
            raise not_held(kept.name)  # rejected, and another asked for, since it was read
        now = {key: without_booking(day, old.id, locked.legs_of(day)) for key, day in locked.now.items()}
        after, crew, session = self._taken_over(tx, replace(locked, now=now), kept, new, officers)
        change = Change(
            before=tuple(locked.before.values()),
            after=tuple(settled(day, self._store.ids) for day in after),
            released_holds=tuple({*locked.released_holds(), kept.id}),
            repairs=self._already_lost(new, after, crew),
        )
        view = planned_view(replace(new, session=session), after, crew)
        tx.write(self._replaced(tx, request.caller, old, view.booking, service, crew[0], change), view)
        return view

    def _successor(self, old: Booking, promise: Span) -> Booking:
        """Return the booking that takes a booking's place with another promise; it stays its maker's."""
        return replace(
            old,
            id=self._store.ids.unguessable(),
            promise=promise,
            created=self._clock(),
            visit=self._store.ids.unguessable(),
            revision=old.revision + 1,
            version=1,
            session=0,
            rescheduled_from=old.id,
            rebooked_from=0,
        )

    def _replaced(
        self, tx: Transaction, caller: Caller, old: Booking, new: Booking, service: Service, lead: Officer, change: Change
    ) -> Change:
        """Return the change of days with the old booking closed and the new one linked to it."""
        current = tx.bookings.get(old.name, lock=True)
        if current.version != old.version:
            raise StaleEtag(f"{old.name} has changed meanwhile: read it again", name=old.name, etag=current.etag)
        self._end_request(tx, tx.bookings.view([current])[0])
        closed = replace(current.to(BookingState.RESCHEDULED), rescheduled_to=new.id, revision=current.revision + 1)
        events = (
            self._event(caller, history.RESCHEDULED, current, closed),
            history.created(new, self._clock(), caller.principal),
        )
        return replace(
            change,
            bookings=(closed, new),
            visits=(*change.visits, *withdrawn(tx, current), visit_of(new, service, lead)),
            events=events,
            repairs=(*change.repairs, *settled_repairs(tx, current, history.RESCHEDULED)),
            jobs=(message_job(new, "booking.rescheduled"),),
        )

    def lapse_requests(self, limit: int = 100) -> int:
        """Leave bookings as they are where nobody decided on a request in time; return how many."""
        with self._store.begin() as tx:
            late = tx.change_requests.expired(self._clock(), limit)
            named = [booking.name for booking in tx.bookings.some([one.booking for one in late]).values()]
        for name in named:
            with suppress(StoreUnavailable, IllegalTransition):  # somebody decided just now
                self._reject(SYSTEM, None, name, "", reasons.APPROVAL_TIMEOUT)
        return len(late)


def _must_be_to_come(booking: Booking) -> None:
    """Refuse a request about a booking that has begun or ended."""
    if booking.state not in (BookingState.PENDING, BookingState.CONFIRMED):
        raise IllegalTransition(
            f"a booking that is {booking.state.value} does not change any more: only PENDING and CONFIRMED ones do",
            booking=booking.name,
            from_state=booking.state.value,
            to_state=BookingState.RESCHEDULED.value,
        )


def _asked_for(tx: Transaction, booking: Booking) -> ChangeRequest:
    """Return the request that stands, or refuse."""
    asked = tx.change_requests.of([booking.id]).get(booking.id)
    if asked is None or booking.state not in LIVE:
        raise IllegalTransition(
            f"{booking.name}: no change is asked for",
            booking=booking.name,
            from_state=booking.state.value,
            to_state=booking.state.value,
        )
    return asked
