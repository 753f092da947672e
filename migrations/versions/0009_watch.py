"""What the watch streams read: the transaction of every booking event, and of a day's last change that the public may know.

The events' key begins with the transaction, so that reading what is new needs no index of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "xid8"


def upgrade() -> None:
    """Bring the database forward."""
    for table, column in (("booking_event", "changed"), ("resource_day", "offer_changed")):
        op.add_column(
            table,
            sa.Column(
                column, Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False, comment=COMMENTS[column]
            ),
        )
    op.drop_constraint("booking_event_pkey", "booking_event")
    op.create_primary_key("booking_event_pkey", "booking_event", ["changed", "id"])
    op.create_index("audit_at_idx", "audit", ["at", "id"])
    op.create_table(
        "dropped_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("day", "resource_id", name=op.f("dropped_day_pkey")),
        comment="days that are no more, for the watchers: a row that is gone tells nobody when it went",
    )


def downgrade() -> None:
    """Bring the database back."""
    op.drop_table("dropped_day")
    op.drop_index("audit_at_idx", "audit")
    op.drop_constraint("booking_event_pkey", "booking_event")
    op.create_primary_key("booking_event_pkey", "booking_event", ["id"])
    op.drop_column("booking_event", "changed")
    op.drop_column("resource_day", "offer_changed")


COMMENTS = {
    "changed": "the transaction that wrote it; for the watchers",
    "offer_changed": "the last change by more than visits that are no promise; for the public's watchers",
}
