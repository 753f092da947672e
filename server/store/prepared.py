"""Statements of the hot path: they go to the driver directly, prepared once on each connection.

SQLAlchemy's work on a statement takes longer than the driver's (20 us against 15), and an unprepared one is planned anew
each time. Only for statements whose best plan does not depend on the values: they keep the first good one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect

Row = tuple[Any, ...]


def text(query: sa.Executable) -> str:
    """Return the text of a query, once for all its runs; its parameters are the names of its bound parameters."""
    return str(cast(sa.ClauseElement, query).compile(dialect=psycopg_dialect.dialect()))


def row(connection: sa.Connection, statement: str, parameters: Mapping[str, Any]) -> Row:
    """Run a statement in the connection's transaction and return its one row."""
    found = _run(connection, statement, parameters).fetchone()
    assert found is not None
    return found


def rows(connection: sa.Connection, statement: str, parameters: Mapping[str, Any]) -> list[Row]:
    """Run a statement in the connection's transaction and return its rows."""
    return _run(connection, statement, parameters).fetchall()


def _run(connection: sa.Connection, statement: str, parameters: Mapping[str, Any]) -> psycopg.Cursor[Row]:
    driver = cast(psycopg.Connection[Row], connection.connection.driver_connection)
    # The text is ours, never a caller's.
    return driver.execute(cast(Any, statement), parameters, prepare=True)
