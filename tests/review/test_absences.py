"""Absences of officers who work together, and of shifts that come later."""

from server.store import tables
from tests.makers.world import BOSS, THURSDAY, World, at, between
from tests.review.crew import PAIR, with_pair


def test_an_absence_taken_back_settles_the_own_repair_and_not_a_colleagues(world: World) -> None:
    with_pair(world).book(PAIR.code, at(THURSDAY, 9))
    annas = world.absent("anna", between(THURSDAY, 8, 16))
    world.absent("ben", between(THURSDAY, 8, 16))
    world.app.availability.delete_absence(world.request(BOSS), annas.absence.name)
    states = {row.resource_id: row.state for row in world.rows(tables.repair)}
    assert states == {world.officers["anna"].id: "RESOLVED", world.officers["ben"].id: "OPEN"}
