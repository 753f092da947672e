"""The series desk: what every edge and job asks of recurring bookings."""

from __future__ import annotations

from server.usecases.series.cancelling import Cancelling
from server.usecases.series.creating import Creating
from server.usecases.series.firming import Firming
from server.usecases.series.moving import Moving
from server.usecases.series.reading import Reading


class RecurringBookings(Creating, Moving, Cancelling, Firming, Reading):
    """Series, a transaction per step."""
