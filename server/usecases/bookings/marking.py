"""Facets that people set: whether the customer will be there, how far the officer got."""

from __future__ import annotations

from dataclasses import replace

from server.domain import booking_history as history
from server.domain.booking import BookingView
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.facets import Attendance, Dispatch, Facet, name_of
from server.usecases.bookings.records import seen
from server.usecases.bookings.room import Room


class Marking(Room):
    """What is noted beside a booking, whatever its state."""

    def set_attendance(self, request: Request, name: str, attendance: Attendance) -> BookingView:
        """Note whether the customer will be there."""
        return self._mark(request, name, attendance, history.ATTENDANCE)

    def set_dispatch(self, request: Request, name: str, dispatch: Dispatch) -> BookingView:
        """Note how far the officer got; it is no step of the promise, and so not in its history."""
        return self._mark(request, name, dispatch, "")

    def _mark(self, request: Request, name: str, facet: Facet, kind: str) -> BookingView:
        with self._store.begin(request) as tx:
            view = seen(tx, request.caller, name)
            tx.facets.save(view.booking.id, facet, self._clock())
            if kind:
                told = {name_of(facet): facet.value}
                event = self._event(request.caller, kind, view.booking, view.booking, **told)
                tx.write(Change(events=(event,)))
            marked = replace(view, facets=view.facets.but(facet))
            tx.answer(marked)
            return marked
