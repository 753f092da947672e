"""The shared model of the booking engine: resources, locations, seats, sessions, contact details on bookings, audit."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database forward."""


def downgrade() -> None:
    """Bring the database back."""
