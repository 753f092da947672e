"""When a job that failed is tried again."""

from __future__ import annotations

from dataclasses import dataclass

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job


@dataclass(frozen=True)
class Backoff(BaseRetryStrategy):
    """Waits `first_s`, then twice as long each time up to `longest_s`; `tries` counts the first one too."""

    tries: int
    first_s: int
    longest_s: int

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        """Return when to try again, or None after the last try."""
        if self.is_last(job.attempts):
            return None
        return RetryDecision(retry_in={"seconds": self.wait_s(job.attempts)})

    def is_last(self, attempts: int) -> bool:
        """Tell whether the try after that many earlier ones is the last."""
        return attempts + 1 >= self.tries

    def wait_s(self, attempts: int) -> int:
        """Return the seconds to wait after a failure that followed that many earlier ones."""
        return min(self.first_s << min(attempts, 20), self.longest_s)


# A provider that is away for a night is still told; a booking's next message waits for at most one of these pauses.
DELIVERY = Backoff(tries=300, first_s=5, longest_s=300)
PLANNING = Backoff(tries=3, first_s=10, longest_s=60)
