"""the spine: organisation, places, bookings, occupancy, plans"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "xid8"


def upgrade() -> None:
    """Bring the database forward."""
    op.execute("create extension if not exists postgis")
    op.execute("create extension if not exists btree_gist")
    op.execute("create sequence occupancy_id increment by 64")
    op.create_table(
        "address",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("house_number", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("site", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("address_pkey")),
        sa.UniqueConstraint("source", "external_id", name=op.f("address_source_external_id_key")),
    )
    op.create_index("address_site_idx", "address", ["site"], unique=False, postgresql_using="gist")
    op.create_table(
        "answer",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal", "request_id", name=op.f("answer_pkey")),
    )
    op.create_index(op.f("answer_created_at_idx"), "answer", ["created_at"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("customer_pkey")),
    )
    op.create_table(
        "patch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area", Geography("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("patch_pkey")),
        sa.UniqueConstraint("name", name=op.f("patch_name_key")),
    )
    op.create_index("patch_area_idx", "patch", ["area"], unique=False, postgresql_using="gist")
    op.create_table(
        "resource",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("resource_seats_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("resource_pkey")),
    )
    op.create_table(
        "road_graph",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("road_graph_pkey")),
        sa.UniqueConstraint("version", name=op.f("road_graph_version_key")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "crew",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="per officer needed: {skill: level}",
        ),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("promise_kind", sa.Text(), nullable=False),
        sa.Column("window_minutes", sa.Integer(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("unannounced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("service_pkey")),
        sa.UniqueConstraint("code", name=op.f("service_code_key")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA name"),
        sa.PrimaryKeyConstraint("id", name=op.f("team_pkey")),
        sa.UniqueConstraint("code", name=op.f("team_code_key")),
    )
    op.create_table(
        "officer",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("base", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.CheckConstraint("mode in ('car', 'bicycle', 'foot')", name=op.f("officer_mode_check")),
        sa.ForeignKeyConstraint(["id"], ["resource.id"], name=op.f("officer_id_fkey")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("officer_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("officer_pkey")),
        sa.UniqueConstraint("code", name=op.f("officer_code_key")),
    )
    op.create_index(op.f("officer_team_id_idx"), "officer", ["team_id"], unique=False)
    op.create_table(
        "overlay",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("busy", postgresql.TSTZRANGE(), nullable=False),
        sa.CheckConstraint("not isempty(busy)", name=op.f("overlay_busy_check")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("overlay_resource_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("overlay_pkey")),
    )
    op.create_index(
        "overlay_resource_id_busy_idx", "overlay", ["resource_id", "busy"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "content",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="figures, routes, unassigned as the domain has them",
        ),
        sa.Column("problem", sa.LargeBinary(), nullable=False, comment="what was solved, zlib-compressed problem.json"),
        sa.CheckConstraint(
            "state in ('DRAFT', 'CHECKED', 'REJECTED', 'PUBLISHED', 'SUPERSEDED', 'DISCARDED')",
            name=op.f("plan_state_check"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("plan_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("plan_pkey")),
    )
    op.create_index("plan_created_at_idx", "plan", ["created_at", "id"], unique=False)
    op.create_index(op.f("plan_team_id_idx"), "plan", ["team_id"], unique=False)
    op.create_table(
        "premises",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("house_number", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("site", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("opening_hours", sa.Text(), nullable=False),
        sa.Column("access_note", sa.Text(), nullable=False),
        sa.Column("approach_s", sa.Integer(), nullable=False),
        sa.Column("patch_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["patch_id"], ["patch.id"], name=op.f("premises_patch_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("premises_pkey")),
        sa.UniqueConstraint("source", "external_id", name=op.f("premises_source_external_id_key")),
    )
    op.create_index("premises_name_idx", "premises", ["name", "id"], unique=False)
    op.create_index(op.f("premises_patch_id_idx"), "premises", ["patch_id"], unique=False)
    op.create_index("premises_site_idx", "premises", ["site"], unique=False, postgresql_using="gist")
    op.create_table(
        "resource_day",
        sa.Column("day", sa.Date(), nullable=False, comment="local date on which the span starts; a name, not a time"),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("span", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False, comment="+1 with every change"),
        sa.Column("changed", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False, comment="for the feed"),
        sa.Column("bitmap", sa.LargeBinary(), nullable=False, comment="bit k busy: [start + 5 min * k, + 5 min)"),
        sa.Column("max_gap", sa.Integer(), nullable=False, comment="seconds; for office work"),
        sa.Column("route", sa.LargeBinary(), nullable=False, comment="packed stops; derived from occupancy, rebuildable"),
        postgresql.ExcludeConstraint(
            (sa.column("resource_id"), "="), (sa.column("span"), "&&"), using="gist", name="resource_day_span_free"
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("resource_day_resource_id_fkey")),
        sa.PrimaryKeyConstraint("day", "resource_id", name=op.f("resource_day_pkey")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="sha256"),
        sa.Column("private_titles", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("feed_officer_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("feed_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("feed_token_hash_key")),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("premises_id", sa.BigInteger(), nullable=True),
        sa.Column("promise", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("hold_premises_id_fkey")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("hold_service_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("hold_pkey")),
    )
    op.create_index(op.f("hold_expires_at_idx"), "hold", ["expires_at"], unique=False)
    op.create_index(op.f("hold_principal_idx"), "hold", ["principal"], unique=False)
    op.create_table(
        "officer_skill",
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("'0001-01-01'"), nullable=False),
        sa.Column("valid_until", sa.Date(), server_default=sa.text("'9999-12-31'"), nullable=False, comment="exclusive"),
        sa.CheckConstraint("level between 1 and 9", name=op.f("officer_skill_level_check")),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("officer_skill_officer_id_fkey")),
        sa.PrimaryKeyConstraint("officer_id", "skill", "valid_from", name=op.f("officer_skill_pkey")),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("progress_percent", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("error_reason", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("operation_plan_id_fkey")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("operation_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("operation_pkey")),
    )
    op.create_index("operation_created_at_idx", "operation", ["created_at", "id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("premises_id", sa.BigInteger(), nullable=True),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("case_system", sa.Text(), nullable=True),
        sa.Column("case_external_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state in ('OPEN', 'PLANNED', 'IN_PROGRESS', 'DONE', 'NO_ACCESS', 'WITHDRAWN')",
            name=op.f("visit_state_check"),
        ),
        sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name=op.f("visit_case_check")),
        sa.CheckConstraint("weight between 1 and 10000", name=op.f("visit_weight_check")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("visit_premises_id_fkey")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("visit_service_id_fkey")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("visit_team_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("visit_pkey")),
    )
    op.create_index("visit_case_idx", "visit", ["case_system", "case_external_id"], unique=False)
    op.create_index("visit_created_at_idx", "visit", ["created_at", "id"], unique=False)
    op.create_index("visit_team_id_state_idx", "visit", ["team_id", "state"], unique=False)
    op.create_table(
        "booking",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("premises_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "promise",
            postgresql.TSTZRANGE(),
            nullable=False,
            comment="when work starts; one second for an exact promise",
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="changes of the promise"),
        sa.Column("version", sa.Integer(), nullable=False, comment="all changes"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_system", sa.Text(), nullable=True),
        sa.Column("case_external_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("allow_duplicate", sa.Boolean(), nullable=False),
        sa.Column("rescheduled_to", sa.BigInteger(), nullable=True),
        sa.Column("rescheduled_from", sa.BigInteger(), nullable=True),
        sa.Column("calendar_uid", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'CANCELLED') = (cancel_reason <> '')", name=op.f("booking_cancel_reason_check")),
        sa.CheckConstraint(
            "state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'RESCHEDULED')",
            name=op.f("booking_state_check"),
        ),
        sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name=op.f("booking_case_check")),
        sa.CheckConstraint("not isempty(promise)", name=op.f("booking_promise_check")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("booking_customer_id_fkey")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("booking_premises_id_fkey")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("booking_service_id_fkey")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("booking_visit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("booking_pkey")),
        sa.UniqueConstraint("visit_id", name=op.f("booking_visit_id_key")),
    )
    op.create_index(
        "booking_case_live_key",
        "booking",
        ["case_system", "case_external_id", "service_id"],
        unique=True,
        postgresql_where=sa.text("state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS') and not allow_duplicate"),
    )
    op.create_index("booking_promise_idx", "booking", [sa.literal_column("lower(promise)"), "id"], unique=False)
    op.create_table(
        "booking_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("booking_event_booking_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("booking_event_pkey")),
    )
    op.create_index("booking_event_booking_id_idx", "booking_event", ["booking_id", "id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("ics", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel in ('SMS', 'EMAIL')", name=op.f("message_channel_check")),
        sa.CheckConstraint("state in ('QUEUED', 'SENT', 'FAILED')", name=op.f("message_state_check")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("message_booking_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("message_pkey")),
        sa.UniqueConstraint(
            "booking_id", "revision", "kind", "channel", name=op.f("message_booking_id_revision_kind_channel_key")
        ),
    )
    op.create_table(
        "occupancy",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("seats", postgresql.INT4RANGE(), server_default=sa.text("'[0,1)'"), nullable=False),
        sa.Column("busy", postgresql.TSTZRANGE(), nullable=False),
        sa.Column(
            "lead_s", sa.Integer(), nullable=False, comment="inbound leg + buffer: work starts at lower(busy) + lead_s"
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=True),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_id", sa.BigInteger(), nullable=True),
        sa.Column("overlay_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("resource_id"), "="),
            (sa.column("seats"), "&&"),
            (sa.column("busy"), "&&"),
            deferrable=True,
            initially="IMMEDIATE",
            using="gist",
            name="occupancy_free",
        ),
        sa.CheckConstraint("(kind = 'hold') = (expires_at is not null)", name=op.f("occupancy_expires_at_check")),
        sa.CheckConstraint("(kind = 'hold') = (hold_id is not null)", name=op.f("occupancy_hold_id_check")),
        sa.CheckConstraint("(kind = 'overlay') = (overlay_id is not null)", name=op.f("occupancy_overlay_id_check")),
        sa.CheckConstraint(
            "kind in ('stop', 'remote', 'leg', 'home', 'break', 'hold', 'session', 'overlay')",
            name=op.f("occupancy_kind_check"),
        ),
        sa.CheckConstraint("lead_s >= 0", name=op.f("occupancy_lead_s_check")),
        sa.CheckConstraint(
            "not isempty(busy) and not lower_inf(busy) and not upper_inf(busy)", name=op.f("occupancy_busy_check")
        ),
        sa.CheckConstraint("not isempty(seats) and lower(seats) >= 0", name=op.f("occupancy_seats_check")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("occupancy_booking_id_fkey")),
        sa.ForeignKeyConstraint(
            ["day", "resource_id"],
            ["resource_day.day", "resource_day.resource_id"],
            name=op.f("occupancy_day_resource_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("occupancy_hold_id_fkey")),
        sa.ForeignKeyConstraint(["overlay_id"], ["overlay.id"], name=op.f("occupancy_overlay_id_fkey")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("occupancy_visit_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("occupancy_pkey")),
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.05},
    )
    op.create_index(
        "occupancy_booking_id_idx",
        "occupancy",
        ["booking_id"],
        unique=False,
        postgresql_where=sa.text("booking_id is not null"),
    )
    op.create_index("occupancy_day_resource_id_idx", "occupancy", ["day", "resource_id"], unique=False)
    op.create_index(
        "occupancy_expires_at_idx",
        "occupancy",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("expires_at is not null"),
    )
    op.create_index(
        "occupancy_hold_id_idx", "occupancy", ["hold_id"], unique=False, postgresql_where=sa.text("hold_id is not null")
    )
    op.create_index(
        "occupancy_overlay_id_idx",
        "occupancy",
        ["overlay_id"],
        unique=False,
        postgresql_where=sa.text("overlay_id is not null"),
    )
    op.create_index(
        "occupancy_visit_id_idx",
        "occupancy",
        ["visit_id"],
        unique=False,
        postgresql_where=sa.text("visit_id is not null"),
    )
    op.create_table(
        "repair",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("overlay_id", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('OPEN', 'RESOLVED')", name=op.f("repair_state_check")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("repair_booking_id_fkey")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("repair_resource_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("repair_pkey")),
    )
    op.create_index(op.f("repair_booking_id_idx"), "repair", ["booking_id"], unique=False)
    op.create_index("repair_deadline_idx", "repair", ["deadline", "id"], unique=False)


def downgrade() -> None:
    """Bring the database back."""
    op.drop_index("repair_deadline_idx", table_name="repair")
    op.drop_index(op.f("repair_booking_id_idx"), table_name="repair")
    op.drop_table("repair")
    op.drop_index("occupancy_visit_id_idx", table_name="occupancy", postgresql_where=sa.text("visit_id is not null"))
    op.drop_index("occupancy_overlay_id_idx", table_name="occupancy", postgresql_where=sa.text("overlay_id is not null"))
    op.drop_index("occupancy_hold_id_idx", table_name="occupancy", postgresql_where=sa.text("hold_id is not null"))
    op.drop_index("occupancy_expires_at_idx", table_name="occupancy", postgresql_where=sa.text("expires_at is not null"))
    op.drop_index("occupancy_day_resource_id_idx", table_name="occupancy")
    op.drop_index("occupancy_booking_id_idx", table_name="occupancy", postgresql_where=sa.text("booking_id is not null"))
    op.drop_table("occupancy")
    op.drop_table("message")
    op.drop_index("booking_event_booking_id_idx", table_name="booking_event")
    op.drop_table("booking_event")
    op.drop_index("booking_promise_idx", table_name="booking")
    op.drop_index(
        "booking_case_live_key",
        table_name="booking",
        postgresql_where=sa.text("state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS') and not allow_duplicate"),
    )
    op.drop_table("booking")
    op.drop_index("visit_team_id_state_idx", table_name="visit")
    op.drop_index("visit_created_at_idx", table_name="visit")
    op.drop_index("visit_case_idx", table_name="visit")
    op.drop_table("visit")
    op.drop_index("operation_created_at_idx", table_name="operation")
    op.drop_table("operation")
    op.drop_table("officer_skill")
    op.drop_index(op.f("hold_principal_idx"), table_name="hold")
    op.drop_index(op.f("hold_expires_at_idx"), table_name="hold")
    op.drop_table("hold")
    op.drop_table("feed")
    op.drop_table("resource_day")
    op.drop_index("premises_site_idx", table_name="premises", postgresql_using="gist")
    op.drop_index(op.f("premises_patch_id_idx"), table_name="premises")
    op.drop_index("premises_name_idx", table_name="premises")
    op.drop_table("premises")
    op.drop_index(op.f("plan_team_id_idx"), table_name="plan")
    op.drop_index("plan_created_at_idx", table_name="plan")
    op.drop_table("plan")
    op.drop_index("overlay_resource_id_busy_idx", table_name="overlay", postgresql_using="gist")
    op.drop_table("overlay")
    op.drop_index(op.f("officer_team_id_idx"), table_name="officer")
    op.drop_table("officer")
    op.drop_table("team")
    op.drop_table("service")
    op.drop_table("road_graph")
    op.drop_table("resource")
    op.drop_index("patch_area_idx", table_name="patch", postgresql_using="gist")
    op.drop_table("patch")
    op.drop_table("customer")
    op.drop_index(op.f("answer_created_at_idx"), table_name="answer")
    op.drop_table("answer")
    op.drop_index("address_site_idx", table_name="address", postgresql_using="gist")
    op.drop_table("address")
    op.execute("drop sequence occupancy_id")
