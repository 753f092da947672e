"""The contact points of a customer's record, checked and brought into their standard forms."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from server.domain.customer import ContactKind, ContactPoint, CustomerRecord
from server.domain.errors import InvalidField
from server.usecases.contact import normal_email, normal_phone


def checked_record(record: CustomerRecord, region: str) -> CustomerRecord:
    """Return the record with names on one line and every contact point in its standard form, or refuse.

    `region` (ISO 3166) is the country whose national numbers need no prefix.
    """
    points = tuple(_checked(point, index, region) for index, point in enumerate(record.contact_points))
    known: set[tuple[ContactKind, str]] = set()
    for index, point in enumerate(points):
        if (point.kind, point.value) in known:
            raise InvalidField.of(f"customer.contact_points[{index}]", "is there twice: leave one of them out")
        known.add((point.kind, point.value))
    return replace(
        record,
        full_name=" ".join(record.full_name.split()),
        title=" ".join(record.title.split()),
        company=" ".join(record.company.split()),
        contact_points=points,
    )


def looked_for(text: str, region: str) -> str:
    """Return what to look for: a telephone number or an address in its standard form, anything else as it is."""
    words = " ".join(text.split())
    with suppress(InvalidField):
        return normal_email(words, "query")
    with suppress(InvalidField):
        return normal_phone(words, region, "query")
    return words


def _checked(point: ContactPoint, index: int, region: str) -> ContactPoint:
    field = f"customer.contact_points[{index}]"
    if point.kind is ContactKind.PHONE:
        value = normal_phone(point.value, region, f"{field}.phone")
    else:
        value = normal_email(point.value, f"{field}.email")
    if not value:
        raise InvalidField.of(field, "is blank: leave it out")
    return replace(point, value=value, label=" ".join(point.label.split()))
