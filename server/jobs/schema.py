"""The queue's tables: procrastinate's own schema, with our wake-up rule, and the SQL that puts a job into the queue.

Deferring in plain SQL, inside the transaction of whatever causes the job (procrastinate 3.10):

    select procrastinate_defer_jobs_v1(array_agg(row(
        queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at
    )::procrastinate_job_to_defer_v1))
    from unnest(...)

`procrastinate_defer_jobs_v1(jobs procrastinate_job_to_defer_v1[]) returns bigint[]` takes an array of rows
(queue_name varchar, task_name varchar, priority int, lock text, queueing_lock text, args jsonb, scheduled_at timestamptz)
and returns the new jobs' ids. `priority` may not be null (0 is the default); `lock` and `queueing_lock` may be: of jobs with
the same `lock` one runs at a time, in order of priority and id; a second waiting job with the same `queueing_lock` breaks the
unique index procrastinate_jobs_queueing_lock_idx_v1. `args` is an object of the task's keyword arguments; `scheduled_at`
null means now. An empty array, or null (what `array_agg` gives for no rows), inserts nothing.

`DEFER_SQL` does it from parallel arrays, so it fits as a CTE into a larger statement:
    with jobs as (<DEFER_SQL>) ...
"""

from importlib import resources

DEFER_SQL = """\
select procrastinate_defer_jobs_v1(array_agg(
  row(job.queue, job.task, 0, null, null, job.args, null)::procrastinate_job_to_defer_v1))
from unnest(%(job_queues)s::text[], %(job_tasks)s::text[], %(job_args)s::jsonb[]) as job(queue, task, args)"""
"""Puts jobs into the queue; parameters in psycopg's style: names of queues and tasks, JSON objects of arguments."""

# NOTIFY takes a lock on the whole database at commit: with this trigger commits queue up behind each other, and bookings
# lost 73 % of their throughput. Workers look every second instead. The trigger for aborting jobs fires rarely and stays.
_POLL_INSTEAD = "DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;\n"


def _schema() -> str:
    own = (resources.files("procrastinate.sql") / "schema.sql").read_text(encoding="utf-8")
    return own + "\n" + _POLL_INSTEAD


SCHEMA_SQL: str = _schema()
"""Makes the queue's tables in an empty database; to be run without parameters (it has percent signs of its own)."""
