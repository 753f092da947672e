"""What `python -m server db ...` and `migrate` do: print, and return an exit code."""

import sys
from collections.abc import Callable

from server.settings import Settings
from server.setup.address import masked
from server.setup.binaries import find_binaries
from server.setup.cluster import State
from server.setup.cluster_place import cluster_in
from server.setup.databases import check_database
from server.setup.failure import SetupError
from server.setup.ready import database_url, prefix_in

DONE, REFUSED, NOT_RUNNING = 0, 1, 3


def db_up(settings: Settings) -> int:
    """Print the URL of the database, after starting the private cluster where that is the one."""
    return _told(lambda: _say(masked(database_url(settings))))


def db_down(settings: Settings) -> int:
    """Stop the private cluster."""
    return _told(lambda: _down(settings))


def db_status(settings: Settings) -> int:
    """Say which database is used and whether it answers."""
    return _told(lambda: _status(settings))


def migrate(settings: Settings) -> int:
    """Bring the tables up to date."""
    return _told(lambda: _migrate(settings))


def doctor(settings: Settings) -> int:
    """Say what is wrong with the set-up and what to do; exit code 1 if anything is."""
    from server.setup.doctor import examine

    findings = list(examine(settings))
    for finding in findings:
        _say(f"{'ok   ' if finding.is_well else 'WRONG'} {finding.subject}: {finding.said}")
        if finding.remedy:
            _say(f"      -> {finding.remedy}")
    return DONE if all(finding.is_well for finding in findings) else REFUSED


def verify(settings: Settings) -> int:
    """Say what in the database contradicts itself; exit code 1 if anything does."""
    return _told(lambda: _verify(settings))


def _verify(settings: Settings) -> int:
    from server.setup.migrate import must_be_migrated
    from server.store.verify import verify as contradictions

    found = contradictions(must_be_migrated(database_url(settings)))
    for contradiction in found:
        _say(contradiction)
    _say(f"{len(found)} contradictions" if found else "every route, row and promise agrees")
    return REFUSED if found else DONE


def _down(settings: Settings) -> int:
    if settings.database_url:
        return _say("FIELDWORK_DATABASE_URL is set: that database is not ours to stop")
    binaries = find_binaries([prefix_in(settings)])
    if binaries is None or not (cluster := cluster_in(settings)).down(binaries):
        return _say(f"no cluster of {settings.home} is running")
    return _say(f"the cluster in {cluster.folder} is stopped")


def _status(settings: Settings) -> int:
    if settings.database_url:
        return _say(f"FIELDWORK_DATABASE_URL answers: {masked(check_database(settings.database_url))}")
    if find_binaries([prefix_in(settings)]) is None:
        _say("there is no cluster yet, and no PostgreSQL with PostGIS: `python -m server db up` gets both")
        return NOT_RUNNING
    cluster = cluster_in(settings)
    state = cluster.status()
    _say(f"the cluster in {cluster.folder} is {state.value}" + (f": {cluster.url}" if state is State.RUNNING else ""))
    return DONE if state is State.RUNNING else NOT_RUNNING


def _migrate(settings: Settings) -> int:
    from server.setup.migrate import migrate as bring_up_to_date

    url = database_url(settings)
    return _say(f"{masked(url)} is at {bring_up_to_date(url)}")


def _say(line: str) -> int:
    print(line)  # noqa: T201 - the command's result
    return DONE


def _told(command: Callable[[], int]) -> int:
    """Run a command; tell a refusal in words instead of a traceback."""
    try:
        return command()
    except SetupError as failure:
        print(f"error: {failure}", file=sys.stderr)  # noqa: T201
        return REFUSED
    except OSError as failure:  # a full disk, a folder of somebody else
        print(f"error: {failure.filename or 'the set-up'}: {failure.strerror or failure}", file=sys.stderr)  # noqa: T201
        return REFUSED
