"""Databases for measuring: one authority is built once a day and kept as a template; every run gets a copy."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks import authority
from benchmarks.authority import Size
from server.settings import Settings
from server.setup.address import with_database
from server.setup.databases import connect
from server.setup.migrate import MIGRATIONS, migrate
from server.wiring import build

_HERE = Path(__file__).parent
_ONE_AT_A_TIME = 0x62656E63


@contextmanager
def copies(server: str, size: Size, count: int = 1) -> Iterator[list[str]]:
    """Give the URLs of copies of the authority on the server behind the URL `server`; drop them afterwards."""
    names = [f"fieldwork_bench_{os.getpid()}_{number}" for number in range(count)]
    with connect(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_ONE_AT_A_TIME,))
        template = _template(connection, server, size)
        for name in names:
            _drop(connection, name)
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield [with_database(server, name) for name in names]
    finally:
        with connect(server) as connection:
            for name in names:
                _drop(connection, name)


def _template(connection: psycopg.Connection, server: str, size: Size) -> str:
    """Return the name of the database that holds the authority; it is made anew each day and after each change."""
    name = f"fieldwork_bench_kept_{_digest(size)}"
    query = "SELECT datname FROM pg_database WHERE datname LIKE 'fieldwork\\_bench\\_kept\\_%'"
    known = {row[0] for row in connection.execute(query)}
    if name in known:
        return name
    if len(known) > 3:
        for old in known:
            _drop(connection, old)
    making = f"fieldwork_bench_making_{os.getpid()}"
    _drop(connection, making)
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template1").format(sql.Identifier(making)))
    url = with_database(server, making)
    migrate(url)
    app = build(Settings(), url)
    try:
        authority.settle(app, size)
    finally:
        app.close()
    with connect(url) as inside:
        inside.execute("VACUUM ANALYZE")
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    connection.execute(rename.format(sql.Identifier(making), sql.Identifier(name)))
    return name


def _digest(size: Size) -> str:
    code = [*sorted(MIGRATIONS.rglob("*.py")), _HERE / "authority.py", _HERE.parent / "server/store/route_codec.py"]
    parts = [path.read_bytes() for path in code]
    parts.append(f"{size} {authority.first_day()}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
