"""Opening rules, and the facts that close time all the same."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, big_id, metadata

ONE_SUBJECT = "num_nonnulls(team_id, resource_id) <= 1"
"""Of a team, of an officer or resource, or of the whole authority."""

opening_rule = sa.Table(
    "opening_rule",
    metadata,
    big_id(),
    sa.Column("team_id", sa.ForeignKey("team.id"), index=True),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), index=True),
    sa.Column("effect", sa.Text, nullable=False),
    sa.Column("recurrence", sa.Text, nullable=False),
    sa.Column("opens", sa.Time, nullable=False, comment="local time"),
    sa.Column("closes", sa.Time, nullable=False, comment="local time; not after opens: on the next date"),
    sa.Column("weekdays", pg.ARRAY(sa.SmallInteger), nullable=False, comment="ISO: Monday is 1; empty for DATE"),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("after_last", sa.Date, nullable=False, comment="exclusive"),
    sa.Column("on_holidays", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(ONE_SUBJECT, name="subject"),
    sa.CheckConstraint("effect in ('OPEN', 'CLOSED')", name="effect"),
    sa.CheckConstraint("recurrence in ('WEEKLY', 'DATE')", name="recurrence"),
    sa.CheckConstraint("(recurrence = 'WEEKLY') = (cardinality(weekdays) > 0)", name="weekdays"),
    sa.CheckConstraint("first < after_last", name="dates"),
)

fact = sa.Table(
    "fact",
    metadata,
    big_id(),
    sa.Column("team_id", sa.ForeignKey("team.id"), index=True),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False, comment="what sort, e.g. sick"),
    sa.Column("busy", pg.TSTZRANGE, nullable=False),
    sa.Column("source", sa.Text, nullable=False, server_default="", comment="the system that owns it"),
    sa.Column("external_id", sa.Text, nullable=False, server_default=""),
    sa.Column("creator", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Time),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint(ONE_SUBJECT, name="subject"),
    sa.CheckConstraint("kind in ('absence', 'closure', 'external-busy', 'out-of-service')", name="kind"),
    sa.CheckConstraint("not isempty(busy)", name="busy"),
    sa.CheckConstraint("(source = '') = (external_id = '')", name="external_id"),
    sa.Index("fact_busy_idx", "busy", postgresql_using="gist"),
    sa.Index(
        "fact_source_external_id_key",
        "source",
        "external_id",
        unique=True,
        postgresql_where=sa.text("source <> ''"),
    ),
)
