"""Sessions, visits, bookings with their history, holds."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, Xid8, big_id, case_columns, metadata

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.ForeignKey("resource.id"), primary_key=True, autoincrement=False, comment="a resource with seats"),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("location_id", sa.ForeignKey("location.id")),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("span", pg.TSTZRANGE, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint("state in ('OPEN', 'CLOSED', 'CANCELLED')", name="state"),
    sa.Index("session_service_id_day_idx", "service_id", "day"),
)

visit = sa.Table(
    "visit",
    metadata,
    big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("duration_minutes", sa.Integer, nullable=False, server_default="0", comment="0: the service's"),
    sa.Column("due", sa.Date),
    *case_columns(),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("booking_id", sa.BigInteger),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("priority", sa.Text, nullable=False, server_default="", comment="level of the matrix; empty: none"),
    sa.Column("displaced_by", sa.BigInteger, comment="emergency that pushed it out"),
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
    sa.Column("location_id", sa.ForeignKey("location.id")),
    sa.Column("session_id", sa.ForeignKey("session.id"), comment="whose seat it has"),
    sa.Column("series_id", sa.BigInteger),
    sa.Column("recurrence_start", Time, comment="where the series has it, wherever it was moved"),
    sa.Column("customer_id", sa.BigInteger, comment="the lasting record, where one is known"),
    sa.Column("contact_name", sa.Text, nullable=False, comment="the customer's details, as this booking has them"),
    sa.Column("contact_phone", sa.Text, nullable=False),
    sa.Column("contact_email", sa.Text, nullable=False),
    sa.Column("contact_language", sa.Text, nullable=False),
    sa.Column("conversation_ref", sa.Text, nullable=False, server_default=""),
    sa.Column("purpose", sa.Text, nullable=False, server_default=""),
    sa.Column("duration_minutes", sa.Integer, nullable=False, server_default="0", comment="0: the service's"),
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
    sa.Index("booking_customer_id_idx", "customer_id", postgresql_where=sa.text("customer_id is not null")),
    sa.Index("booking_series_id_idx", "series_id", postgresql_where=sa.text("series_id is not null")),
    sa.Index("booking_session_id_idx", "session_id", postgresql_where=sa.text("session_id is not null")),
    sa.Index("booking_conversation_ref_idx", "conversation_ref", postgresql_where=sa.text("conversation_ref <> ''")),
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
    sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("booking_id", sa.ForeignKey("booking.id"), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("detail", pg.JSONB, nullable=False, server_default=sa.text("'{}'"), comment="what else; no personal data"),
    sa.Column(
        "changed",
        Xid8,
        nullable=False,
        server_default=sa.text("pg_current_xact_id()"),
        comment="the transaction that wrote it; for the watchers",
    ),
    # By transaction: what is new since a snapshot is a range of the key, and needs no index of its own.
    sa.PrimaryKeyConstraint("changed", "id"),
    sa.Index("booking_event_booking_id_idx", "booking_id", "id"),
)

hold = sa.Table(
    "hold",
    metadata,
    big_id(),
    sa.Column("principal", sa.Text, nullable=False, index=True),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("location_id", sa.ForeignKey("location.id")),
    sa.Column("duration_minutes", sa.Integer, nullable=False, server_default="0", comment="0: the service's"),
    sa.Column("promise", pg.TSTZRANGE, nullable=False),
    sa.Column("expires_at", Time, nullable=False, index=True),
)
