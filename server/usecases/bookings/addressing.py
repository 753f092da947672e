"""Whom a booking is for: the details that were given, filled from the record that was named."""

from __future__ import annotations

from dataclasses import replace

from server.domain.access_need import Required
from server.domain.caller import Caller, Role
from server.domain.commands import NewBooking
from server.domain.customer import CustomerRecord, customer_name
from server.domain.errors import InvalidField, NotYours
from server.usecases.access_needs import needs_of
from server.usecases.contact import checked
from server.usecases.customers import seen
from server.usecases.ports import Transaction


def addressed(tx: Transaction, caller: Caller, new: NewBooking, region: str) -> NewBooking:
    """Return it with the details of the record that it names, and with the needs in what it chooses; given details win."""
    if new.allow_closed_case and not caller.is_staff:
        raise NotYours("allow_closed_case is for staff: ask them to reopen the case")
    if not new.record:
        return replace(new, customer=checked(new.customer, region))
    if caller.role is Role.PUBLIC:
        raise InvalidField.of("customer.name", "is not for the public: give the person's details")
    record = seen(tx, caller, customer_name(new.record))
    if record.merged_into:
        record = tx.customers.some([record.merged_into])[record.merged_into]
    details = checked(record.filled(new.customer), region)
    slot = new.slot and replace(new.slot, access_needs=tuple(sorted({*new.slot.access_needs, *record.access_needs})))
    return replace(new, customer=details, record=record.id, slot=slot)


def needs_of_record(tx: Transaction, number: int) -> tuple[str, ...]:
    """Return the codes of what the customer of a record needs (0: nobody is known)."""
    return _record(tx, number).access_needs if number else ()
