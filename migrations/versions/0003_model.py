"""The shared model of the booking engine: resources, locations, seats, sessions, contact details on bookings, audit.

A booking keeps its customer's details itself; routes have room for seats and sessions (format 2).
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEEP = (
    "keep_for_inspections_percent >= 0 and keep_for_bookings_percent >= 0 "
    "and keep_for_inspections_percent + keep_for_bookings_percent <= 100"
)
DETAILS = ("name", "phone", "email", "language")
FORMER_HEADER, HEADER = struct.Struct("<HBxiiqiHH"), struct.Struct("<HBxiiqiHHHH")
FORMER_STOP, STOP = struct.Struct("<5qBB2x12i"), struct.Struct("<6qBBH12i")


def _keep_contact_details() -> None:
    """Give each booking the details of the customer row that was made for it."""
    values = ", ".join(f"contact_{name} = c.{name}" for name in DETAILS)
    op.execute(f"update booking b set {values} from customer c where c.id = b.customer_id")
    for name in DETAILS:
        op.alter_column("booking", f"contact_{name}", server_default=None)
    op.execute("update booking set customer_id = null")
    op.drop_table("customer")


def _repack(convert: Callable[[bytes], bytes]) -> None:
    """Write every packed route in the other format."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("select day, resource_id, route from resource_day")).all()
    if rows:
        statement = sa.text("update resource_day set route = :route where day = :day and resource_id = :resource")
        connection.execute(
            statement, [{"day": row.day, "resource": row.resource_id, "route": convert(bytes(row.route))} for row in rows]
        )


def _wider(route: bytes) -> bytes:
    """Return a route of format 1 as one of format 2: no sessions, one seat, nothing beside the route."""
    _, mode, lat, lon, home, home_travel, stops, facts = FORMER_HEADER.unpack_from(route)
    end = FORMER_HEADER.size + stops * FORMER_STOP.size
    rows = FORMER_STOP.iter_unpack(route[FORMER_HEADER.size : end])
    packed = b"".join(STOP.pack(*row[:5], 0, *row[5:7], 0, *row[7:]) for row in rows)
    return HEADER.pack(2, mode, lat, lon, home, home_travel, stops, facts, 1, 0) + packed + route[end:]


def _narrower(route: bytes) -> bytes:
    """Return a route of format 2 as one of format 1; what stands beside it is lost."""
    _, mode, lat, lon, home, home_travel, stops, facts, _, beside = HEADER.unpack_from(route)
    end = HEADER.size + stops * STOP.size
    rows = STOP.iter_unpack(route[HEADER.size : end])
    packed = b"".join(FORMER_STOP.pack(*row[:5], *row[6:8], *row[9:]) for row in rows)
    return (
        FORMER_HEADER.pack(1, mode, lat, lon, home, home_travel, stops, facts) + packed + route[end + beside * STOP.size :]
    )


