"""Teams, resources, officers and their skills."""

from __future__ import annotations

import sqlalchemy as sa
from geoalchemy2 import Geography

from server.store.tables.base import counted_id, metadata

team = sa.Table(
    "team",
    metadata,
    counted_id(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False, comment="IANA name"),
)

resource = sa.Table(
    "resource",
    metadata,
    counted_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint("seats > 0", name="seats"),
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
    sa.CheckConstraint("mode in ('car', 'bicycle', 'foot')", name="mode"),
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
