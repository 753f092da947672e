"""The tables. migrations/ brings a database to this state; a test proves that the two agree.

`occupancy` is the single source of truth for conflicts: one exclusion constraint refuses every overlap of busy time, inbound
legs included. It is deferrable, so that it is checked per statement and back-to-back stops can shift together.
"""

from __future__ import annotations

import sqlalchemy as sa
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)
_Time = sa.DateTime(timezone=True)


class Xid8(sa.types.UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id: the change feed reads rows at or after a snapshot's xmin."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "xid8"


def _big_id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)


def _counted_id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def _case() -> list[sa.Column[str]]:
    return [sa.Column("case_system", sa.Text), sa.Column("case_external_id", sa.Text)]


occupancy_ids = sa.Sequence("occupancy_id", metadata=metadata, increment=64)
"""Each value begins a block of 64 occupancy ids: a route names its rows before they are inserted."""

team = sa.Table(
    "team",
    metadata,
    _counted_id(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False, comment="IANA name"),
)

resource = sa.Table(
    "resource",
    metadata,
    _counted_id(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint("seats > 0", name="seats"),
)

officer = sa.Table(
    "officer",
    metadata,
    sa.Column("id", sa.ForeignKey("resource.id"), primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False, index=True),
    sa.Column("base", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.CheckConstraint("mode in ('car', 'bicycle', 'foot')", name="mode"),
)

officer_skill = sa.Table(
    "officer_skill",
    metadata,
    sa.Column("officer_id", sa.ForeignKey("officer.id"), primary_key=True),
    sa.Column("skill", sa.Text, primary_key=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False, server_default=sa.text("'0001-01-01'"), primary_key=True),
    sa.Column("valid_until", sa.Date, nullable=False, server_default=sa.text("'9999-12-31'"), comment="exclusive"),
    sa.CheckConstraint("level between 1 and 9", name="level"),
)

service = sa.Table(
    "service",
    metadata,
    _counted_id(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("duration_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_before_minutes", sa.Integer, nullable=False),
    sa.Column("buffer_after_minutes", sa.Integer, nullable=False),
    sa.Column("crew", pg.JSONB, nullable=False, comment="per officer needed: {skill: level}"),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("promise_kind", sa.Text, nullable=False),
    sa.Column("window_minutes", sa.Integer, nullable=False),
    sa.Column("step_minutes", sa.Integer, nullable=False),
    sa.Column("needs_approval", sa.Boolean, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("notice_minutes", sa.Integer, nullable=False),
    sa.Column("horizon_days", sa.Integer, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("unannounced", sa.Boolean, nullable=False),
)

patch = sa.Table(
    "patch",
    metadata,
    _counted_id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("area", Geography("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
    sa.Index("patch_area_idx", "area", postgresql_using="gist"),
)

premises = sa.Table(
    "premises",
    metadata,
    _counted_id(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("house_number", sa.Text, nullable=False),
    sa.Column("street", sa.Text, nullable=False),
    sa.Column("postcode", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("site", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
    sa.Column("opening_hours", sa.Text, nullable=False),
    sa.Column("access_note", sa.Text, nullable=False),
    sa.Column("approach_s", sa.Integer, nullable=False),
    sa.Column("patch_id", sa.ForeignKey("patch.id"), index=True),
    sa.UniqueConstraint("source", "external_id"),
    sa.Index("premises_site_idx", "site", postgresql_using="gist"),
    sa.Index("premises_name_idx", "name", "id"),
)

address = sa.Table(
    "address",
    metadata,
    _counted_id(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("house_number", sa.Text, nullable=False),
    sa.Column("street", sa.Text, nullable=False),
    sa.Column("postcode", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("site", Geography("POINT", srid=4326, spatial_index=False), nullable=False),
    sa.UniqueConstraint("source", "external_id"),
    sa.Index("address_site_idx", "site", postgresql_using="gist"),
)

road_graph = sa.Table(
    "road_graph",
    metadata,
    _counted_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False, unique=True),
    sa.Column("attribution", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
)

resource_day = sa.Table(
    "resource_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True, comment="local date on which the span starts; a name, not a time"),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), primary_key=True),
    sa.Column("span", pg.TSTZRANGE, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False, server_default="0", comment="+1 with every change"),
    sa.Column("changed", Xid8, nullable=False, server_default=sa.text("pg_current_xact_id()"), comment="for the feed"),
    sa.Column("bitmap", sa.LargeBinary, nullable=False, comment="bit k busy: [start + 5 min * k, + 5 min)"),
    sa.Column("max_gap", sa.Integer, nullable=False, comment="seconds; for office work"),
    sa.Column("route", sa.LargeBinary, nullable=False, comment="packed stops; derived from occupancy, rebuildable"),
    pg.ExcludeConstraint(("resource_id", "="), ("span", "&&"), name="resource_day_span_free", using="gist"),
    postgresql_with={"fillfactor": 50},
)

overlay = sa.Table(
    "overlay",
    metadata,
    _big_id(),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("busy", pg.TSTZRANGE, nullable=False),
    sa.CheckConstraint("not isempty(busy)", name="busy"),
    sa.Index("overlay_resource_id_busy_idx", "resource_id", "busy", postgresql_using="gist"),
)

customer = sa.Table(
    "customer",
    metadata,
    _big_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
)

visit = sa.Table(
    "visit",
    metadata,
    _big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("due", sa.Date),
    *_case(),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("booking_id", sa.BigInteger),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state in ('OPEN', 'PLANNED', 'IN_PROGRESS', 'DONE', 'NO_ACCESS', 'WITHDRAWN')", name="state"),
    sa.CheckConstraint("weight between 1 and 10000", name="weight"),
    sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name="case"),
    sa.Index("visit_team_id_state_idx", "team_id", "state"),
    sa.Index("visit_created_at_idx", "created_at", "id"),
    sa.Index("visit_case_idx", "case_system", "case_external_id"),
)

booking = sa.Table(
    "booking",
    metadata,
    _big_id(),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("customer_id", sa.ForeignKey("customer.id"), nullable=False),
    sa.Column("visit_id", sa.ForeignKey("visit.id"), nullable=False, unique=True),
    sa.Column("promise", pg.TSTZRANGE, nullable=False, comment="when work starts; one second for an exact promise"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, comment="changes of the promise"),
    sa.Column("version", sa.Integer, nullable=False, comment="all changes"),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("creator", sa.Text, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    *_case(),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("cancel_reason", sa.Text, nullable=False),
    sa.Column("allow_duplicate", sa.Boolean, nullable=False),
    sa.Column("rescheduled_to", sa.BigInteger),
    sa.Column("rescheduled_from", sa.BigInteger),
    sa.Column("calendar_uid", sa.Text, nullable=False),
    sa.CheckConstraint("not isempty(promise)", name="promise"),
    sa.CheckConstraint(
        "state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'NO_SHOW', 'RESCHEDULED')",
        name="state",
    ),
    sa.CheckConstraint("(state = 'CANCELLED') = (cancel_reason <> '')", name="cancel_reason"),
    sa.CheckConstraint("(case_system is null) = (case_external_id is null)", name="case"),
    sa.Index("booking_promise_idx", sa.text("lower(promise)"), "id"),
    sa.Index(
        "booking_case_live_key",
        "case_system",
        "case_external_id",
        "service_id",
        unique=True,
        postgresql_where=sa.text("state in ('PENDING', 'CONFIRMED', 'IN_PROGRESS') and not allow_duplicate"),
    ),
)

booking_event = sa.Table(
    "booking_event",
    metadata,
    _counted_id(),
    sa.Column("booking_id", sa.ForeignKey("booking.id"), nullable=False),
    sa.Column("at", _Time, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Index("booking_event_booking_id_idx", "booking_id", "id"),
)

hold = sa.Table(
    "hold",
    metadata,
    _big_id(),
    sa.Column("principal", sa.Text, nullable=False, index=True),
    sa.Column("service_id", sa.ForeignKey("service.id"), nullable=False),
    sa.Column("premises_id", sa.ForeignKey("premises.id")),
    sa.Column("promise", pg.TSTZRANGE, nullable=False),
    sa.Column("expires_at", _Time, nullable=False, index=True),
)

occupancy = sa.Table(
    "occupancy",
    metadata,
    _big_id(),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("resource_id", sa.BigInteger, nullable=False),
    sa.Column("seats", pg.INT4RANGE, nullable=False, server_default=sa.text("'[0,1)'")),
    sa.Column("busy", pg.TSTZRANGE, nullable=False),
    sa.Column("lead_s", sa.Integer, nullable=False, comment="inbound leg + buffer: work starts at lower(busy) + lead_s"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("visit_id", sa.ForeignKey("visit.id")),
    sa.Column("booking_id", sa.ForeignKey("booking.id")),
    sa.Column("hold_id", sa.ForeignKey("hold.id")),
    sa.Column("overlay_id", sa.ForeignKey("overlay.id")),
    sa.Column("expires_at", _Time),
    sa.CheckConstraint("not isempty(seats) and lower(seats) >= 0", name="seats"),
    sa.CheckConstraint("not isempty(busy) and not lower_inf(busy) and not upper_inf(busy)", name="busy"),
    sa.CheckConstraint("lead_s >= 0", name="lead_s"),
    sa.CheckConstraint("kind in ('stop', 'remote', 'leg', 'home', 'break', 'hold', 'session', 'overlay')", name="kind"),
    sa.CheckConstraint("(kind = 'hold') = (expires_at is not null)", name="expires_at"),
    sa.CheckConstraint("(kind = 'hold') = (hold_id is not null)", name="hold_id"),
    sa.CheckConstraint("(kind = 'overlay') = (overlay_id is not null)", name="overlay_id"),
    sa.ForeignKeyConstraint(["day", "resource_id"], ["resource_day.day", "resource_day.resource_id"]),
    pg.ExcludeConstraint(
        ("resource_id", "="),
        ("seats", "&&"),
        ("busy", "&&"),
        name="occupancy_free",
        using="gist",
        deferrable=True,
        initially="IMMEDIATE",
    ),
    sa.Index("occupancy_day_resource_id_idx", "day", "resource_id"),
    sa.Index("occupancy_visit_id_idx", "visit_id", postgresql_where=sa.text("visit_id is not null")),
    sa.Index("occupancy_booking_id_idx", "booking_id", postgresql_where=sa.text("booking_id is not null")),
    sa.Index("occupancy_hold_id_idx", "hold_id", postgresql_where=sa.text("hold_id is not null")),
    sa.Index("occupancy_overlay_id_idx", "overlay_id", postgresql_where=sa.text("overlay_id is not null")),
    sa.Index("occupancy_expires_at_idx", "expires_at", postgresql_where=sa.text("expires_at is not null")),
    postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.05},
)

repair = sa.Table(
    "repair",
    metadata,
    _big_id(),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("booking_id", sa.ForeignKey("booking.id"), nullable=False, index=True),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), nullable=False),
    sa.Column("overlay_id", sa.BigInteger),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("deadline", _Time, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("resolution", sa.Text, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.CheckConstraint("state in ('OPEN', 'RESOLVED')", name="state"),
    sa.Index("repair_deadline_idx", "deadline", "id"),
)

plan = sa.Table(
    "plan",
    metadata,
    _big_id(),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False, index=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("published_at", _Time),
    sa.Column("content", pg.JSONB, nullable=False, comment="figures, routes, unassigned as the domain has them"),
    sa.Column("problem", sa.LargeBinary, nullable=False, comment="what was solved, zlib-compressed problem.json"),
    sa.CheckConstraint("state in ('DRAFT', 'CHECKED', 'REJECTED', 'PUBLISHED', 'SUPERSEDED', 'DISCARDED')", name="state"),
    sa.Index("plan_created_at_idx", "created_at", "id"),
)

operation = sa.Table(
    "operation",
    metadata,
    _big_id(),
    sa.Column("team_id", sa.ForeignKey("team.id"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("progress_percent", sa.Integer, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("plan_id", sa.ForeignKey("plan.id")),
    sa.Column("error_reason", sa.Text),
    sa.Column("error_message", sa.Text),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Index("operation_created_at_idx", "created_at", "id"),
)

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("principal", sa.Text, primary_key=True),
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", _Time, nullable=False, index=True),
)

message = sa.Table(
    "message",
    metadata,
    _counted_id(),
    sa.Column("booking_id", sa.ForeignKey("booking.id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("ics", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("provider_id", sa.Text, nullable=False, server_default=""),
    sa.Column("sent_at", _Time),
    sa.CheckConstraint("channel in ('SMS', 'EMAIL')", name="channel"),
    sa.CheckConstraint("state in ('QUEUED', 'SENT', 'FAILED')", name="state"),
    sa.UniqueConstraint("booking_id", "revision", "kind", "channel"),
)

feed = sa.Table(
    "feed",
    metadata,
    _big_id(),
    sa.Column("officer_id", sa.ForeignKey("officer.id"), nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True, comment="sha256"),
    sa.Column("private_titles", sa.Boolean, nullable=False),
    sa.Column("created_at", _Time, nullable=False),
    sa.Column("revoked_at", _Time),
)
