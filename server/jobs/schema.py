"""The queue's tables: procrastinate's own schema, with our wake-up rule.

Jobs are put into the queue in plain SQL, inside the transaction of whatever causes them (procrastinate 3.10):

    select procrastinate_defer_jobs_v1(array[
      row(queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)::procrastinate_job_to_defer_v1, ...])

`procrastinate_defer_jobs_v1(jobs procrastinate_job_to_defer_v1[]) returns bigint[]` takes rows of (varchar, varchar, int,
text, text, jsonb, timestamptz) and returns the new jobs' ids. `priority` may not be null (0 is the default). `lock` may be:
of jobs with an equal one a single one runs at a time, in the order of priority and id, so one that waits for its next try
holds back the later ones. `queueing_lock` may be null: a second waiting job with an equal one breaks the unique index
procrastinate_jobs_queueing_lock_idx_v1. `args` is an object of the task's keyword arguments; `scheduled_at` null means now.
No rows (an empty array or null) insert nothing. It is a plain function: in a CTE it runs only if something reads the CTE.
"""

from importlib import resources

# NOTIFY takes a lock on the whole database at commit: with this trigger commits queue up behind each other, and bookings
# lost 73 % of their throughput. Workers look every second instead. The trigger for aborting jobs fires rarely and stays.
_POLL_INSTEAD = "DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;\n"


def _schema() -> str:
    own = (resources.files("procrastinate.sql") / "schema.sql").read_text(encoding="utf-8")
    return own + "\n" + _POLL_INSTEAD


SCHEMA_SQL: str = _schema()
"""Makes the queue's tables in an empty database; to be run without parameters (it has percent signs of its own)."""
