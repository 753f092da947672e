"""Customers, access needs, cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Codes = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    """Bring the database forward."""
    _add_customers()
    op.create_table(
        "access_need",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False, comment="that an officer must have; empty: none"),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False, comment="that room and office must have; empty: none"),
        sa.CheckConstraint("(skill = '') = (level = 0) and level between 0 and 9", name=op.f("access_need_level_check")),
        sa.PrimaryKeyConstraint("code", name=op.f("access_need_pkey")),
    )
    op.create_table(
        "case_record",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("brief", postgresql.JSONB(), nullable=False, comment="[[label, text], ...]"),
        sa.Column("documents", postgresql.JSONB(), nullable=False, comment="[[id, title, url], ...]"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('OPEN', 'CLOSED')", name=op.f("case_record_state_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("case_record_pkey")),
        sa.UniqueConstraint("system", "external_id", name=op.f("case_record_system_external_id_key")),
    )


def _add_customers() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=True, comment="the system that owns the record"),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("preferred_channels", Codes, server_default=sa.text("'{}'"), nullable=False, comment="best first"),
        sa.Column("opted_out_channels", Codes, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("access_needs", Codes, server_default=sa.text("'{}'"), nullable=False, comment="codes"),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(source is null) = (external_id is null)", name=op.f("customer_source_check")),
        sa.CheckConstraint("merged_into <> id", name=op.f("customer_merged_into_check")),
        sa.ForeignKeyConstraint(["merged_into"], ["customer.id"], name=op.f("customer_merged_into_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("customer_pkey")),
        sa.UniqueConstraint("source", "external_id", name=op.f("customer_source_external_id_key")),
    )
    op.create_index("customer_full_name_idx", "customer", ["full_name", "id"], unique=False)
    op.create_index(op.f("customer_merged_into_idx"), "customer", ["merged_into"], unique=False)
    op.create_table(
        "contact_point",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False, comment="the best first"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="E.164, or a normalised address"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('PHONE', 'EMAIL')", name=op.f("contact_point_kind_check")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("contact_point_customer_id_fkey")),
        sa.PrimaryKeyConstraint("customer_id", "place", name=op.f("contact_point_pkey")),
    )
    op.create_index(op.f("contact_point_value_idx"), "contact_point", ["value"], unique=False)
    op.create_foreign_key(op.f("booking_customer_id_fkey"), "booking", "customer", ["customer_id"], ["id"])


def downgrade() -> None:
    """Bring the database back."""
    op.drop_table("case_record")
    op.drop_table("access_need")
    op.drop_constraint(op.f("booking_customer_id_fkey"), "booking", type_="foreignkey")
    op.execute("update booking set customer_id = null")
    op.drop_table("contact_point")
    op.drop_table("customer")
