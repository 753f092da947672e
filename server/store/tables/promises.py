"""Customers, visits, bookings with their history, holds."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, big_id, case_columns, counted_id, metadata

customer = sa.Table(
    "customer",
    metadata,
    big_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
)

visit = sa.Table(
    "visit",
    metadata,
    big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("due", sa.Date),
    *case_columns(),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("booking_id", sa.BigInteger),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state in ('OPEN', 'PLANNED', 'IN_PROGRESS', 'DONE', 'NO_ACCESS', 'WITHDRAWN')", name="state"),
    sa.CheckConstraint("weight between 1 and 10000", name="weight"),
    sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name="case"),
    sa.Index("visit_team_id_state_idx", "team_id", "state"),
    sa.Index("visit_created_at_idx", "created_at", "id"),
    sa.Index("visit_case_idx", "case_system", "case_external_id"),
)

booking = sa.Table(
    "booking",
    metadata,
    big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("customer_id", sa.ForeignKey("customer.id"), nullable=False),
    sa.Column("visit_id", sa.ForeignKey("visit.id"), nullable=False, unique=True),
    sa.Column("promise", pg.TSTZRANGE, nullable=False, comment="when work starts; one second for an exact promise"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, comment="changes of the promise"),
    sa.Column("version", sa.Integer, nullable=False, comment="all changes"),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("creator", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    *case_columns(),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("cancel_reason", sa.Text, nullable=False),
    sa.Column("allow_duplicate", sa.Boolean, nullable=False),
    sa.Column("rescheduled_to", sa.BigInteger),
    sa.Column("rescheduled_from", sa.BigInteger),
    sa.Column("calendar_uid", sa.Text, nullable=False),
    sa.CheckConstraint("not isempty(promise)", name="promise"),
    sa.CheckConstraint(
        "state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'RESCHEDULED')",
        name="state",
    ),
    sa.CheckConstraint("(state = 'CANCELLED') = (cancel_reason <> '')", name="cancel_reason"),
    sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name="case"),
    sa.Index("booking_promise_idx", sa.text("lower(promise)"), "id"),
    sa.Index(
        "booking_case_live_key",
        "case_system",
        "case_external_id",
        "service_id",
        unique=True,
        postgresql_where=sa.text("state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS') and not allow_duplicate"),
    ),
)

booking_event = sa.Table(
    "booking_event",
    metadata,
    counted_id(),
    sa.Column("booking_id", sa.ForeignKey("booking.id"), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Index("booking_event_booking_id_idx", "booking_id", "id"),
)

hold = sa.Table(
    "hold",
    metadata,
    big_id(),
    sa.Column("principal", sa.Text, nullable=False, index=True),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("promise", pg.TSTZRANGE, nullable=False),
    sa.Column("expires_at", Time, nullable=False, index=True),
)
