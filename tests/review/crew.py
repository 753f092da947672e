"""A service that Anna and Ben do together."""

from server.domain.catalogue import Place, PromiseKind, Service
from tests.makers.world import FOOD, World

PAIR = Service("pair", "Two officers", 60, (FOOD, FOOD), Place.ON_SITE, PromiseKind.WINDOW, 60, 120, public=True, weight=100)


def with_pair(world: World) -> World:
    """Add the service."""
    world.app.importing.services([PAIR])
    return world
