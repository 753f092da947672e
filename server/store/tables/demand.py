"""The priority matrix."""

from __future__ import annotations

import sqlalchemy as sa

from server.store.tables.base import metadata

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
