"""What every layer's tests may ask for: a database of their own."""

from collections.abc import Iterator

import pytest

from server.settings import Settings
from server.setup.failure import SetupError
from server.setup.ready import database_url as ready_database
from tests.databases import a_fresh_database


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> Iterator[str]:
    """Give each test process an empty, migrated database, dropped at the end."""
    try:
        server = ready_database(Settings())
    except SetupError as failure:
        pytest.exit(str(failure), returncode=1)
    with a_fresh_database(server, worker_id) as url:
        yield url
