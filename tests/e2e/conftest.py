"""One real installation for all tests of a process: database, city, team, server and worker, ended however the tests end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import grpc
import psycopg
import pytest
from fieldwork.v1 import places_pb2 as places

from server.domain.caller import Role
from server.setup.address import for_driver
from tests.e2e import authority
from tests.e2e.calling import call
from tests.e2e.system import Child, Installation, channel_to, no_traceback, until


@dataclass(frozen=True)
class System:
    """The installation at work, and a connection to its server."""

    installation: Installation
    server: Child
    worker: Child
    target: str
    channel: grpc.Channel
    premises: tuple[places.Premises, ...]

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table that calls write, once the worker has nothing to do."""
        url = self.installation.url
        assert url is not None
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


@pytest.fixture(scope="session")
def installation(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation whose database holds the city that ships with the program, and a small team."""
    made = Installation(tmp_path_factory.mktemp("home"), database_url)
    imports = [("city", None), *authority.write_files(made.home)]
    for kind, path in imports:
        done = made.run("import", kind, *([str(path)] if path else []), "--json")
        assert (done.code, done.err) == (0, ""), done.said
    return made


@pytest.fixture(scope="session")
def system(installation: Installation) -> Iterator[System]:
    with (
        installation.serving() as (server, target),
        installation.started("work") as worker,
        channel_to(target) as channel,
    ):
        worker.wait_for("worker ready")
        asked = places.ListPremisesRequest(page_size=500)
        found = call(channel, "PlaceService/ListPremises", asked, Role.WORKER, places.ListPremisesResponse)
        yield System(installation, server, worker, target, channel, tuple(found.premises))


@pytest.fixture(autouse=True)
def nobody_is_shown_the_insides(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test sends, server and worker live on and write no traceback."""
    if "system" not in request.fixturenames:
        yield
        return
    system: System = request.getfixturevalue("system")
    before = [len(child.written()) for child in (system.server, system.worker)]
    yield
    for child, length in zip((system.server, system.worker), before, strict=True):
        assert child.process.poll() is None, child.written()[-3000:]
        assert no_traceback(child.written()[length:]), child.written()[length:][-4000:]
