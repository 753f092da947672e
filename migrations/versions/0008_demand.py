"""Waiting list, availability profiles, priority matrix."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "priority_level",
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("likelihood", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="the order in which people wrote the rows"),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight between 1 and 10000", name=op.f("priority_level_weight_check")),
        sa.PrimaryKeyConstraint("severity", "likelihood", name=op.f("priority_level_pkey")),
    )
    op.add_column(
        "visit",
        sa.Column("priority", sa.Text(), server_default="", nullable=False, comment="level of the matrix; empty: none"),
    )
    op.add_column("visit", sa.Column("displaced_by", sa.BigInteger(), nullable=True, comment="emergency that pushed it out"))


def downgrade() -> None:
    """Bring the database back."""
    op.drop_column("visit", "displaced_by")
    op.drop_column("visit", "priority")
    op.drop_table("priority_level")
