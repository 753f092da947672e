"""Another time: the old booking is closed and a new one linked to it, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from server.domain import booking_history as history
from server.domain.booking import Booking, BookingState, BookingView
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.commands import SlotChoice
from server.domain.ids import encode
from server.domain.spans import Span
from server.usecases.bookings.records import (
    marking,
    must_be_first,
    planned_view,
    promised,
    seen,
    source_of,
)
from server.usecases.bookings.requesting import Requesting
from server.usecases.claims import Claimed
from server.usecases.customer_needs import needs_of_record
from server.usecases.placing import Claim
from server.usecases.ports import Transaction
from server.usecases.slots import Wanted


class Rescheduling(Requesting):
    """The promise of another time, by staff at once; by others, where a service needs approval, as a request."""

    def reschedule(self, request: Request, name: str, start: datetime, officer: str, etag: str) -> BookingView:
        """Close the booking as RESCHEDULED and promise another time, in one transaction; return the new one.

        After a NO_SHOW the new one only refers to the old. A request for change is answered with the old one.
        """
        with self._store.begin(request) as tx:
            seen_before = seen(tx, request.caller, name)
            old = seen_before.booking
            old.must_be(etag)
            if old.state is not BookingState.NO_SHOW:
                old.to(BookingState.RESCHEDULED)
            needs = needs_of_record(tx, old.customer_id)
            choice = SlotChoice(old.service, old.premises, start, officer, old.location, old.duration_minutes, needs)
            wanted = self._wanted(tx, request.caller, choice)
        promise = self._claims.promise(wanted, start)
        if old.state is BookingState.NO_SHOW:
            return self._rebook(request, old, wanted, promise)
        if wanted.service.needs_approval and not request.caller.is_staff and old.state is BookingState.CONFIRMED:
            return self._request_time(request, old, wanted, promise)  # what was approved was the old time
        new = self._successor(old, promise)

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            made = replace(new, session=claimed.session)
            change = self._replaced(tx, request.caller, old, made, wanted.service, claimed.crew[0], claimed.change)
            return change, planned_view(made, claimed.change.after, claimed.crew)

        view = self._claims.take(request, Claim(wanted, promise, old.id), marking(new), finish)
        if seen_before.change_request is not None:
            self._release(seen_before.change_request.hold)
        return view

    def _rebook(self, request: Request, old: Booking, wanted: Wanted, promise: Span) -> BookingView:
        """Promise a new time after one that did not take place; the old booking stays what it is."""
        with self._store.begin(request) as tx:
            must_be_first(tx, old.case, old.allow_duplicate, old.service)
        number = self._store.ids.unguessable()
        new = replace(
            self._successor(old, promise),
            id=number,
            state=BookingState.PENDING if wanted.service.needs_approval else BookingState.CONFIRMED,
            source=source_of(request.caller),
            revision=1,
            rescheduled_from=0,
            rebooked_from=old.id,
            calendar_uid=f"{encode(number)}@fieldwork",
        )

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, BookingView]:
            made = replace(new, session=claimed.session)
            change = promised(claimed.change, made, wanted.service, claimed.crew[0], self._clock(), request.caller)
            told = self._event(request.caller, history.REBOOKED, old, old, rebooked_to=new.name)
            return replace(change, events=(*change.events, told)), planned_view(made, change.after, claimed.crew)

        return self._claims.take(request, Claim(wanted, promise), marking(new), finish)
