"""Services."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import counted_id, metadata

service = sa.Table(
    "service",
    metadata,
    counted_id(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("duration_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_before_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_after_minutes", sa.Integer, nullable=False),
    sa.Column("crew", pg.JSONB, nullable=False, comment="per officer needed: {skill: level}"),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("promise_kind", sa.Text, nullable=False),
    sa.Column("window_minutes", sa.Integer, nullable=False),
    sa.Column("step_minutes", sa.Integer, nullable=False),
    sa.Column("needs_approval", sa.Boolean, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("notice_minutes", sa.Integer, nullable=False),
    sa.Column("horizon_days", sa.Integer, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("unannounced", sa.Boolean, nullable=False),
)
