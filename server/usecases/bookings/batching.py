"""Several bookings at once: all are promised in one transaction, or none is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain.booking import Booking, BookingView
from server.domain.caller import Request
from server.domain.change import Change
from server.domain.commands import NewBooking
from server.domain.eligibility import must_be_reachable
from server.domain.errors import InvalidField
from server.usecases.bookings.addressing import has_closed_case
from server.usecases.bookings.creating import Creating, must_overbook
from server.usecases.bookings.records import marking, must_be_first, planned_view, promised
from server.usecases.claims import Claimed
from server.usecases.placing import Claim
from server.usecases.ports import Transaction


class Batching(Creating):
    """Batches of bookings."""

    def create_batch(self, request: Request, batch: Sequence[NewBooking]) -> list[BookingView]:
        """Promise the time of every slot, or refuse with the first that nobody can keep; holds are booked one by one."""
        prepared = [self._prepared(request, index, new) for index, new in enumerate(batch)]
        bookings, claims = [booking for booking, _ in prepared], [claim for _, claim in prepared]

        def finish(tx: Transaction, claimed: Claimed) -> tuple[Change, list[BookingView]]:
            change, views = claimed.change, []
            for new, booking, claim, crew, session in zip(
                batch, bookings, claims, claimed.crews, claimed.sessions, strict=True
            ):
                made = replace(booking, session=session, case_closed=has_closed_case(tx, request.caller, new))
                change = promised(change, made, claim.wanted.service, crew[0], self._clock())
                views.append(planned_view(made, claimed.change.after, crew))
            return change, views

        return self._claims.take_all(request, claims, [marking(booking) for booking in bookings], finish)

    def _prepared(self, request: Request, index: int, new: NewBooking) -> tuple[Booking, Claim]:
        new = self._addressed(request, new)
        choice = new.slot
        if choice is None:
            raise InvalidField.of(f"requests[{index}].time", "is a hold: a batch books slots; book holds one by one")
        if new.overbook:
            must_overbook(request.caller, choice)
        with self._store.begin(request) as tx:
            wanted = self._wanted(tx, request.caller, choice)
            must_be_reachable(wanted.service, new.customer)
            must_be_first(tx, new.case, new.allow_duplicate, choice.service)
            has_closed_case(tx, request.caller, new)
        promise = self._claims.promise(wanted, choice.start)
        booking = self._new(request.caller, new, wanted.service, choice, promise)
        return booking, Claim(wanted, promise, overbook=new.overbook)
