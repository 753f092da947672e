"""Facets, outcomes, reasons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Time = sa.DateTime(timezone=True)
REASONS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("CUSTOMER_REQUEST", "The customer asked for it", "CUSTOMER", []),
    ("CUSTOMER_SMS", "The customer answered a text message", "CUSTOMER", []),
    ("CUSTOMER_LINK", "The customer used the link in a message", "CUSTOMER", []),
    ("CUSTOMER_ILL", "The customer is ill", "CUSTOMER", []),
    ("BUSINESS_CLOSED", "The business has closed", "CUSTOMER", []),
    ("DUPLICATE", "It was booked twice", "CUSTOMER", []),
    ("AUTHORITY", "The authority cannot keep the time", "AUTHORITY", ["BOOKING_ADMINISTRATOR", "CUSTOMER_SERVICE"]),
    ("OFFICER_ABSENT", "The officer is absent", "AUTHORITY", ["BOOKING_ADMINISTRATOR", "CUSTOMER_SERVICE"]),
    ("EMERGENCY", "An urgent visit took the time", "AUTHORITY", ["BOOKING_ADMINISTRATOR", "CUSTOMER_SERVICE"]),
    ("SESSION_CANCELLED", "The session does not take place", "AUTHORITY", ["BOOKING_ADMINISTRATOR", "CUSTOMER_SERVICE"]),
    ("SERIES_CHANGED", "The series was changed", "AUTHORITY", ["BOOKING_ADMINISTRATOR", "CUSTOMER_SERVICE"]),
    ("DECLINED", "The request was turned down", "AUTHORITY", ["BOOKING_ADMINISTRATOR", "CUSTOMER_SERVICE"]),
    ("CASE_CLOSED", "The case is closed", "CUSTOMER", ["BOOKING_ADMINISTRATOR", "CUSTOMER_SERVICE", "PARTNER"]),
    ("APPROVAL_TIMEOUT", "Nobody approved the request in time", "SYSTEM", []),
    ("ABORTED_UNSAFE", "It was not safe to go on", "ABORTED", []),
    ("ABORTED_REFUSED", "The officer was refused", "ABORTED", []),
    ("ABORTED_CALLED_AWAY", "The officer was called away", "ABORTED", []),
    ("ABORTED_OTHER", "Broken off for another reason", "ABORTED", []),
)


def upgrade() -> None:
    """Bring the database forward."""
    op.add_column(
        "booking",
        sa.Column("rebooked_from", sa.BigInteger(), nullable=True, comment="the one after whose NO_SHOW it was made"),
    )
    _add_reasons()
    _add_facets()
    op.create_table(
        "outcome",
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", Time),
        sa.Column("ended_at", Time),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attachments", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("party", sa.Text(), comment="whose doing it was that it did not take place"),
        sa.CheckConstraint("party in ('CUSTOMER', 'NO_ACCESS', 'OFFICER')", name=op.f("outcome_party_check")),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("outcome_ended_at_check")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="outcome_visit_id_fkey"),
        sa.PrimaryKeyConstraint("visit_id", name="outcome_pkey"),
    )


def _add_reasons() -> None:
    reason = op.create_table(
        "cancel_reason",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False, comment="who may use it; empty: whoever may cancel"),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind in ('CUSTOMER', 'AUTHORITY', 'ABORTED', 'SYSTEM')", name=op.f("cancel_reason_kind_check")),
        sa.PrimaryKeyConstraint("code", name="cancel_reason_pkey"),
    )
    names = ("code", "text", "kind", "roles")
    op.bulk_insert(reason, [{**dict(zip(names, row, strict=True)), "retired": False} for row in REASONS])


def _add_facets() -> None:
    op.create_table(
        "booking_facet",
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, comment="no row: nothing happened yet"),
        sa.Column("at", Time, nullable=False),
        sa.CheckConstraint(
            "facet in ('notice', 'attendance', 'reminder', 'change_request', 'dispatch')",
            name=op.f("booking_facet_facet_check"),
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="booking_facet_booking_id_fkey"),
        sa.PrimaryKeyConstraint("booking_id", "facet", name="booking_facet_pkey"),
    )
    op.create_table(
        "change_request",
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False, comment="principal"),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("expires_at", Time, nullable=False),
        sa.Column("promise", postgresql.TSTZRANGE(), comment="wanted instead; null: any other time, or an end"),
        sa.Column("hold_id", sa.BigInteger(), comment="keeps the time; it may have been swept"),
        sa.CheckConstraint(
            "wanted in ('RESCHEDULE_REQUESTED', 'CANCEL_REQUESTED')", name=op.f("change_request_wanted_check")
        ),
        sa.CheckConstraint("(promise is null) = (hold_id is null)", name=op.f("change_request_hold_id_check")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="change_request_booking_id_fkey"),
        sa.PrimaryKeyConstraint("booking_id", name="change_request_pkey"),
    )
    op.create_index("change_request_expires_at_idx", "change_request", ["expires_at"])


def downgrade() -> None:
    """Bring the database back."""
    op.drop_table("outcome")
    op.drop_table("change_request")
    op.drop_table("booking_facet")
    op.drop_table("cancel_reason")
    op.drop_column("booking", "rebooked_from")
