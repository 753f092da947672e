"""What leaves the house, and who writes and carries it: the ports of messages and of calendar invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

from server.domain.booking import Booking
from server.domain.catalogue import Service
from server.domain.message import Channel
from server.domain.organisation import Premises


@dataclass(frozen=True, slots=True)
class Authority:
    """Whose deployment this is: the sender of messages. `language` (BCP 47) is for customers who told none."""

    name: str
    email: str
    language: str = "en"


class Kind(Enum):
    """What a message says about a booking; the value is its `kind` in the store and in the queue."""

    REQUESTED = "booking.requested"
    CONFIRMED = "booking.confirmed"
    CANCELLED = "booking.cancelled"
    RESCHEDULED = "booking.rescheduled"
    REASSIGNED = "booking.reassigned"
    DISPLACED = "booking.displaced"
    OFFERED = "waiting.offered"
    SERIES_CONFIRMED = "series.confirmed"
    SERIES_RESCHEDULED = "series.rescheduled"
    SERIES_CANCELLED = "series.cancelled"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to go. `key` is the same in every try to send it, so that a provider can drop the second.

    `ics` is empty or an iCalendar object whose METHOD is `method` ("REQUEST", "CANCEL").
    """

    key: str
    channel: Channel
    recipient: str
    subject: str
    body: str
    ics: str = ""

    @property
    def method(self) -> str:
        """The METHOD that the iCalendar object declares; empty without one."""
        found = [line for line in self.ics.split("\r\n") if line.startswith("METHOD:")]
        return found[0].removeprefix("METHOD:") if found else ""


class NotDelivered(Exception):
    """A carrier did not take a message. `permanent`: trying again cannot help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Carrier(Protocol):
    """Hands messages of one channel to a provider."""

    def send(self, outgoing: Outgoing) -> str:
        """Return the provider's id of the message, or raise NotDelivered."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about: a booking with what it refers to. `zone` is where its time is told.

    Of an offer to somebody who waits, the booking is the one that it would become; `reference` is the entry's name, and
    `until` is when the offer runs out. `others` are the bookings of its series that the message tells of besides.
    """

    booking: Booking
    service: Service
    premises: Premises | None
    zone: ZoneInfo
    reference: str = ""
    until: datetime | None = None
    others: tuple[Booking, ...] = ()


class Writer(Protocol):
    """Puts messages into words."""

    def write(self, kind: Kind, subject: Subject, now: datetime) -> list[Outgoing]:
        """Return the messages for the channels that the customer has; none about unannounced work."""


class Invitation(Protocol):
    """Writes the iCalendar object of a booking."""

    def __call__(self, subject: Subject, authority: Authority, summary: str, description: str, at: datetime) -> str:
        """Return the object; `summary` and `description` in the customer's words, `at` becomes its DTSTAMP."""
