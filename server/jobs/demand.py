"""The tasks of the waiting list and of availability profiles."""

from __future__ import annotations

from typing import Protocol

from procrastinate import App, JobContext

from server.jobs.backoff import DELIVERY

EACH_TEN_SECONDS = "* * * * * */10"
EACH_MINUTE = "* * * * *"


class Telling(Protocol):
    """The use case that tells who waits."""

    def offer(self, entry: int, offer: int, last_try: bool = False) -> None:
        """Tell somebody who waits of an offer, or raise to be called again."""


class Offering(Protocol):
    """The use case that offers what is free to those who wait."""

    def sweep(self) -> object:
        """Make every offer that can be made now."""


class Switching(Protocol):
    """The use case that switches availability profiles by date and threshold."""

    def look(self) -> object:
        """Switch what is due."""


class Application(Protocol):
    """What these tasks need of the application."""

    @property
    def messages(self) -> Telling: ...
    @property
    def waiting_offers(self) -> Offering: ...
    @property
    def profile_switch(self) -> Switching: ...


def add_demand(app: App, application: Application, messages: str, upkeep: str) -> None:
    """Add the tasks, on the queues of those names."""

    @app.task(name="waiting.tell", queue=messages, retry=DELIVERY, pass_context=True)
    def tell(context: JobContext, entry: int, offer: int) -> None:
        application.messages.offer(entry, offer, last_try=DELIVERY.is_last(context.job.attempts))

    @app.periodic(cron=EACH_TEN_SECONDS)
    @app.task(name="waiting.offer", queue=upkeep, queueing_lock="waiting.offer", lock="waiting.offer")
    def offer(timestamp: int) -> None:  # noqa: ARG001 - the moment it was due, as the queue tells it
        application.waiting_offers.sweep()

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="profiles.switch", queue=upkeep, queueing_lock="profiles.switch", lock="profiles.switch")
    def switch(timestamp: int) -> None:  # noqa: ARG001
        application.profile_switch.look()
