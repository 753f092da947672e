"""Whom a booking is for: the details that were given, filled from the record that was named, and what that person needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain.booking import Hold
from server.domain.caller import Caller
from server.domain.case import CaseState
from server.domain.catalogue import lacking
from server.domain.commands import NewBooking
from server.domain.errors import NotEligible, NotYours
from server.domain.organisation import Officer
from server.usecases.access_needs import needs_of
from server.usecases.contact import checked
from server.usecases.customer_needs import named_record, needs_of_record
from server.usecases.ports import Transaction
from server.usecases.venues import must_suit


def addressed(tx: Transaction, caller: Caller, new: NewBooking, region: str) -> NewBooking:
    """Return it with the details of the record that it names, and with the needs in what it chooses; given details win."""
    record = named_record(tx, caller, new.record, "customer.name")
    details = checked(record.filled(new.customer), region)
    slot = new.slot and replace(new.slot, access_needs=tuple(sorted({*new.slot.access_needs, *record.access_needs})))
    return replace(new, customer=details, record=record.id, slot=slot)


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
