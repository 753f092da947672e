"""Migrations run from code: all or nothing, one at a time, never waiting for ever."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from server.setup import migrate as migrations
from server.setup.cluster import PrivateCluster
from server.setup.databases import connect
from server.setup.failure import SetupError
from server.setup.migrate import ONE_AT_A_TIME, migrate

ENVIRONMENT = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""
REVISION = """
from alembic import op
revision, down_revision = {name!r}, {before!r}
def upgrade():
    op.execute({statement!r})
"""


@pytest.fixture
def url(running: PrivateCluster) -> Iterator[str]:
    """An empty database."""
    with connect(running.url) as connection:
        connection.execute("CREATE DATABASE migrating")
        yield running.url_of("migrating")
        connection.execute("DROP DATABASE migrating WITH (FORCE)")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of migrations of the test's own, with one that makes the table `first`."""
    monkeypatch.setattr(migrations, "MIGRATIONS", tmp_path)
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    add(tmp_path, "0001", None, "CREATE TABLE first ()")
    return tmp_path


def add(folder: Path, name: str, before: str | None, statement: str) -> None:
    text = REVISION.format(name=name, before=before, statement=statement)
    (folder / "versions" / f"{name}.py").write_text(text)


def test_the_product_s_own_migrations_run_and_run_again(url: str) -> None:
    assert migrate(url) == migrate(url) != "no revision"


def test_a_failing_migration_leaves_nothing_behind(url: str, folder: Path) -> None:
    add(folder, "0002", "0001", "SELECT nonsense")
    with pytest.raises(ProgrammingError, match="nonsense"):
        migrate(url)
    with connect(url) as connection:
        assert connection.execute("SELECT to_regclass('first')").fetchone() == (None,)


def test_a_second_migration_at_the_same_time_is_given_up(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "LOCK_SECONDS", 1)
    with connect(url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (ONE_AT_A_TIME,))
        with pytest.raises(SetupError, match="lock timeout"):
            migrate(url)
    assert migrate(url) == "0001"


def test_a_table_in_use_is_not_waited_for_without_end(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(url)
    add(folder, "0002", "0001", "ALTER TABLE first ADD COLUMN n int")
    monkeypatch.setattr(migrations, "LOCK_SECONDS", 1)
    with connect(url) as reader, reader.transaction():
        reader.execute("SELECT * FROM first")
        with pytest.raises(SetupError, match="nothing was changed"):
            migrate(url)
    assert migrate(url) == "0002"


def test_a_statement_that_takes_too_long_is_given_up(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(folder, "0002", "0001", "SELECT pg_sleep(5)")
    monkeypatch.setattr(migrations, "STATEMENT_SECONDS", 1)
    with pytest.raises(SetupError, match="statement timeout"):
        migrate(url)
