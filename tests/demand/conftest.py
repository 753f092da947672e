"""Emergencies, the waiting list and profiles through a real server, on the small authority."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from clients.python.client import Client
from server.domain.caller import Role
from tests.makers.stage import opened, world
from tests.watch.conftest import Served, served, settings

__all__ = ["opened", "served", "settings", "world"]

Clients = Callable[[Role], Client]


@pytest.fixture
def client(served: Served) -> Iterator[Clients]:
    """Give a client of any role."""
    with ExitStack() as open_clients:
        yield lambda role: open_clients.enter_context(Client(served.target, served.token(role)))
