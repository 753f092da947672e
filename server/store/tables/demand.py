"""The priority matrix, the waiting list."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, big_id, case_columns, metadata

priority_level = sa.Table(
    "priority_level",
    metadata,
    sa.Column("severity", sa.Text, primary_key=True),
    sa.Column("likelihood", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False, comment="the order in which people wrote the rows"),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.CheckConstraint("weight between 1 and 10000", name="weight"),
)

waiting_entry = sa.Table(
    "waiting_entry",
    metadata,
    big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("location_id", sa.ForeignKey("location.id")),
    sa.Column("duration_minutes", sa.Integer, nullable=False, comment="0: the service's"),
    sa.Column("within", pg.TSTZRANGE, nullable=False, comment="when the promise may begin"),
    sa.Column("weekdays", pg.ARRAY(sa.SmallInteger), nullable=False, comment="ISO: Monday is 1"),
    sa.Column("first_time", sa.Time, comment="local"),
    sa.Column("last_time", sa.Time, comment="local, exclusive"),
    sa.Column("zone", sa.Text, nullable=False, comment="IANA name"),
    sa.Column("contact_name", sa.Text, nullable=False),
    sa.Column("contact_phone", sa.Text, nullable=False),
    sa.Column("contact_email", sa.Text, nullable=False),
    sa.Column("contact_language", sa.Text, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("creator", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False, comment="the creator's: offers are what that one could book"),
    sa.Column("created_at", Time, nullable=False),
    *case_columns(),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("hold_id", sa.BigInteger, comment="keeps what is offered"),
    sa.Column("promise", pg.TSTZRANGE, comment="what is offered"),
    sa.Column("offer_expires_at", Time),
    sa.Column("offers", sa.Integer, nullable=False, comment="made so far"),
    sa.Column("booking_id", sa.ForeignKey("booking.id")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state in ('WAITING', 'OFFERED', 'BOOKED', 'EXPIRED', 'WITHDRAWN')", name="state"),
    sa.CheckConstraint("(state = 'BOOKED') = (booking_id is not null)", name="booking_id"),
    sa.CheckConstraint("state <> 'OFFERED' or offer_expires_at is not null", name="offer_expires_at"),
    sa.CheckConstraint("weight between 1 and 10000", name="weight"),
    sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name="case"),
    sa.Index(
        "waiting_entry_queue_idx",
        "service_id",
        sa.text("weight desc"),
        "created_at",
        postgresql_where=sa.text("state in ('WAITING', 'OFFERED')"),
    ),
    sa.Index("waiting_entry_created_at_idx", "created_at", "id"),
)

profile = sa.Table(
    "profile",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("definition", pg.JSONB, nullable=False, comment="rules, shares, reserve sessions, what switches it"),
    sa.Column("standing", pg.JSONB(none_as_null=True), comment="while active: cause and what to restore; null: inactive"),
    sa.Column("overruled", sa.Boolean, nullable=False, comment="a person switched it off while its trigger holds"),
    sa.Column("version", sa.Integer, nullable=False),
)
