"""The fixtures of the small authority, for the tests of the store and of the use cases."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.makers.world import World, open_world, settle

one_world = cache(open_world)
"""Several folders have these fixtures: they share one application, and so its connections."""


@pytest.fixture(scope="session")
def opened(database_url: str) -> Iterator[World]:
    """An application on the database of this process."""
    world = one_world(database_url)
    yield world
    world.app.close()
    world.engine.dispose()


@pytest.fixture
def world(opened: World) -> Iterator[World]:
    """The authority on its first morning; whatever a test does, the rows, routes and promises must agree afterwards."""
    yield settle(opened)
    assert opened.flaws() == []


@pytest.fixture
def tampered(opened: World) -> Iterator[World]:
    """The authority on its first morning, for tests that break it behind the server's back."""
    yield settle(opened)
    settle(opened)
