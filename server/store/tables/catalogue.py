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
    sa.Column("locations", pg.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"), comment="codes, for OFFICE"),
    sa.Column("resources", pg.JSONB, nullable=False, server_default=sa.text("'[]'"), comment="rooms and equipment it needs"),
    sa.Column("duration_options", pg.ARRAY(sa.Integer), nullable=False, server_default=sa.text("'{}'"), comment="minutes"),
    sa.Column("capacity", sa.Integer, nullable=False, server_default="1", comment="seats of its sessions; 1: no sessions"),
    sa.Column("documents", pg.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"), comment="to bring"),
    sa.Column("fee_cents", sa.Integer, nullable=False, server_default="0"),
    sa.Column("currency", sa.Text, nullable=False, server_default="", comment="ISO 4217"),
    sa.Column("contact_required", pg.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
    sa.Column("purposes", pg.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'"), comment="codes to choose from"),
    sa.Column("purpose_required", sa.Boolean, nullable=False, server_default=sa.false()),
)
