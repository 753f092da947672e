"""What an officer's day may hold: how many visits, and how much of it may be promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.domain.resource_day import ResourceDay


@dataclass(frozen=True, slots=True)
class Limits:
    """At most so many `visits` a day (0: any number); at most `promised_percent` of its span may be kept for people."""

    visits: int = 0
    promised_percent: int = 100

    def is_full(self, day: ResourceDay, gone: int = 0) -> bool:
        """Tell whether the day, without `gone` visits, has as many as it may have; what stands beside the route counts."""
        count = sum(1 for stop in day.everything() if stop.visit or stop.hold) if self.visits else 0
        return bool(self.visits) and count - gone >= self.visits

    def is_spent(self, day: ResourceDay, seconds: int) -> bool:
        """Tell whether so many more seconds would go beyond the share of the day that may be promised."""
        if self.promised_percent == 100:
            return False
        kept = sum(stop.before + stop.work + stop.after for stop in day.stops if stop.is_promise)
        return (kept + seconds) * 100 > day.span.seconds * self.promised_percent


UNLIMITED = Limits()
