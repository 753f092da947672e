"""Bookings that come again: checked before they are made, made in one transaction, moved and cancelled together."""

from server.usecases.series.series import RecurringBookings

__all__ = ["RecurringBookings"]
