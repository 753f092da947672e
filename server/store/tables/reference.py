"""Whether catalogue or organisation have changed: triggers of migration 0010 keep the one row."""

from __future__ import annotations

import sqlalchemy as sa

from server.store.tables.base import Xid8, metadata

reference_version = sa.Table(
    "reference_version",
    metadata,
    sa.Column("id", sa.Boolean, primary_key=True),
    sa.Column("changed", Xid8, nullable=False, comment="the transaction that changed something last"),
    sa.Column("version", sa.BigInteger, nullable=False, comment="+1 with every statement"),
    sa.CheckConstraint("id", name="id"),
)
