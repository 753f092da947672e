"""The migrations and the tables in code describe the same database."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from server.store.tables import metadata

TWIN = "twin"
COLUMNS = """select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
  pg_get_expr(d.adbin, d.adrelid) from pg_attribute a join pg_class c on c.oid = a.attrelid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = cast(:schema as regnamespace) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped"""
CONSTRAINTS = """select c.relname, k.conname, pg_get_constraintdef(k.oid) from pg_constraint k
  join pg_class c on c.oid = k.conrelid where k.connamespace = cast(:schema as regnamespace)"""
INDEXES = "select tablename, indexname, indexdef from pg_indexes where schemaname = :schema"
OPTIONS = """select relname, reloptions::text from pg_class
  where relnamespace = cast(:schema as regnamespace) and relkind = 'r'"""


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


def _said(connection: sa.Connection, query: str, schema: str) -> set[tuple[str, ...]]:
    rows = connection.execute(sa.text(query), {"schema": schema})
    return {tuple(str(part).replace(f"{schema}.", "") for part in row) for row in rows if row[0] in metadata.tables}


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_nothing_would_be_migrated(connection: sa.Connection) -> None:
    options = {
        "include_object": lambda _, name, kind, *__: kind != "table" or name in metadata.tables,
        "compare_type": True,
        "compare_server_default": True,
    }
    assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


@pytest.mark.parametrize(
    "query", [COLUMNS, CONSTRAINTS, INDEXES, OPTIONS], ids=["columns", "constraints", "indexes", "options"]
)
def test_tables_made_from_the_code_are_the_migrated_ones(connection: sa.Connection, query: str) -> None:
    connection.execute(sa.text(f"create schema {TWIN}"))
    connection.execute(sa.text(f"set local search_path = {TWIN}, public"))
    metadata.create_all(connection, checkfirst=False)
    made = _said(connection, query, TWIN)
    connection.execute(sa.text("set local search_path = public, pg_catalog"))
    migrated = _said(connection, query, "public")
    connection.rollback()
    assert made == migrated
    assert made
