"""Resource-days, occupancy, and the facts and repairs that stand against them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from server.store.tables.base import Time, Xid8, big_id, metadata

occupancy_ids = sa.Sequence("occupancy_id", metadata=metadata, increment=64)
"""Each value begins a block of 64 occupancy ids: a route names its rows before they are inserted."""

resource_day = sa.Table(
    "resource_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True, comment="local date on which the span starts; a name, not a time"),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), primary_key=True),
    sa.Column("span", pg.TSTZRANGE, nullable=False),
    sa.Column("origin", sa.Text, nullable=False, server_default="SHIFT", comment="what made the day"),
    sa.Column("seq", sa.BigInteger, nullable=False, server_default="0", comment="+1 with every change"),
    sa.Column("changed", Xid8, nullable=False, server_default=sa.text("pg_current_xact_id()"), comment="for the feed"),
    sa.Column(
        "offer_changed",
        Xid8,
        nullable=False,
        server_default=sa.text("pg_current_xact_id()"),
        comment="the last change by more than visits that are no promise; for the public's watchers",
    ),
    sa.Column("bitmap", sa.LargeBinary, nullable=False, comment="bit k busy: [start + 5 min * k, + 5 min)"),
    sa.Column("max_gap", sa.Integer, nullable=False, comment="seconds; for office work"),
    sa.Column("route", sa.LargeBinary, nullable=False, comment="packed stops; derived from occupancy, rebuildable"),
    sa.CheckConstraint("origin in ('SHIFT', 'RULE', 'SESSION')", name="origin"),
    pg.ExcludeConstraint(
        ("resource_id", "="),
        ("span", "&&"),
        name="resource_day_span_free",
        using="gist",
        deferrable=True,
        initially="IMMEDIATE",
    ),
    postgresql_with={"fillfactor": 50},
)

dropped_day = sa.Table(
    "dropped_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("resource_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("changed", Xid8, nullable=False, server_default=sa.text("pg_current_xact_id()")),
    comment="days that are no more, for the watchers: a row that is gone tells nobody when it went",
)

overlay = sa.Table(
    "overlay",
    metadata,
    big_id(),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("busy", pg.TSTZRANGE, nullable=False),
    sa.Column("fact_id", sa.BigInteger, index=True, comment="null: closed by the opening rules"),
    sa.CheckConstraint("not isempty(busy)", name="busy"),
    sa.CheckConstraint("(kind = 'closed') = (fact_id is null)", name="fact_id"),
    sa.Index("overlay_resource_id_busy_idx", "resource_id", "busy", postgresql_using="gist"),
)

occupancy = sa.Table(
    "occupancy",
    metadata,
    big_id(),
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
    sa.Column("session_id", sa.ForeignKey("session.id")),
    sa.Column("expires_at", Time),
    sa.CheckConstraint("not isempty(seats) and lower(seats) >= 0", name="seats"),
    sa.CheckConstraint("not isempty(busy) and not lower_inf(busy) and not upper_inf(busy)", name="busy"),
    sa.CheckConstraint("lead_s >= 0", name="lead_s"),
    sa.CheckConstraint("kind in ('stop', 'remote', 'leg', 'home', 'break', 'hold', 'session', 'overlay')", name="kind"),
    sa.CheckConstraint("(kind = 'hold') = (expires_at is not null)", name="expires_at"),
    sa.CheckConstraint("(kind = 'hold') = (hold_id is not null)", name="hold_id"),
    sa.CheckConstraint("(kind = 'overlay') = (overlay_id is not null)", name="overlay_id"),
    sa.CheckConstraint("(kind = 'session') = (session_id is not null)", name="session_id"),
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
    sa.Index("occupancy_session_id_idx", "session_id", postgresql_where=sa.text("session_id is not null")),
    sa.Index("occupancy_overlay_id_idx", "overlay_id", postgresql_where=sa.text("overlay_id is not null")),
    sa.Index("occupancy_expires_at_idx", "expires_at", postgresql_where=sa.text("expires_at is not null")),
    postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.05},
)

repair = sa.Table(
    "repair",
    metadata,
    big_id(),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("booking_id", sa.ForeignKey("booking.id"), nullable=False, index=True),
    sa.Column("resource_id", sa.ForeignKey("resource.id"), nullable=False),
    sa.Column("overlay_id", sa.BigInteger),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("deadline", Time, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("resolution", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("escalated_at", Time, comment="when nobody had settled it by its deadline"),
    sa.CheckConstraint("state in ('OPEN', 'RESOLVED')", name="state"),
    sa.Index("repair_deadline_idx", "deadline", "id"),
)
