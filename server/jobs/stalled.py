"""Jobs whose worker died go back into the queue; procrastinate leaves that to its users."""

from __future__ import annotations

import logging

from procrastinate import App
from procrastinate.jobs import Job, Status

from server.jobs.backoff import Backoff

SILENT_S = 30.0
"""After so many seconds without a heartbeat (one comes every ten) a worker counts as dead."""

logger = logging.getLogger(__name__)


async def requeue_stalled(app: App, silent_s: float = SILENT_S) -> list[Job]:
    """Put the jobs of dead workers back into the queue; return those that were given up instead."""
    manager = app.job_manager
    given_up: list[Job] = []
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silent_s):
        if _is_last(app, job):
            await manager.finish_job(job, Status.FAILED, delete_job=False)
            logger.error("gave up job %s %s: its workers died", job.id, job.task_name)
            given_up.append(job)
            continue
        await manager.retry_job(job)
        logger.warning("requeued job %s %s: its worker died", job.id, job.task_name)
    return given_up


def _is_last(app: App, job: Job) -> bool:
    """Tell whether a job had all the tries of its task: then it probably kills its worker."""
    task = app.tasks.get(job.task_name)
    strategy = task.retry_strategy if task else None
    return isinstance(strategy, Backoff) and strategy.is_last(job.attempts)
