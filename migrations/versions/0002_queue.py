"""The queue: procrastinate's tables in the same database, so that a job is deferred in the transaction that causes it."""

from __future__ import annotations

from alembic import op

from server.jobs.schema import SCHEMA_SQL

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.get_bind().connection.cursor().execute(SCHEMA_SQL)


def downgrade() -> None:
    """Bring the database back."""
    op.execute("drop table procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs, procrastinate_workers")
    op.execute("drop type procrastinate_job_to_defer_v1, procrastinate_job_event_type, procrastinate_job_status cascade")
