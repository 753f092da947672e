"""Plans and the runs that make them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, big_id, metadata

plan = sa.Table(
    "plan",
    metadata,
    big_id(),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False, index=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("published_at", Time),
    sa.Column("content", pg.JSONB, nullable=False, comment="figures, routes, unassigned as the domain has them"),
    sa.Column("problem", sa.LargeBinary, nullable=False, comment="what was solved, zlib-compressed problem.json"),
    sa.CheckConstraint("state in ('DRAFT', 'CHECKED', 'REJECTED', 'PUBLISHED', 'SUPERSEDED', 'DISCARDED')", name="state"),
    sa.Index("plan_created_at_idx", "created_at", "id"),
)

operation = sa.Table(
    "operation",
    metadata,
    big_id(),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("progress_percent", sa.Integer, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("plan_id", sa.ForeignKey("plan.id")),
    sa.Column("error_reason", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Index("operation_created_at_idx", "created_at", "id"),
)
