"""The tasks of series and of block bookings."""

from __future__ import annotations

from typing import Protocol

from procrastinate import App

AFTER_THE_ROSTERS = "11 1 * * *"
EACH_TEN_MINUTES = "*/10 * * * *"


class Firming(Protocol):
    """The use case that makes intentions firm as the roster opens."""

    def firm(self) -> object:
        """Book what the roster now reaches, leave what clashes for somebody to choose."""


class Releasing(Protocol):
    """The use case that gives back what nobody booked."""

    def release(self) -> object:
        """Close or cut the sessions whose time of release has come."""


class Application(Protocol):
    """What these tasks need of the application."""

    @property
    def series(self) -> Firming: ...
    @property
    def blocks(self) -> Releasing: ...


def add_recurring(app: App, application: Application, upkeep: str) -> None:
    """Add the tasks, on the queue of that name."""

    @app.periodic(cron=AFTER_THE_ROSTERS)
    @app.task(name="series.firm", queue=upkeep, queueing_lock="series.firm", lock="series.firm")
    def firm(timestamp: int) -> None:  # noqa: ARG001 - the minute it was due, as the queue tells it
        application.series.firm()

    @app.periodic(cron=EACH_TEN_MINUTES)
    @app.task(name="sessions.release", queue=upkeep, queueing_lock="sessions.release", lock="sessions.release")
    def release(timestamp: int) -> None:  # noqa: ARG001
        application.blocks.release()
