"""Customers with their contact points, access needs, cases."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, big_id, metadata

NO_CODES = sa.text("'{}'")

customer = sa.Table(
    "customer",
    metadata,
    big_id(),
    sa.Column("source", sa.Text, comment="the system that owns the record"),
    sa.Column("external_id", sa.Text),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("company", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("preferred_channels", pg.ARRAY(sa.Text), nullable=False, server_default=NO_CODES, comment="best first"),
    sa.Column("opted_out_channels", pg.ARRAY(sa.Text), nullable=False, server_default=NO_CODES),
    sa.Column("access_needs", pg.ARRAY(sa.Text), nullable=False, server_default=NO_CODES, comment="codes"),
    sa.Column("merged_into", sa.ForeignKey("customer.id"), index=True),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("(source is null) = (external_id is null)", name="source"),
    sa.CheckConstraint("merged_into <> id", name="merged_into"),
    sa.UniqueConstraint("source", "external_id"),
    sa.Index("customer_full_name_idx", "full_name", "id"),
)

contact_point = sa.Table(
    "contact_point",
    metadata,
    sa.Column("customer_id", sa.ForeignKey("customer.id"), primary_key=True),
    sa.Column("place", sa.SmallInteger, primary_key=True, autoincrement=False, comment="the best first"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False, index=True, comment="E.164, or a normalised address"),
    sa.Column("label", sa.Text, nullable=False),
    sa.CheckConstraint("kind in ('PHONE', 'EMAIL')", name="kind"),
)

access_need = sa.Table(
    "access_need",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("skill", sa.Text, nullable=False, comment="that an officer must have; empty: none"),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("feature", sa.Text, nullable=False, comment="that room and office must have; empty: none"),
    sa.CheckConstraint("(skill = '') = (level = 0) and level between 0 and 9", name="level"),
)

case_record = sa.Table(
    "case_record",
    metadata,
    big_id(),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("brief", pg.JSONB, nullable=False, comment="[[label, text], ...]"),
    sa.Column("documents", pg.JSONB, nullable=False, comment="[[id, title, url], ...]"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state in ('OPEN', 'CLOSED')", name="state"),
    sa.UniqueConstraint("system", "external_id"),
)
