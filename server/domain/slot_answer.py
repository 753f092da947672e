"""What a search for slots answers: offers, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from server.domain.booking import Slot


class WhyEmpty(Enum):
    """The first rule that leaves nothing to offer."""

    BOOKING_PERIOD = "BOOKING_PERIOD"
    PREFERRED_TIMES = "PREFERRED_TIMES"
    LANGUAGE = "LANGUAGE"
    PATCH = "PATCH"
    NOBODY_WORKS = "NOBODY_WORKS"
    ROOMS = "ROOMS"
    ALL_TAKEN = "ALL_TAKEN"


@dataclass(frozen=True, slots=True)
class SlotAnswer:
    """The offers as ranked, and whether there are more. Without any: why, and the first local date after the interval on
    which there is one, as far as the search looks ahead."""

    slots: tuple[Slot, ...]
    truncated: bool = False
    why_empty: WhyEmpty | None = None
    earliest: date | None = None
