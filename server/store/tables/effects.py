"""Answers kept for repetition, messages, calendar feeds, the audit."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, big_id, counted_id, metadata

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("principal", sa.Text, primary_key=True),
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Time, nullable=False, index=True),
)

message = sa.Table(
    "message",
    metadata,
    counted_id(),
    sa.Column("booking_id", sa.ForeignKey("booking.id")),
    sa.Column("waiting_id", sa.ForeignKey("waiting_entry.id"), comment="instead of a booking"),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("ics", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False, server_default=""),
    sa.Column("sent_at", Time),
    sa.CheckConstraint("channel in ('SMS', 'EMAIL')", name="channel"),
    sa.CheckConstraint("state in ('QUEUED', 'SENT', 'FAILED')", name="state"),
    sa.CheckConstraint("num_nonnulls(booking_id, waiting_id) = 1", name="about"),
    sa.UniqueConstraint("booking_id", "revision", "kind", "channel"),
    sa.UniqueConstraint("waiting_id", "revision", "kind", "channel"),
)

feed = sa.Table(
    "feed",
    metadata,
    big_id(),
    sa.Column("officer_id", sa.ForeignKey("officer.id"), nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True, comment="sha256"),
    sa.Column("private_titles", sa.Boolean, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("revoked_at", Time),
)

audit = sa.Table(
    "audit",
    metadata,
    counted_id(),
    sa.Column("at", Time, nullable=False),
    sa.Column("actor", sa.Text, nullable=False, comment="principal"),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False, comment="resource name"),
    sa.Column("detail", pg.JSONB, nullable=False, comment="no personal data"),
    sa.Index("audit_subject_idx", "subject", "id"),
    sa.Index("audit_at_idx", "at", "id"),
)
