"""Rules, facts, repairs and resources through a real server, on the small authority."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import pytest

from clients.python.client import Client
from server.domain.caller import Role
from server.rpc.application import Application
from server.rpc.identity import demo_key, issue_demo_token
from tests.makers.stage import opened, world
from tests.makers.world import World
from tests.rpc.fakes import FakeSettings
from tests.rpc.running import edge_at_work

__all__ = ["opened", "world"]
As = Callable[[Role], Client]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> FakeSettings:
    return FakeSettings(home=tmp_path_factory.mktemp("availability"))


@pytest.fixture
def calling(world: World, settings: FakeSettings) -> Iterator[As]:
    """Return what gives a client with the token of a role."""
    clients: list[Client] = []
    with edge_at_work(cast(Application, world.app), settings) as (target, _, _):

        def client(role: Role) -> Client:
            officer = "anna" if role is Role.OFFICER else None
            token = issue_demo_token(demo_key(settings), role.value.lower(), role, officer, 600)
            clients.append(Client(target, token))
            return clients[-1]

        yield client
        for one in clients:
            one.close()
