"""Statements of the hot path: they go to the driver directly, prepared once on each connection.

SQLAlchemy's work on a statement takes longer than the driver's (20 us against 15), and an unprepared one is planned anew
each time. Only for statements whose best plan does not depend on the values: they keep the first good one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect

Row = tuple[Any, ...]
_DIALECT = psycopg_dialect.dialect()  # type: ignore[no-untyped-call]
_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as PostgreSQL takes it, with its parameters by number, and the name of each."""

    text: bytes
    names: tuple[str, ...]


def statement(text: str) -> Statement:
    """Return a statement whose parameters are written `%(name)s`: the driver would look for them in every run."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    numbered = _PARAMETER.sub(lambda found: f"${names.index(found.group(1)) + 1}", text)
    return Statement(numbered.encode(), names)


def compiled(query: sa.Executable) -> Statement:
    """Return the statement of a query; its parameters are the query's bound parameters."""
    return statement(str(cast(sa.ClauseElement, query).compile(dialect=_DIALECT)))


def row(connection: sa.Connection, asked: Statement, parameters: Mapping[str, Any]) -> Row:
    """Run a statement in the connection's transaction and return its one row."""
    found = _run(connection, asked, parameters).fetchone()
    assert found is not None
    return found


def rows(connection: sa.Connection, asked: Statement, parameters: Mapping[str, Any]) -> list[Row]:
    """Run a statement in the connection's transaction and return its rows."""
    return _run(connection, asked, parameters).fetchall()


def _run(connection: sa.Connection, asked: Statement, parameters: Mapping[str, Any]) -> psycopg.RawCursor[Row]:
    driver = cast(psycopg.Connection[Row], connection.connection.driver_connection)
    values = [parameters[name] for name in asked.names]
    return psycopg.RawCursor(driver).execute(asked.text, values, prepare=True)
