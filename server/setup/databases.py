"""Databases with PostGIS in them, and a look at a database that somebody else runs."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from server.setup.address import SCHEME, for_application, for_driver, masked, with_database
from server.setup.failure import SetupError

EXTENSIONS = ("postgis", "btree_gist")
VARIABLE = "FIELDWORK_DATABASE_URL"
OR_UNSET = "unset the variable to use the private cluster"
PATIENCE_SECONDS = 10


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection]:
    """Open a connection that commits each statement by itself."""
    with psycopg.connect(for_driver(url), autocommit=True, connect_timeout=PATIENCE_SECONDS) as connection:
        yield connection


def create_database(template_url: str, name: str) -> None:
    """Create the database `name` and a role of that name which owns it; no harm if they are there.

    `template_url` leads to template1 as superuser: with the extensions in it every later database has
    them too, and the role can create databases without being a superuser.
    """
    with connect(template_url) as connection:
        for extension in EXTENSIONS:
            create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}")
            connection.execute(create.format(sql.Identifier(extension)))
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(name)))
    with connect(with_database(template_url, "postgres")) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name)))


def check_database(url: str) -> str:
    """Return the URL as the application uses it, or say what is wrong with the database behind it."""
    _refuse_other_addresses(url)
    try:
        with connect(url) as connection:
            query = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
            offered = connection.execute(query).fetchone()
    except psycopg.Error as error:
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise SetupError(
            f"{VARIABLE} ({masked(url)}): the database does not answer: {words[-1].strip()}",
            f"correct {VARIABLE}, start that database, or {OR_UNSET}",
        ) from None
    if not offered:
        raise SetupError(
            f"{VARIABLE} ({masked(url)}): that server has no PostGIS",
            f"install PostGIS on it (Debian: postgresql-postgis), or {OR_UNSET}",
        )
    return for_application(url)


def _refuse_other_addresses(url: str) -> None:
    """Refuse what is no URL of a PostgreSQL database, without echoing what may hold a password."""
    remedy = f"write {VARIABLE}=postgresql://USER:PASSWORD@HOST:PORT/DATABASE (%-encode signs), or {OR_UNSET}"
    if not SCHEME.match(url):
        raise SetupError(f"{VARIABLE} is no URL of a PostgreSQL database", remedy)
    try:
        conninfo_to_dict(for_driver(url))
    except psycopg.Error:
        raise SetupError(f"{VARIABLE} cannot be read as a URL", remedy) from None
