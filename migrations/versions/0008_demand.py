"""Waiting list, availability profiles, priority matrix."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _create_waiting_list() -> None:
    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("premises_id", sa.BigInteger(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=False, comment="0: the service's"),
        sa.Column("within", postgresql.TSTZRANGE(), nullable=False, comment="when the promise may begin"),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False, comment="ISO: Monday is 1"),
        sa.Column("first_time", sa.Time(), nullable=True, comment="local"),
        sa.Column("last_time", sa.Time(), nullable=True, comment="local, exclusive"),
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA name"),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_language", sa.Text(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="the creator's: offers are what that one could book"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_system", sa.Text(), nullable=True),
        sa.Column("case_external_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.BigInteger(), nullable=True, comment="keeps what is offered"),
        sa.Column("promise", postgresql.TSTZRANGE(), nullable=True, comment="what is offered"),
        sa.Column("offer_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offers", sa.Integer(), nullable=False, comment="made so far"),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name=op.f("waiting_entry_case_check")),
        sa.CheckConstraint("(state = 'BOOKED') = (booking_id is not null)", name=op.f("waiting_entry_booking_id_check")),
        sa.CheckConstraint(
            "state <> 'OFFERED' or offer_expires_at is not null", name=op.f("waiting_entry_offer_expires_at_check")
        ),
        sa.CheckConstraint(
            "state in ('WAITING', 'OFFERED', 'BOOKED', 'EXPIRED', 'WITHDRAWN')", name=op.f("waiting_entry_state_check")
        ),
        sa.CheckConstraint("weight between 1 and 10000", name=op.f("waiting_entry_weight_check")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("waiting_entry_booking_id_fkey")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("waiting_entry_location_id_fkey")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("waiting_entry_premises_id_fkey")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("waiting_entry_service_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("waiting_entry_pkey")),
    )
    op.create_index(
        "waiting_entry_queue_idx",
        "waiting_entry",
        ["service_id", sa.text("weight desc"), "created_at"],
        postgresql_where=sa.text("state in ('WAITING', 'OFFERED')"),
    )
    op.create_index("waiting_entry_created_at_idx", "waiting_entry", ["created_at", "id"])
    op.alter_column("message", "booking_id", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("message", sa.Column("waiting_id", sa.BigInteger(), nullable=True, comment="instead of a booking"))
    op.create_foreign_key(op.f("message_waiting_id_fkey"), "message", "waiting_entry", ["waiting_id"], ["id"])
    told = ["waiting_id", "revision", "kind", "channel"]
    op.create_unique_constraint(op.f("message_waiting_id_revision_kind_channel_key"), "message", told)
    op.create_check_constraint("about", "message", "num_nonnulls(booking_id, waiting_id) = 1")


def _drop_waiting_list() -> None:
    op.execute("delete from message where waiting_id is not null")
    op.drop_constraint("message_about_check", "message")
    op.drop_column("message", "waiting_id")
    op.alter_column("message", "booking_id", existing_type=sa.BigInteger(), nullable=False)
    op.drop_table("waiting_entry")


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
    _create_waiting_list()
    op.create_table(
        "profile",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "definition",
            postgresql.JSONB(),
            nullable=False,
            comment="rules, shares, reserve sessions, what switches it",
        ),
        sa.Column(
            "standing",
            postgresql.JSONB(),
            nullable=True,
            comment="while active: cause and what to restore; null: inactive",
        ),
        sa.Column("overruled", sa.Boolean(), nullable=False, comment="a person switched it off while its trigger holds"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("profile_pkey")),
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
    op.drop_table("profile")
    _drop_waiting_list()
    op.drop_table("priority_level")
