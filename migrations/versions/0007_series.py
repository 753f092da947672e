"""Series and block bookings."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LOCAL = "local time in the zone"
POLICY = "policy in ('ALL_OR_NOTHING', 'SKIP', 'ALTERNATIVE')"
STATE = "state in ('ACTIVE', 'CANCELLED')"
CASE = "(case_system is null) = (case_external_id is null)"


def _shared() -> Sequence[sa.Column[object]]:
    local = sa.DateTime(timezone=False)
    return (
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA name"),
        sa.Column("starts", local, nullable=False, comment=LOCAL),
        sa.Column("rule", sa.Text(), nullable=False, comment="RRULE; empty for single dates"),
        sa.Column("more", postgresql.ARRAY(local), nullable=False, comment=f"RDATE, {LOCAL}"),
        sa.Column("less", postgresql.ARRAY(local), nullable=False, comment=f"EXDATE, {LOCAL}"),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_email", sa.Text(), server_default="", nullable=False),
        sa.Column("contact_language", sa.Text(), server_default="", nullable=False),
        sa.Column("case_system", sa.Text(), nullable=True),
        sa.Column("case_external_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def _constraints(table: str) -> Sequence[sa.Constraint]:
    return (
        sa.CheckConstraint(POLICY, name=op.f(f"{table}_policy_check")),
        sa.CheckConstraint(STATE, name=op.f(f"{table}_state_check")),
        sa.CheckConstraint(CASE, name=op.f(f"{table}_case_check")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f(f"{table}_service_id_fkey")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f(f"{table}_location_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
    )


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("premises_id", sa.BigInteger(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("officer_id", sa.BigInteger(), nullable=True, comment="who leads; null: whoever it costs least"),
        sa.Column("duration_minutes", sa.Integer(), nullable=False, comment="0: the service's"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        *_shared(),
        *_constraints("series"),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("series_premises_id_fkey")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("series_officer_id_fkey")),
    )
    op.create_index("series_created_at_idx", "series", ["created_at", "id"])
    op.create_index("series_case_idx", "series", ["case_system", "case_external_id"])
    op.create_table(
        "series_occurrence",
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "recurrence_start",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="where the pattern has it; never changes",
        ),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False, comment="where edits of the series put it"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, comment="the reason of a time that could not be booked"),
        sa.CheckConstraint(
            "state in ('INTENDED', 'BOOKED', 'SKIPPED', 'CLASHED', 'CANCELLED')",
            name=op.f("series_occurrence_state_check"),
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("series_occurrence_series_id_fkey")),
        sa.PrimaryKeyConstraint("series_id", "recurrence_start", name=op.f("series_occurrence_pkey")),
    )
    op.create_index("series_occurrence_state_start_at_idx", "series_occurrence", ["state", "start_at"])
    _create_blocks()


def _create_blocks() -> None:
    op.create_table(
        "block",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("room_id", sa.BigInteger(), nullable=True),
        sa.Column("officers", postgresql.ARRAY(sa.Text()), nullable=False, comment="codes, as asked for"),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="of each session, by the local clock"),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("release_before_hours", sa.Integer(), nullable=False, comment="0: never"),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        *_shared(),
        *_constraints("block"),
        sa.ForeignKeyConstraint(["room_id"], ["resource.id"], name=op.f("block_room_id_fkey")),
    )
    op.create_index("block_created_at_idx", "block", ["created_at", "id"])
    op.add_column("session", sa.Column("block_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "session",
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=True, comment="when what nobody booked is given back"),
    )
    op.create_foreign_key(op.f("session_block_id_fkey"), "session", "block", ["block_id"], ["id"])
    op.create_index(op.f("session_block_id_idx"), "session", ["block_id"])
    op.create_index(op.f("session_release_at_idx"), "session", ["release_at"])


def downgrade() -> None:
    """Bring the database back."""
    op.drop_index(op.f("session_release_at_idx"), "session")
    op.drop_index(op.f("session_block_id_idx"), "session")
    op.drop_constraint(op.f("session_block_id_fkey"), "session", type_="foreignkey")
    op.drop_column("session", "release_at")
    op.drop_column("session", "block_id")
    for table in ("block", "series_occurrence", "series"):
        op.drop_table(table)
