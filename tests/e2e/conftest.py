"""One real installation for all tests of a process: database, city, team, server and worker, ended however the tests end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import psycopg
import pytest
from fieldwork.v1 import places_pb2 as places

from server.domain.caller import Role
from server.settings import Settings
from server.setup.address import for_driver
from server.setup.ready import database_url as ready_database
from tests.databases import a_fresh_database
from tests.e2e import authority
from tests.e2e.calling import call
from tests.e2e.system import Child, Finished, Installation, channel_to, no_traceback, until


@dataclass(frozen=True, repr=False)
class System:
    """The installation at work, and a connection to its server."""

    installation: Installation
    children: tuple[Child, ...]
    target: str
    channel: grpc.Channel
    premises: tuple[places.Premises, ...]

    def __repr__(self) -> str:
        return f"System({self.target})"

    @property
    def url(self) -> str:
        assert self.installation.url is not None
        return self.installation.url

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table that calls write, once the worker has nothing to do."""
        url = self.url
        until(lambda: counts(url)["jobs"] == 0, "the worker has no job left")
        return counts(url)


def counts(url: str) -> dict[str, int]:
    """Return the number of rows of each table, the queue's own bookkeeping left out."""
    with psycopg.connect(for_driver(url), autocommit=True) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "select tablename from pg_tables where schemaname = 'public' and tablename !~ '^procrastinate|^spatial_ref'"
            )
        ]
        found = {name: connection.execute(f'select count(*) from "{name}"').fetchone() for name in names}
        found["jobs"] = connection.execute(
            "select count(*) from procrastinate_jobs where task_name in ('messages.deliver', 'planning.run')"
        ).fetchone()
    return {name: row[0] for name, row in found.items() if row is not None}


def install(home: Path, url: str) -> Installation:
    """Fill a database with the city that ships with the program, and a small team."""
    made = Installation(home, url)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(made.run, "import", "city", "--json")]
        done += [pool.submit(_imported_in_turn, made)]
    for finished in done:
        assert finished.result().code == 0, finished.result().said
    return made


def _imported_in_turn(made: Installation) -> Finished:
    """Import the team's files, each of which needs the one before; return the first command that failed, or the last."""
    for kind, path in authority.write_files(made.home):
        done = made.run("import", kind, str(path), "--json")
        if done.code:
            break
    return done


@contextmanager
def at_work(installation: Installation, *, worker: bool) -> Iterator[System]:
    """Start the server, and the worker or not."""
    with ExitStack() as stack:
        server, target = stack.enter_context(installation.serving())
        children = [server]
        if worker:
            children.append(stack.enter_context(installation.started("work")))
            children[-1].wait_for("worker ready")
        channel = stack.enter_context(channel_to(target))
        asked = places.ListPremisesRequest(page_size=500)
        found = call(channel, "PlaceService/ListPremises", asked, Role.WORKER, places.ListPremisesResponse)
        yield System(installation, tuple(children), target, channel, tuple(found.premises))


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> Iterator[str]:
    """Give these tests a database of their own: their worker runs all the time, and would do other tests' jobs too."""
    with a_fresh_database(ready_database(Settings()), f"{worker_id}_e2e") as url:
        yield url


@pytest.fixture(scope="session")
def system(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The installation that all tests of a process share."""
    with at_work(install(tmp_path_factory.mktemp("home"), database_url), worker=True) as made:
        yield made


@pytest.fixture(autouse=True)
def nobody_is_shown_the_insides(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test sends, server and worker live on and write no traceback."""
    if "system" not in request.fixturenames:
        yield
        return
    system: System = request.getfixturevalue("system")
    before = [len(child.written()) for child in system.children]
    yield
    for child, length in zip(system.children, before, strict=True):
        assert child.process.poll() is None, child.written()[-3000:]
        assert no_traceback(child.written()[length:]), child.written()[length:][-4000:]
