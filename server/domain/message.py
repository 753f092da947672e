"""Messages to customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Channel(Enum):
    """How a message goes out."""

    SMS = "SMS"
    EMAIL = "EMAIL"


class MessageState(Enum):
    """How far a message got."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a booking's revision. One exists per (booking, revision, kind, channel): sending is keyed by that.

    One about the waiting list has its entry in `waiting`, no booking, and the number of the offer as its revision.
    """

    booking: int
    revision: int
    kind: str
    channel: Channel
    recipient: str
    subject: str
    body: str
    ics: str
    state: MessageState
    sent: datetime | None = None
    waiting: int = 0
