"""What is held about a person, for that person's own request."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.access_need import AccessNeed
from server.domain.audit import Audit
from server.domain.booking import BookingEvent, BookingView
from server.domain.caller import Caller
from server.domain.change import Change
from server.domain.commands import BookingFilter
from server.domain.customer import CustomerRecord
from server.domain.message import Message
from server.domain.paging import LARGEST_SIZE, Page
from server.usecases.customers import seen
from server.usecases.ports import Clock, Store, Transaction


@dataclass(frozen=True, slots=True)
class ExportedBooking:
    """A booking with everything that is held beside it."""

    view: BookingView
    events: tuple[BookingEvent, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class CustomerExport:
    """A page of what is held about a person. `possible` are bookings without a record that share a contact point."""

    record: CustomerRecord
    merged: tuple[CustomerRecord, ...]
    needs: tuple[AccessNeed, ...]
    audits: tuple[Audit, ...]
    bookings: tuple[ExportedBooking, ...]
    possible: tuple[int, ...]
    next_token: str


class CustomerExports:
    """Hands out what is held about a person; the audit says to whom."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def export(self, caller: Caller, name: str, page: Page) -> CustomerExport:
        """Return a page of the bookings with all else that is held."""
        with self._store.begin() as tx:
            record = seen(tx, caller, name)
            merged = tuple(tx.customers.merged_into(record.id))
            found = tx.bookings.listing(page, BookingFilter(customer=record.id), "")
            points = {point.value for one in (record, *merged) for point in one.contact_points}
            subjects = [one.name for one in (record, *merged)]
            tx.write(Change(audits=(Audit(self._clock(), caller.principal, "customer.exported", record.name),)))
            return CustomerExport(
                record=record,
                merged=merged,
                needs=tuple(tx.access_needs.some(record.access_needs).values()),
                audits=tuple(tx.customers.audit_lines(subjects, LARGEST_SIZE)),
                bookings=tuple(_whole(tx, view) for view in tx.bookings.view(found.items)),
                possible=tuple(tx.customers.unlinked_bookings(points, LARGEST_SIZE)),
                next_token=found.next_token,
            )


def _whole(tx: Transaction, view: BookingView) -> ExportedBooking:
    number, everything = view.booking.id, Page(LARGEST_SIZE)
    return ExportedBooking(view, tx.bookings.events(number, everything).items, tx.messages.listing(number, everything).items)
