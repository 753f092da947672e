"""Alembic's environment: the connection comes from server.setup.migrate, or from a URL on alembic's command line."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine

from server.store.tables import metadata

OURS = set(metadata.tables)


def _include(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave the tables of PostGIS and of the queue alone."""
    return kind != "table" or name in OURS


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=_include,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("no database: run `python -m server migrate`, which knows where it is")
    with create_engine(url, poolclass=NullPool).connect() as own:
        _run(own)
