"""The long-running commands of `python -m server`, and the demo's own database."""

from __future__ import annotations

import asyncio
import json
import sys
import zoneinfo
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import make_url

from server.logging_setup import set_up_logging
from server.settings import Settings
from server.setup.failure import SetupError
from server.setup.ready import database_url

T = TypeVar("T")
DONE, REFUSED = 0, 1


def serve(settings: Settings) -> int:
    """Serve the API until SIGTERM; exit code 2 when it could not start."""
    from server.rpc.serve import serve as serve_edge
    from server.wiring import build

    application = _started(settings, build)
    if application is None:
        return REFUSED
    return asyncio.run(serve_edge(application, settings, _say_ready))


def work(settings: Settings) -> int:
    """Run jobs until SIGTERM."""
    from server.jobs.work import work as work_jobs
    from server.wiring import build

    application = _started(settings, build)
    if application is None:
        return REFUSED
    conninfo = make_url(database_url(settings)).set(drivername="postgresql").render_as_string(hide_password=False)
    asyncio.run(work_jobs(application, conninfo))
    application.close()
    return DONE


def demo_reset(settings: Settings) -> int:
    """Make the demo's own database anew, beside the one in use, and print its URL as JSON; refuse while somebody uses it."""
    from psycopg import errors, sql

    from server.setup.databases import connect

    try:
        url = make_url(database_url(settings))
        with connect(url.render_as_string(hide_password=False)) as connection:
            name = sql.Identifier(settings.demo_database)
            connection.execute(sql.SQL("drop database if exists {}").format(name))
            connection.execute(sql.SQL("create database {}").format(name))
    except SetupError as failure:
        print(f"error: {failure}", file=sys.stderr)  # noqa: T201
        return REFUSED
    except errors.ObjectInUse:  # PostgreSQL has waited some seconds for the others to leave
        print(f"error: {_in_use(settings.demo_database)}", file=sys.stderr)  # noqa: T201
        return REFUSED
    made = url.set(database=settings.demo_database)
    print(json.dumps({"database_url": made.render_as_string(hide_password=False)}))  # noqa: T201
    return DONE


def _in_use(database: str) -> str:
    return (
        f"another demo uses the database {database}; end it (the `kill` line that `fieldwork demo --keep` printed), "
        "or give this one its own: FIELDWORK_DEMO_DATABASE=fieldwork_demo_2"
    )


def _say_ready(bound: Sequence[str]) -> None:
    print(f"serving on {', '.join(bound)}", flush=True)  # noqa: T201


def _started(settings: Settings, build: Callable[[Settings, str], T]) -> T | None:
    from server.setup.migrate import must_be_migrated

    zoneinfo.reset_tzpath(())  # the locked tzdata, not the machine's: both would differ some day
    set_up_logging(settings.log_level, settings.log_format)
    try:
        return build(settings, must_be_migrated(database_url(settings)))
    except SetupError as failure:
        print(f"error: {failure}", file=sys.stderr)  # noqa: T201
        return None
