"""Bookings: promising time, and what happens to a promise. Each step is one transaction; each room here holds a few."""

from __future__ import annotations

from server.usecases.bookings.batching import Batching
from server.usecases.bookings.carrying_out import CarryingOut
from server.usecases.bookings.correcting import Correcting
from server.usecases.bookings.editing import Editing
from server.usecases.bookings.marking import Marking
from server.usecases.bookings.reading import Reading
from server.usecases.bookings.reassigning import Reassigning
from server.usecases.bookings.rescheduling import Rescheduling
from server.usecases.bookings.room import LifePolicy


class Bookings(Batching, Rescheduling, Reassigning, CarryingOut, Correcting, Marking, Editing, Reading):
    """The life of a booking."""

    def look_after(self) -> int:
        """Do what is due by itself: end what nobody decided on, complete what was left; return how much that was."""
        return self.lapse() + self.lapse_requests() + self.complete_left()


__all__ = ["Bookings", "LifePolicy"]
