"""What an engine is: something that turns a draft into a better one."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from optimizer.compiled import Compiled
from optimizer.draft import Draft


def never() -> bool:
    """The search that nobody cancels."""
    return False


def unheard(_iterations: int, _rank: tuple[int, ...]) -> None:
    """The progress that nobody follows."""


@dataclass(frozen=True, slots=True)
class Budget:
    """When to stop: at a moment of the monotonic clock, after a number of iterations, or when told to.

    With `iterations` the clock is not read, so that the same number gives the same plan.
    """

    until: float
    iterations: int | None = None
    cancelled: Callable[[], bool] = never
    progress: Callable[[int, tuple[int, ...]], None] = unheard

    def spent(self, done: int) -> bool:
        """Say whether an engine that has done so many iterations must stop."""
        if self.cancelled():
            return True
        return monotonic() >= self.until if self.iterations is None else done >= self.iterations


class Engine(Protocol):
    """One way to search; `iterations` of the result is what `Budget.iterations` must be to get it again."""

    name: str

    def cannot(self, compiled: Compiled, /) -> list[str]:
        """Return what of this problem the engine cannot express; it is skipped unless that is []."""
        ...

    def improve(self, draft: Draft, budget: Budget, seed: int) -> tuple[Draft, int]:
        """Return a draft that is no worse, and the number of iterations done."""
        ...
