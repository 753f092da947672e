"""Series with their occurrences, and block bookings."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, big_id, case_columns, metadata

LOCAL = "local time in the zone"


def _contact() -> list[sa.Column[str]]:
    names = ("contact_name", "contact_phone", "contact_email", "contact_language")
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _pattern() -> list[sa.Column[object]]:
    return [
        sa.Column("zone", sa.Text, nullable=False, comment="IANA name"),
        sa.Column("starts", sa.DateTime(timezone=False), nullable=False, comment=LOCAL),
        sa.Column("rule", sa.Text, nullable=False, comment="RRULE; empty for single dates"),
        sa.Column("more", pg.ARRAY(sa.DateTime(timezone=False)), nullable=False, comment=f"RDATE, {LOCAL}"),
        sa.Column("less", pg.ARRAY(sa.DateTime(timezone=False)), nullable=False, comment=f"EXDATE, {LOCAL}"),
        sa.Column("policy", sa.Text, nullable=False),
    ]


def _made() -> list[sa.Column[object]]:
    return [
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("creator", sa.Text, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    ]


POLICY = "policy in ('ALL_OR_NOTHING', 'SKIP', 'ALTERNATIVE')"
STATE = "state in ('ACTIVE', 'CANCELLED')"
CASE = "(case_system is null) = (case_external_id is null)"

series = sa.Table(
    "series",
    metadata,
    big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("location_id", sa.ForeignKey("location.id")),
    sa.Column("officer_id", sa.ForeignKey("officer.id"), comment="who leads; null: whoever it costs least"),
    sa.Column("duration_minutes", sa.Integer, nullable=False, comment="0: the service's"),
    *_pattern(),
    *_contact(),
    *case_columns(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    *_made(),
    sa.CheckConstraint(POLICY, name="policy"),
    sa.CheckConstraint(STATE, name="state"),
    sa.CheckConstraint(CASE, name="case"),
    sa.Index("series_created_at_idx", "created_at", "id"),
    sa.Index("series_case_idx", "case_system", "case_external_id"),
)

series_occurrence = sa.Table(
    "series_occurrence",
    metadata,
    sa.Column("series_id", sa.ForeignKey("series.id"), primary_key=True),
    sa.Column("recurrence_start", Time, primary_key=True, comment="where the pattern has it; never changes"),
    sa.Column("start_at", Time, nullable=False, comment="where edits of the series put it"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False, comment="the reason of a time that could not be booked"),
    sa.CheckConstraint("state in ('INTENDED', 'BOOKED', 'SKIPPED', 'CLASHED', 'CANCELLED')", name="state"),
    sa.Index("series_occurrence_state_start_at_idx", "state", "start_at"),
)

block = sa.Table(
    "block",
    metadata,
    big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("location_id", sa.ForeignKey("location.id")),
    sa.Column("room_id", sa.ForeignKey("resource.id")),
    sa.Column("officers", pg.ARRAY(sa.Text), nullable=False, comment="codes, as asked for"),
    sa.Column("minutes", sa.Integer, nullable=False, comment="of each session, by the local clock"),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("release_before_hours", sa.Integer, nullable=False, comment="0: never"),
    *_pattern(),
    *_contact(),
    *case_columns(),
    sa.Column("cancel_reason", sa.Text, nullable=False),
    *_made(),
    sa.CheckConstraint(POLICY, name="policy"),
    sa.CheckConstraint(STATE, name="state"),
    sa.CheckConstraint(CASE, name="case"),
    sa.Index("block_created_at_idx", "created_at", "id"),
)
