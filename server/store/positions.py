"""Positions in and out of geography columns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geography, Geometry

from server.domain.geography import Position


def stored(position: Position) -> sa.ColumnElement[Any]:
    """Return the SQL value of a position: longitude first, as PostGIS wants it."""
    point = sa.func.ST_SetSRID(sa.func.ST_MakePoint(position.longitude, position.latitude), 4326)
    return sa.cast(point, Geography("POINT", srid=4326))


def latitude(column: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    """Return the degrees north of a point column."""
    return sa.func.ST_Y(sa.cast(column, Geometry), type_=sa.Float)


def longitude(column: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    """Return the degrees east of a point column."""
    return sa.func.ST_X(sa.cast(column, Geometry), type_=sa.Float)
