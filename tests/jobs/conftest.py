from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from server.setup.address import for_driver


@pytest.fixture
def conninfo(database_url: str) -> str:
    return for_driver(database_url)


@pytest.fixture
def queue(conninfo: str) -> Iterator["psycopg.Connection[Any]"]:
    """The queue's tables, empty before and after."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        empty = "truncate procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers cascade"
        connection.execute(empty)
        yield connection
        connection.execute(empty)
