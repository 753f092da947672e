"""An office with rooms and equipment, for what is done at a desk."""

from server.domain.catalogue import Place, PromiseKind, ResourceNeed, Service
from server.domain.geography import Position
from server.domain.resource import Location, Resource, ResourceKind
from server.domain.resource_day import ResourceDay
from tests.makers.world import FOOD, THURSDAY, World, between

DESK = Service(
    "desk", "Advice at the desk", 30, (FOOD,), Place.OFFICE, PromiseKind.EXACT, 30, public=True,
    locations=("town-hall",), resources=(ResourceNeed("room"), ResourceNeed("sound-meter", 2)), duration_options=(60,),
    buffer_after_minutes=5,
)  # fmt: skip
HALL = Location(
    "town-hall", "Town hall", "Square 1", Position.of(60.171, 24.941), "Europe/Helsinki", frozenset({"step-free"})
)
KEPT_SEATS = 3
"""A desk booking keeps a room and two sound meters."""


def open_office(world: World) -> None:
    """Add the office with two rooms and three sound meters, open on Thursday from 8 to 16."""
    with world.app.store.begin() as tx:
        tx.services.upsert(DESK)
        tx.resources.save_location(HALL)
        made = [
            tx.resources.save(Resource("room-1", "Room 1", ResourceKind.ROOM, "room", 1, HALL.code)),
            tx.resources.save(Resource("room-2", "Room 2", ResourceKind.ROOM, "room", 1, HALL.code)),
            tx.resources.save(Resource("meters", "Sound meters", ResourceKind.EQUIPMENT, "sound-meter", 3)),
        ]
        span = between(THURSDAY, 8, 16)
        tx.days.add([ResourceDay(THURSDAY, r.id, span, 0, HALL.position, None, seats=r.seats) for r in made], "RULE")
