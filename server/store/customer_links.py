"""Which bookings are a customer's."""

from __future__ import annotations

import sqlalchemy as sa

from server.store.tables import booking, customer


def belongs_to(number: int) -> sa.ColumnElement[bool]:
    """Tell whether a booking is a customer's: it may still refer to a record that was merged while it was made."""
    records = sa.select(customer.c.id).where(sa.or_(customer.c.id == number, customer.c.merged_into == number))
    return booking.c.customer_id.in_(records)
