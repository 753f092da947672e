"""The worker process: runs jobs until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from server.jobs.tasks import MESSAGES, PLANS, UPKEEP, Application, make_app

POLL_S = 0.5
PAUSE_S = 2.0

logger = logging.getLogger(__name__)


async def work(
    application: Application, conninfo: str, *, concurrency: int = 4, planning_concurrency: int = 1, grace_s: float = 30
) -> None:
    """Run jobs until SIGTERM or SIGINT, then finish those that run, for at most `grace_s` where they can be ended.

    Planning has a lane of its own, so that a message never waits for a solver. A database that is away is waited for.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    lanes = (([MESSAGES, UPKEEP], concurrency), ([PLANS], planning_concurrency))
    while not stop.is_set():
        try:
            await _probe(conninfo)
            async with make_app(application, conninfo).open_async() as app:
                await _until(stop, app, lanes, grace_s)
        except (ConnectorException, psycopg.OperationalError) as error:
            logger.warning("the database does not answer (%s): trying again", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PAUSE_S)


async def _probe(conninfo: str) -> None:
    """Connect once: the queue's pool of connections would try for half a minute, deaf to signals, before it says no."""
    await (await psycopg.AsyncConnection.connect(conninfo)).close()


async def _until(stop: asyncio.Event, app: App, lanes: tuple[tuple[list[str], int], ...], grace_s: float) -> None:
    """Run a worker per lane until `stop` is set or one of them ends by itself, which only trouble can cause."""
    workers = [asyncio.create_task(_lane(app, queues, width, grace_s)) for queues, width in lanes]
    logger.info("worker ready")
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([*workers, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in [*workers, stopping]:
        task.cancel()
    results = await asyncio.gather(*workers, stopping, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _lane(app: App, queues: list[str], width: int, grace_s: float) -> None:
    await app.run_worker_async(
        name="-".join(queues),
        queues=queues,
        concurrency=width,
        fetch_job_polling_interval=POLL_S,
        listen_notify=False,
        install_signal_handlers=False,
        shutdown_graceful_timeout=grace_s,
        delete_jobs="successful",
    )
