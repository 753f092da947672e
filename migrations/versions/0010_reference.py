"""A row that tells whether catalogue or organisation have changed: what a process remembers of them holds until then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WATCHED = ("service", "team", "officer", "officer_skill", "location")


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "xid8"


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "reference_version",
        sa.Column("id", sa.Boolean, primary_key=True),
        sa.Column("changed", Xid8(), nullable=False, comment="the transaction that changed something last"),
        sa.Column("version", sa.BigInteger, nullable=False, comment="+1 with every statement"),
        sa.CheckConstraint("id", name="id"),
    )
    op.execute("""
        create function reference_changed() returns trigger language plpgsql as $$
        begin
          insert into reference_version values (true, pg_current_xact_id(), 1)
            on conflict (id) do update set changed = excluded.changed, version = reference_version.version + 1;
          return null;
        end $$""")
    for table in WATCHED:
        op.execute(
            f"create trigger reference_changed after insert or update or delete or truncate on {table} "
            "for each statement execute function reference_changed()"
        )
    op.execute("insert into reference_version values (true, pg_current_xact_id(), 1)")


def downgrade() -> None:
    """Bring the database back."""
    for table in WATCHED:
        op.execute(f"drop trigger reference_changed on {table}")
    op.execute("drop function reference_changed")
    op.drop_table("reference_version")
