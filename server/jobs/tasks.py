"""The tasks: the names and arguments that stand in the queue's rows, and the use case that each one calls."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Protocol

from procrastinate import App, JobContext, PsycopgConnector

from server.domain.opening import Subject, SubjectKind
from server.jobs import demand, recurring
from server.jobs.backoff import DELIVERY, PLANNING
from server.jobs.stalled import requeue_stalled

MESSAGES, PLANS, UPKEEP = "messages", "planning", "upkeep"
EACH_MINUTE = "* * * * *"
EACH_NIGHT = "41 0 * * *"
EACH_HOUR = "17 * * * *"
"""Not on the hour, when there is most to do elsewhere."""


class Deliveries(demand.Telling, Protocol):
    """The use case that sends messages."""

    def deliver(self, booking: int, revision: int, kind: str, last_try: bool = False) -> None:
        """Send what is due, or raise to be called again."""


class Plans(Protocol):
    """The use case that runs the planner."""

    def execute(self, operation: int, /, last_try: bool = False) -> object:
        """Run it to its end; harmless when it has ended before. A defect on the last try ends the operation too."""

    def fail(self, operation: int, message: str, /) -> object:
        """End an operation that nobody will run any more."""


class Sweep(Protocol):
    """The use case that gives back holds whose time has run out."""

    def sweep(self) -> object:
        """Delete them, as far as nobody else is at it."""


class Forgetting(Protocol):
    """The use case that forgets answers to old requests."""

    def forget(self) -> object:
        """Delete those that nobody repeats any more."""


class Rosters(Protocol):
    """The use case that makes days of opening rules."""

    def open(self) -> object:
        """Bring everybody's days into line, up to today's horizon."""

    def reopen(self, subject: Subject, since: datetime | None = None, /) -> object:
        """Bring the days into line that end after `since` of everybody whom a subject covers."""


class Escalation(Protocol):
    """The use case that tells a manager of what nobody has repaired in time."""

    def escalate(self) -> object:
        """Give what is past its deadline to a manager."""


class Bookings(Protocol):
    """The use case that looks after bookings that nobody looks after."""

    def look_after(self) -> object:
        """End what nobody decided on in time, complete what officers left without a word."""


class Application(demand.Application, recurring.Application, Protocol):
    """What the worker needs of the application."""

    @property
    def messages(self) -> Deliveries: ...
    @property
    def planning(self) -> Plans: ...
    @property
    def holds(self) -> Sweep: ...
    @property
    def answers(self) -> Forgetting: ...
    @property
    def rosters(self) -> Rosters: ...
    @property
    def repairs(self) -> Escalation: ...
    @property
    def bookings(self) -> Bookings: ...


def make_app(application: Application, conninfo: str) -> App:
    """Return the queue's application on the database behind `conninfo` (libpq's form), not opened yet."""
    app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4, timeout=10))

    # Use cases are synchronous: the queue runs such tasks in threads.
    @app.task(name="messages.deliver", queue=MESSAGES, retry=DELIVERY, pass_context=True)
    def deliver(context: JobContext, booking: int, revision: int, kind: str) -> None:
        application.messages.deliver(booking, revision, kind, last_try=DELIVERY.is_last(context.job.attempts))

    @app.task(name="planning.run", queue=PLANS, retry=PLANNING, pass_context=True)
    def run(context: JobContext, operation: int) -> None:
        application.planning.execute(operation, last_try=PLANNING.is_last(context.job.attempts))

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="holds.sweep", queue=UPKEEP, queueing_lock="holds.sweep")
    def sweep(timestamp: int) -> None:  # noqa: ARG001 - the minute it was due, as the queue tells it
        application.holds.sweep()

    @app.periodic(cron=EACH_HOUR)
    @app.task(name="answers.forget", queue=UPKEEP, queueing_lock="answers.forget")
    def forget(timestamp: int) -> None:  # noqa: ARG001
        application.answers.forget()

    @app.periodic(cron=EACH_NIGHT)
    @app.task(name="rosters.open", queue=UPKEEP, queueing_lock="rosters.open")
    def open_rosters(timestamp: int) -> None:  # noqa: ARG001
        application.rosters.open()

    @app.task(name="rosters.reopen", queue=UPKEEP, retry=DELIVERY)
    def reopen(kind: str, code: str, since: str) -> None:
        application.rosters.reopen(Subject(SubjectKind(kind), code), datetime.fromisoformat(since))

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="bookings.look_after", queue=UPKEEP, queueing_lock="bookings.look_after")
    def look_after(timestamp: int) -> None:  # noqa: ARG001
        application.bookings.look_after()

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="repairs.escalate", queue=UPKEEP, queueing_lock="repairs.escalate")
    def escalate(timestamp: int) -> None:  # noqa: ARG001
        application.repairs.escalate()

    @app.periodic(cron=EACH_MINUTE)
    @app.task(name="jobs.requeue_stalled", queue=UPKEEP, queueing_lock="jobs.requeue_stalled", pass_context=True)
    async def stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
        for job in await requeue_stalled(context.app):
            if job.task_name == "planning.run":
                number = int(str(job.task_kwargs["operation"]))
                await asyncio.to_thread(application.planning.fail, number, "its workers died")

    demand.add_demand(app, application, MESSAGES, UPKEEP)
    recurring.add_recurring(app, application, UPKEEP)
    return app
