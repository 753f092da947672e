"""What the core has promised, kept in plain Python beside it, and how the two are compared."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.booking import LIVE, Booking, BookingState, Hold
from server.domain.facts import Absence
from server.domain.visit import Visit
from server.store import tables
from tests.makers.office import KEPT_SEATS
from tests.makers.world import World

KEEPING = LIVE | {BookingState.COMPLETED, BookingState.NO_SHOW}
"""The states that have rows: what happened keeps them, clipped to when it ended."""

Told = tuple[int, int, str]
"""A message to come: booking, revision, kind."""


@dataclass
class Model:
    """The promises as they must be stored: states, history and messages of each, and what else was recorded."""

    bookings: dict[int, Booking] = field(default_factory=dict)
    history: dict[int, list[str]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    holds: dict[int, Hold] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    due: list[Visit] = field(default_factory=list)
    withdrawn: set[int] = field(default_factory=set)

    def made(self, booking: Booking, kind: str = "") -> None:
        """Note a new booking."""
        self.bookings[booking.id] = booking
        self.history[booking.id] = [booking.state.value]
        usual = "booking.requested" if booking.state is BookingState.PENDING else "booking.confirmed"
        self.told.append((booking.id, booking.revision, kind or usual))

    def became(self, booking: Booking, kind: str = "") -> None:
        """Note a new state, and what the customer is told about it."""
        self.bookings[booking.id] = booking
        self.history[booking.id].append(booking.state.value)
        if kind:
            self.told.append((booking.id, booking.revision, kind))

    def live(self, *states: BookingState) -> list[Booking]:
        """Return the bookings that occupy time, in the order they were made."""
        return [one for one in self.bookings.values() if one.state in (states or LIVE)]

    def must_be_stored(self, world: World, now: datetime) -> None:
        """Compare everything with the database."""
        assert world.flaws() == []
        stored = {row.id: row for row in world.rows(tables.booking)}
        assert {number: row.state for number, row in stored.items()} == {n: b.state.value for n, b in self.bookings.items()}
        history: dict[int, list[str]] = {}
        for row in world.rows(tables.booking_event):
            history.setdefault(row.booking_id, []).append(row.to_state)
        assert history == self.history
        assert [(j["booking"], j["revision"], j["kind"]) for j in world.jobs()] == self.told
        self._each_in_its_seats(world)
        self._holds_live(world, now)
        self._facts_stand(world)

    def _each_in_its_seats(self, world: World) -> None:
        rows = Counter(row.booking_id for row in world.rows(tables.occupancy) if row.booking_id)
        assert rows == {
            one.id: 1 + (KEPT_SEATS if one.location else 0) for one in self.bookings.values() if one.state in KEEPING
        }

    def _holds_live(self, world: World, now: datetime) -> None:
        stored = {row.id for row in world.rows(tables.hold)}
        assert stored <= self.holds.keys()
        assert {number for number, hold in self.holds.items() if hold.expires > now} <= stored

    def _facts_stand(self, world: World) -> None:
        assert {row.id for row in world.rows(tables.fact)} == {absence.id for absence in self.absences}
        states = {row.id: row.state for row in world.rows(tables.visit) if row.booking_id is None}
        assert {number for number, state in states.items() if state == "WITHDRAWN"} == self.withdrawn
        open_repairs = {row.booking_id for row in world.rows(tables.repair) if row.state == "OPEN"}
        assert open_repairs <= {one.id for one in self.live()}, "nobody has to act for a promise that ended"
