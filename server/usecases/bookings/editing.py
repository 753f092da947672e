"""Editing what the customer said; time and officer change otherwise."""

from __future__ import annotations

from server.domain import booking_history as history
from server.domain.booking import BookingView, Customer
from server.domain.caller import Request
from server.domain.eligibility import must_be_reachable
from server.domain.errors import InvalidField
from server.usecases.bookings.records import seen
from server.usecases.bookings.room import Room
from server.usecases.contact import checked

POINTS = {"customer.phone", "customer.email"}
EDITABLE = ("customer.display_name", "customer.phone", "customer.email", "customer.language", "note")


class Editing(Room):
    """Customer details and note."""

    def update(self, request: Request, name: str, etag: str, changes: dict[str, str]) -> BookingView:
        """Change customer details and note; `changes` maps paths of EDITABLE to new values."""
        for path in changes:
            if path not in EDITABLE:
                raise InvalidField.of("update_mask", f"{path} cannot be edited: only {', '.join(EDITABLE)} can")
        with self._store.begin(request) as tx:
            booking = seen(tx, request.caller, name).booking
            booking.must_be(etag)
            who = booking.customer
            customer = Customer(
                changes.get("customer.display_name", who.name),
                changes.get("customer.phone", who.phone),
                changes.get("customer.email", who.email),
                changes.get("customer.language", who.language),
            )
            customer = checked(customer, self._region)
            if POINTS & changes.keys():
                must_be_reachable(tx.services.get(booking.service), customer)
            described = booking.described(customer, changes.get("note", booking.note))
            fields = ",".join(sorted(changes))
            tx.bookings.save_details(
                described, self._event(request.caller, history.UPDATED, booking, described, fields=fields)
            )
            view = tx.bookings.view([described])[0]
            tx.answer(view)
            return view