def upgrade() -> None:
    """Bring the database forward."""
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="principal"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="resource name"),
        sa.Column("detail", postgresql.JSONB(), nullable=False, comment="no personal data"),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_pkey")),
    )
    op.create_index("audit_subject_idx", "audit", ["subject", "id"], unique=False)
    op.create_table(
        "location",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False, comment="on one line"),
        sa.Column("site", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False, comment="IANA name"),
        sa.Column("features", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("location_pkey")),
        sa.UniqueConstraint("code", name=op.f("location_code_key")),
    )
    op.create_table(
        "skill",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("skill_pkey")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False, comment="a resource with seats"),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("span", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state in ('OPEN', 'CLOSED', 'CANCELLED')", name=op.f("session_state_check")),
        sa.ForeignKeyConstraint(["id"], ["resource.id"], name=op.f("session_id_fkey")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("session_location_id_fkey")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("session_service_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("session_pkey")),
    )
    op.create_index("session_service_id_day_idx", "session", ["service_id", "day"], unique=False)
    op.add_column("booking", sa.Column("location_id", sa.BigInteger(), nullable=True))
    op.add_column("booking", sa.Column("session_id", sa.BigInteger(), nullable=True, comment="whose seat it has"))
    op.add_column("booking", sa.Column("series_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "booking",
        sa.Column(
            "recurrence_start",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="where the series has it, wherever it was moved",
        ),
    )
    op.add_column(
        "booking",
        sa.Column(
            "contact_name",
            sa.Text(),
            nullable=False,
            server_default="",
            comment="the customer's details, as this booking has them",
        ),
    )
    op.add_column("booking", sa.Column("contact_phone", sa.Text(), nullable=False, server_default=""))
    op.add_column("booking", sa.Column("contact_email", sa.Text(), nullable=False, server_default=""))
    op.add_column("booking", sa.Column("contact_language", sa.Text(), nullable=False, server_default=""))
    op.add_column("booking", sa.Column("conversation_ref", sa.Text(), server_default="", nullable=False))
    op.add_column("booking", sa.Column("purpose", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "booking",
        sa.Column("duration_minutes", sa.Integer(), server_default="0", nullable=False, comment="0: the service's"),
    )
    op.alter_column(
        "booking", "customer_id", existing_type=sa.BIGINT(), nullable=True, comment="the lasting record, where one is known"
    )
    op.create_index(
        "booking_conversation_ref_idx",
        "booking",
        ["conversation_ref"],
        unique=False,
        postgresql_where=sa.text("conversation_ref <> ''"),
    )
    op.create_index(
        "booking_customer_id_idx",
        "booking",
        ["customer_id"],
        unique=False,
        postgresql_where=sa.text("customer_id is not null"),
    )
    op.create_index(
        "booking_series_id_idx", "booking", ["series_id"], unique=False, postgresql_where=sa.text("series_id is not null")
    )
    op.create_index(
        "booking_session_id_idx", "booking", ["session_id"], unique=False, postgresql_where=sa.text("session_id is not null")
    )
    op.drop_constraint(op.f("booking_customer_id_fkey"), "booking", type_="foreignkey")
    _keep_contact_details()
    op.create_foreign_key(op.f("booking_session_id_fkey"), "booking", "session", ["session_id"], ["id"])
    op.create_foreign_key(op.f("booking_location_id_fkey"), "booking", "location", ["location_id"], ["id"])
    op.add_column(
        "booking_event",
        sa.Column(
            "detail",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="what else; no personal data",
        ),
    )
    op.add_column("hold", sa.Column("location_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "hold", sa.Column("duration_minutes", sa.Integer(), server_default="0", nullable=False, comment="0: the service's")
    )
    op.create_foreign_key(op.f("hold_location_id_fkey"), "hold", "location", ["location_id"], ["id"])
    op.add_column("occupancy", sa.Column("session_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "occupancy_session_id_idx",
        "occupancy",
        ["session_id"],
        unique=False,
        postgresql_where=sa.text("session_id is not null"),
    )
    op.create_foreign_key(op.f("occupancy_session_id_fkey"), "occupancy", "session", ["session_id"], ["id"])
    op.add_column("officer", sa.Column("patch_id", sa.BigInteger(), nullable=True, comment="area of responsibility"))
    op.create_foreign_key(op.f("officer_patch_id_fkey"), "officer", "patch", ["patch_id"], ["id"])
    op.add_column("resource", sa.Column("code", sa.Text(), nullable=True, comment="of rooms and equipment"))
    op.add_column("resource", sa.Column("name", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "resource", sa.Column("category", sa.Text(), server_default="", nullable=False, comment="what services ask for")
    )
    op.add_column("resource", sa.Column("location_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "resource", sa.Column("features", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("resource", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_unique_constraint(op.f("resource_code_key"), "resource", ["code"])
    op.create_index(op.f("resource_location_id_idx"), "resource", ["location_id"], unique=False)
    op.create_foreign_key(op.f("resource_location_id_fkey"), "resource", "location", ["location_id"], ["id"])
    op.add_column(
        "resource_day", sa.Column("origin", sa.Text(), server_default="SHIFT", nullable=False, comment="what made the day")
    )
    op.add_column(
        "service",
        sa.Column(
            "locations",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="codes, for OFFICE",
        ),
    )
    op.add_column(
        "service",
        sa.Column(
            "resources",
            postgresql.JSONB(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="rooms and equipment it needs",
        ),
    )
    op.add_column(
        "service",
        sa.Column(
            "duration_options",
            postgresql.ARRAY(sa.Integer()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="minutes",
        ),
    )
    op.add_column(
        "service",
        sa.Column(
            "capacity", sa.Integer(), server_default="1", nullable=False, comment="seats of its sessions; 1: no sessions"
        ),
    )
    op.add_column(
        "service",
        sa.Column(
            "documents", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False, comment="to bring"
        ),
    )
    op.add_column("service", sa.Column("fee_cents", sa.Integer(), server_default="0", nullable=False))
    op.add_column("service", sa.Column("currency", sa.Text(), server_default="", nullable=False, comment="ISO 4217"))
    op.add_column(
        "service", sa.Column("contact_required", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column(
        "service",
        sa.Column(
            "purposes",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="codes to choose from",
        ),
    )
    op.add_column("service", sa.Column("purpose_required", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("team", sa.Column("keep_for_inspections_percent", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("team", sa.Column("keep_for_bookings_percent", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column(
        "team", sa.Column("max_visits_per_day", sa.SmallInteger(), server_default="0", nullable=False, comment="0: no limit")
    )
    op.add_column(
        "visit", sa.Column("duration_minutes", sa.Integer(), server_default="0", nullable=False, comment="0: the service's")
    )
    op.create_check_constraint("keep", "team", KEEP)
    op.execute("update resource set kind = 'officer' where kind <> 'officer'")
    op.create_check_constraint("kind", "resource", "kind in ('officer', 'room', 'equipment', 'session')")
    op.create_check_constraint("code", "resource", "(kind in ('room', 'equipment')) = (code is not null)")
    op.create_check_constraint("origin", "resource_day", "origin in ('SHIFT', 'RULE', 'SESSION')")
    op.create_check_constraint("session_id", "occupancy", "(kind = 'session') = (session_id is not null)")
    _repack(_wider)


def downgrade() -> None:
    """Bring the database back."""
    _repack(_narrower)
    op.drop_constraint("occupancy_session_id_check", "occupancy")
    op.drop_constraint("resource_day_origin_check", "resource_day")
    op.drop_constraint("resource_code_check", "resource")
    op.drop_constraint("resource_kind_check", "resource")
    op.drop_constraint("team_keep_check", "team")
    op.drop_column("visit", "duration_minutes")
    op.drop_column("team", "max_visits_per_day")
    op.drop_column("team", "keep_for_bookings_percent")
    op.drop_column("team", "keep_for_inspections_percent")
    op.drop_column("service", "purpose_required")
    op.drop_column("service", "purposes")
    op.drop_column("service", "contact_required")
    op.drop_column("service", "currency")
    op.drop_column("service", "fee_cents")
    op.drop_column("service", "documents")
    op.drop_column("service", "capacity")
    op.drop_column("service", "duration_options")
    op.drop_column("service", "resources")
    op.drop_column("service", "locations")
    op.drop_column("resource_day", "origin")
    op.drop_constraint(op.f("resource_location_id_fkey"), "resource", type_="foreignkey")
    op.drop_index(op.f("resource_location_id_idx"), table_name="resource")
    op.drop_constraint(op.f("resource_code_key"), "resource", type_="unique")
    op.drop_column("resource", "version")
    op.drop_column("resource", "features")
    op.drop_column("resource", "location_id")
    op.drop_column("resource", "category")
    op.drop_column("resource", "name")
    op.drop_column("resource", "code")
    op.drop_constraint(op.f("officer_patch_id_fkey"), "officer", type_="foreignkey")
    op.drop_column("officer", "patch_id")
    op.drop_constraint(op.f("occupancy_session_id_fkey"), "occupancy", type_="foreignkey")
    op.drop_index("occupancy_session_id_idx", table_name="occupancy", postgresql_where=sa.text("session_id is not null"))
    op.drop_column("occupancy", "session_id")
    op.drop_constraint(op.f("hold_location_id_fkey"), "hold", type_="foreignkey")
    op.drop_column("hold", "duration_minutes")
    op.drop_column("hold", "location_id")
    op.drop_column("booking_event", "detail")
    op.drop_constraint(op.f("booking_location_id_fkey"), "booking", type_="foreignkey")
    op.drop_constraint(op.f("booking_session_id_fkey"), "booking", type_="foreignkey")
    op.drop_index("booking_session_id_idx", table_name="booking", postgresql_where=sa.text("session_id is not null"))
    op.drop_index("booking_series_id_idx", table_name="booking", postgresql_where=sa.text("series_id is not null"))
    op.drop_index("booking_customer_id_idx", table_name="booking", postgresql_where=sa.text("customer_id is not null"))
    op.drop_index("booking_conversation_ref_idx", table_name="booking", postgresql_where=sa.text("conversation_ref <> ''"))
    op.drop_column("booking", "duration_minutes")
    op.drop_column("booking", "purpose")
    op.drop_column("booking", "conversation_ref")
    op.drop_column("booking", "recurrence_start")
    op.drop_column("booking", "series_id")
    op.drop_column("booking", "session_id")
    op.drop_column("booking", "location_id")
    op.create_table(
        "customer",
        sa.Column("id", sa.BIGINT(), autoincrement=False, nullable=False),
        sa.Column("name", sa.TEXT(), autoincrement=False, nullable=False),
        sa.Column("phone", sa.TEXT(), autoincrement=False, nullable=False),
        sa.Column("email", sa.TEXT(), autoincrement=False, nullable=False),
        sa.Column("language", sa.TEXT(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("customer_pkey")),
    )
    op.execute("update booking set customer_id = id")
    op.execute(
        "insert into customer (id, name, phone, email, language) "
        "select id, contact_name, contact_phone, contact_email, contact_language from booking"
    )
    for name in DETAILS:
        op.drop_column("booking", f"contact_{name}")
    op.alter_column("booking", "customer_id", nullable=False, existing_type=sa.BigInteger())
    op.create_foreign_key(op.f("booking_customer_id_fkey"), "booking", "customer", ["customer_id"], ["id"])
    op.drop_index("session_service_id_day_idx", table_name="session")
    op.drop_table("session")
    op.drop_table("location")
    op.drop_table("skill")
    op.drop_index("audit_subject_idx", table_name="audit")
    op.drop_table("audit")
