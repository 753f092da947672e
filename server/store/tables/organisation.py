"""Teams, locations, resources, officers and their skills."""

from __future__ import annotations

import sqlalchemy as sa
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import counted_id, metadata

team = sa.Table(
    "team",
    metadata,
    counted_id(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False, comment="IANA name"),
    sa.Column("keep_for_inspections_percent", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("keep_for_bookings_percent", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("max_visits_per_day", sa.SmallInteger, nullable=False, server_default="0", comment="0: no limit"),
    sa.CheckConstraint(
        "keep_for_inspections_percent >= 0 and keep_for_bookings_percent >= 0 "
        "and keep_for_inspections_percent + keep_for_bookings_percent <= 100",
        name="keep",
    ),
)

location = sa.Table(
    "location",
    metadata,
    counted_id(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False, comment="on one line"),
    sa.Column("site", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
    sa.Column("zone", sa.Text, nullable=False, comment="IANA name"),
    sa.Column("features", pg.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
)

resource = sa.Table(
    "resource",
    metadata,
    counted_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False, server_default="1"),
    sa.Column("code", sa.Text, unique=True, comment="of rooms and equipment"),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("category", sa.Text, nullable=False, server_default="", comment="what services ask for"),
    sa.Column("location_id", sa.ForeignKey("location.id"), index=True),
    sa.Column("features", pg.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint("seats > 0", name="seats"),
    sa.CheckConstraint("kind in ('officer', 'room', 'equipment', 'session')", name="kind"),
    sa.CheckConstraint("(kind in ('room', 'equipment')) = (code is not null)", name="code"),
)

officer = sa.Table(
    "officer",
    metadata,
    sa.Column("id", sa.ForeignKey("resource.id"), primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False, index=True),
    sa.Column("base", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("patch_id", sa.ForeignKey("patch.id"), comment="area of responsibility"),
    sa.CheckConstraint("mode in ('car', 'bicycle', 'foot')", name="mode"),
)

skill = sa.Table(
    "skill",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

officer_skill = sa.Table(
    "officer_skill",
    metadata,
    sa.Column("officer_id", sa.ForeignKey("officer.id"), primary_key=True),
    sa.Column("skill", sa.Text, primary_key=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False, server_default=sa.text("'0001-01-01'"), primary_key=True),
    sa.Column("valid_until", sa.Date, nullable=False, server_default=sa.text("'9999-12-31'"), comment="exclusive"),
    sa.CheckConstraint("level between 1 and 9", name="level"),
)
