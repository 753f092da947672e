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
    return Customer(name, _phone(customer.phone, region), _email(customer.email), customer.language)


def _phone(text: str, region: str) -> str:
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidField.of("customer.phone", "is not a telephone number: write it as +358401234567") from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidField.of("customer.phone", "has too few or too many digits: write it as +358401234567")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise InvalidField.of("customer.email", f"is not an e-mail address: {error}") from error
