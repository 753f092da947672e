"""Migrations, run from code with limits on how long they may wait and work."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import errors as pg

from server.setup.failure import SetupError

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
NEWER_PROGRAM = "nothing was changed; a newer version of the program made these tables: use that one"
SOMEBODY_ELSES = (pg.InsufficientPrivilege, pg.DuplicateTable, pg.DuplicateObject, pg.DuplicateFunction)
LOCK_SECONDS = 10
STATEMENT_SECONDS = 900
ONE_AT_A_TIME = 0x6669656C  # any constant: the advisory lock that migrating processes queue for


def revisions(url: str) -> tuple[str, str]:
    """Return the revision that the database at `url` is at, and the newest there is."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    return current or "none", newest or "none"


def must_be_migrated(url: str) -> str:
    """Return the URL of a database whose tables are those of this program, or say what to do."""
    current, newest = revisions(url)
    if current == newest:
        return url
    if current != "none" and current not in _known():
        raise SetupError(f"the tables are at revision {current}, which this program does not know", NEWER_PROGRAM)
    raise SetupError(f"the tables are at revision {current}, not {newest}", "run `python -m server migrate`")


def migrate(url: str) -> str:
    """Bring the database at `url` to the newest revision, all or nothing, and return that revision's name.

    `migrations/env.py` finds the connection in `config.attributes["connection"]`.
    """
    limits = f"-c lock_timeout={LOCK_SECONDS}s -c statement_timeout={STATEMENT_SECONDS}s"
    engine = sa.create_engine(url, connect_args={"options": limits}, poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return MigrationContext.configure(connection).get_current_revision() or "no revision"
    except sa.exc.OperationalError as error:
        raise SetupError(
            f"the migration was given up: {str(error.orig).strip()}",
            f"nothing was changed; try again when nobody uses the tables (it waits {LOCK_SECONDS} s at most)",
        ) from error
    except sa.exc.ProgrammingError as error:
        if not isinstance(error.orig, SOMEBODY_ELSES):
            raise
        raise SetupError(
            f"the migration was given up: {str(error.orig).strip().splitlines()[0]}",
            "nothing was changed; give the program a database of its own, and a role that owns it",
        ) from error
    except CommandError as error:
        raise SetupError(f"the migration was given up: {error}", NEWER_PROGRAM) from error


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
