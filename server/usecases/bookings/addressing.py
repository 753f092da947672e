"""Whom a booking is for: the details that were given, filled from the record that was named, and what that person needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain.booking import Hold
from server.domain.caller import Caller, Role
from server.domain.case import CaseState
from server.domain.catalogue import lacking
from server.domain.commands import NewBooking
from server.domain.customer import CustomerRecord, customer_name
from server.domain.errors import InvalidField, NotEligible, NotYours
from server.domain.organisation import Officer
from server.usecases.access_needs import needs_of
from server.usecases.contact import checked
from server.usecases.customers import seen
from server.usecases.ports import Transaction
from server.usecases.venues import must_suit


def addressed(tx: Transaction, caller: Caller, new: NewBooking, region: str) -> NewBooking:
    """Return it with the details of the record that it names, and with the needs in what it chooses; given details win."""
    if caller.role is Role.PUBLIC:
        raise InvalidField.of("customer.name", "is not for the public: give the person's details")
    record = live_record(tx, seen(tx, caller, customer_name(new.record)))
    details = checked(record.filled(new.customer), region)
    slot = new.slot and replace(new.slot, access_needs=tuple(sorted({*new.slot.access_needs, *record.access_needs})))
    return replace(new, customer=details, record=record.id, slot=slot)


def live_record(tx: Transaction, record: CustomerRecord) -> CustomerRecord:
    """Return the record, or the one into which it was merged."""
    return tx.customers.some([record.merged_into])[record.merged_into] if record.merged_into else record


def needs_of_record(tx: Transaction, number: int) -> tuple[str, ...]:
    """Return the codes of what the customer of a record needs; none for 0, where nobody is known."""
    if not number:
        return ()
    return live_record(tx, tx.customers.some([number])[number]).access_needs


def must_suit_needs(tx: Transaction, new: NewBooking, hold: Hold, officers: Sequence[Officer]) -> None:
    """Refuse a hold whose officers, office or rooms lack what the customer needs: it was made without naming the needs."""
    needs = needs_of(tx, needs_of_record(tx, new.record))
    held = {resource for _, resource in tx.holds.days(hold.id)} if needs.skills or needs.features else set()
    if not held:
        return
    in_session = {code for session in tx.sessions.some(held).values() for code in session.officers}
    crew = [officer for officer in officers if officer.id in held or officer.code in in_session]
    if needs.skills and all(lacking(officer.skills, needs.skills) for officer in crew):
        skill = needs.skills[0][0]
        raise NotEligible(
            f"no officer of {hold.name} has {skill}, which the customer needs: hold a slot that was searched with the needs",
            hold=hold.name,
            skill=skill,
        )
    must_suit(tx.resources.location(hold.location) if hold.location else None, needs.features)
    for room in tx.resources.rooms(held):
        must_suit(room, needs.features)


def has_closed_case(tx: Transaction, caller: Caller, new: NewBooking) -> bool:
    """Tell whether the case is closed, which staff may allow; refuse it otherwise. It stays so in this transaction."""
    if new.allow_closed_case and not caller.is_staff:
        raise NotYours("allow_closed_case is for staff: ask them, or reopen the case")
    case = tx.cases.of_reference(new.case) if new.case else None
    if case is not None and not new.allow_closed_case:
        case.must_be_open()
    return case is not None and case.state is CaseState.CLOSED
