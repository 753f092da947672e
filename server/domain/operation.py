"""Long-running operations (AIP-151): today, runs of the planner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from server.domain.ids import encode


@dataclass(frozen=True, slots=True)
class Operation:
    """A run of the planner. It is done when `plan` or `error` is set; `error` is (reason, message)."""

    id: int
    team: str
    day: date
    seconds: int
    seed: int
    phase: str
    progress_percent: int
    created: datetime
    plan: int = 0
    error: tuple[str, str] | None = None
    cancel_requested: bool = False

    @property
    def name(self) -> str:
        """The resource name."""
        return f"operations/{encode(self.id)}"

    @property
    def done(self) -> bool:
        """Whether it has ended, well or badly."""
        return bool(self.plan) or self.error is not None
