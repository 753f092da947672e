"""Premises, addresses, patches, roads."""

from __future__ import annotations

import sqlalchemy as sa
from geoalchemy2 import Geography

from server.store.tables.base import Time, counted_id, metadata

patch = sa.Table(
    "patch",
    metadata,
    counted_id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("area", Geography("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
    sa.Index("patch_area_idx", "area", postgresql_using="gist"),
)

premises = sa.Table(
    "premises",
    metadata,
    counted_id(),
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
    counted_id(),
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
    counted_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False, unique=True),
    sa.Column("attribution", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Time, nullable=False),
)
