"""Contact points as people type them, checked and brought into their standard forms."""

from __future__ import annotations

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from server.domain.booking import Customer
from server.domain.errors import InvalidField


def checked(customer: Customer, region: str) -> Customer:
    """Return the customer with the telephone number as E.164 and the address normalised; refuses what cannot be right.

    `region` (ISO 3166) is the country whose national numbers need no prefix.
    """
    name = " ".join(customer.name.split())
    if not name:
        raise InvalidField.of("customer.display_name", "is empty: give the person's name")
    phone = normal_phone(customer.phone, region, "customer.phone")
    return Customer(name, phone, normal_email(customer.email, "customer.email"), customer.language)


def normal_phone(text: str, region: str, field: str) -> str:
    """Return a telephone number as E.164, empty for a blank one, or refuse it as `field`."""
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidField.of(field, "is not a telephone number: write it as +358401234567") from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidField.of(field, "has too few or too many digits: write it as +358401234567")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_email(text: str, field: str) -> str:
    """Return an address in its standard form, empty for a blank one, or refuse it as `field`."""
    if not text.strip():
        return ""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise InvalidField.of(field, f"is not an e-mail address: {error}") from error
