"""The record that a caller names, and what its customer needs."""

from __future__ import annotations

from server.domain.caller import Caller, Role
from server.domain.customer import CustomerRecord, customer_name
from server.domain.errors import InvalidField
from server.usecases.customers import seen
from server.usecases.ports import Transaction


def named_record(tx: Transaction, caller: Caller, number: int, field: str) -> CustomerRecord:
    """Return the record that a caller names in `field`, or the one into which it was merged; refuses one not for them."""
    if caller.role is Role.PUBLIC:
        raise InvalidField.of(field, "is not for the public: give the person's details")
    return tx.customers.live([seen(tx, caller, customer_name(number)).id])[number]


def needs_for(tx: Transaction, caller: Caller, number: int) -> tuple[str, ...]:
    """Return the codes of what the customer needs whom a caller names; none for 0."""
    return named_record(tx, caller, number, "customer").access_needs if number else ()


def needs_of_record(tx: Transaction, number: int) -> tuple[str, ...]:
    """Return the codes of what the customer of a record needs; none for 0, where nobody is known."""
    return tx.customers.live([number])[number].access_needs if number else ()
