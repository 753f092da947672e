"""Databases for tests: copies of one migrated template, so that each process gets its own quickly."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from server.setup.address import with_database
from server.setup.databases import connect
from server.setup.migrate import MIGRATIONS, migrate

ONE_AT_A_TIME = 0x74657374  # advisory lock: one process builds the template, the others wait


@contextmanager
def a_fresh_database(server: str, worker: str) -> Iterator[str]:
    """Give the URL of a new database on the server behind the URL `server`; drop it afterwards."""
    name = f"fieldwork_test_{worker}_{os.getpid()}"
    with connect(server) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (ONE_AT_A_TIME,))
        _drop_leftovers(connection)
        template = _template(connection, server)
        _create(connection, name, template)
    try:
        yield with_database(server, name)
    finally:
        with connect(server) as connection:
            _drop(connection, name)


def _template(connection: psycopg.Connection, server: str) -> str:
    """Return the name of the migrated template, built anew after any change in the migrations."""
    name = f"fieldwork_template_{_digest(MIGRATIONS)}"
    known = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'fieldwork\\_template\\_%'").fetchall()
    if (name,) in known:
        return name
    for (old,) in known:
        _drop(connection, old)
    making = f"fieldwork_making_{os.getpid()}"
    _drop(connection, making)
    _create(connection, making, "template1")
    migrate(with_database(server, making))
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    connection.execute(rename.format(sql.Identifier(making), sql.Identifier(name)))
    return name


def _digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".sql", ".mako"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _drop_leftovers(connection: psycopg.Connection) -> None:
    """Drop what killed test processes of this machine left behind."""
    names = connection.execute(
        "SELECT datname FROM pg_database WHERE datname ~ '^fieldwork_(test|making)_.*[0-9]$'"
    ).fetchall()
    for (name,) in names:
        if not os.path.exists(f"/proc/{name.rpartition('_')[2]}"):
            _drop(connection, name)


def _create(connection: psycopg.Connection, name: str, template: str) -> None:
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
