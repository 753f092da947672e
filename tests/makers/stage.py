"""The fixtures of the small authority, for the tests of the store and of the use cases."""

from collections.abc import Iterator
from functools import cache

import pytest
import sqlalchemy as sa

from server.store.tables import audit, booking
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
    assert personal_data_in_the_audit(opened) == []


@pytest.fixture
def tampered(opened: World) -> Iterator[World]:
    """The authority on its first morning, for tests that break it behind the server's back."""
    yield settle(opened)
    settle(opened)


def personal_data_in_the_audit(world: World) -> list[str]:
    """Return the lines of the audit that tell a contact detail of some booking."""
    line = sa.func.lower(audit.c.subject + " " + sa.cast(audit.c.detail, sa.Text))
    details = (booking.c.contact_name, booking.c.contact_phone, booking.c.contact_email)
    told = sa.or_(*(sa.and_(one != "", sa.func.strpos(line, sa.func.lower(one)) > 0) for one in details))
    with world.engine.connect() as connection:
        return list(connection.execute(sa.select(line).join(booking, told).distinct()).scalars())
