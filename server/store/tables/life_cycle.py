"""What stands beside a booking and its visit: facets, requests for change, outcomes; and the reasons for cancelling."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, metadata

cancel_reason = sa.Table(
    "cancel_reason",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("roles", pg.ARRAY(sa.Text), nullable=False, comment="who may use it; empty: whoever may cancel"),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.CheckConstraint("kind in ('CUSTOMER', 'AUTHORITY', 'ABORTED', 'SYSTEM')", name="kind"),
)

booking_facet = sa.Table(
    "booking_facet",
    metadata,
    sa.Column("booking_id", sa.ForeignKey("booking.id"), primary_key=True),
    sa.Column("facet", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False, comment="no row: nothing happened yet"),
    sa.Column("at", Time, nullable=False),
    sa.CheckConstraint("facet in ('notice', 'attendance', 'reminder', 'change_request', 'dispatch')", name="facet"),
)

change_request = sa.Table(
    "change_request",
    metadata,
    sa.Column("booking_id", sa.ForeignKey("booking.id"), primary_key=True),
    sa.Column("wanted", sa.Text, nullable=False),
    sa.Column("creator", sa.Text, nullable=False, comment="principal"),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time, nullable=False, index=True),
    sa.Column("promise", pg.TSTZRANGE, comment="wanted instead; null: any other time, or an end"),
    sa.Column("hold_id", sa.BigInteger, comment="keeps the time; it may have been swept"),
    sa.CheckConstraint("wanted in ('RESCHEDULE_REQUESTED', 'CANCEL_REQUESTED')", name="wanted"),
    sa.CheckConstraint("(promise is null) = (hold_id is null)", name="hold_id"),
)

outcome = sa.Table(
    "outcome",
    metadata,
    sa.Column("visit_id", sa.ForeignKey("visit.id"), primary_key=True),
    sa.Column("started_at", Time),
    sa.Column("ended_at", Time),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("attachments", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("party", sa.Text, comment="whose doing it was that it did not take place"),
    sa.CheckConstraint("party in ('CUSTOMER', 'NO_ACCESS', 'OFFICER')", name="party"),
    sa.CheckConstraint("started_at <= ended_at", name="ended_at"),
)
