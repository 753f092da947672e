"""Absences of officers who work together, and of shifts that come later."""

import threading
from dataclasses import replace
from datetime import date

from server.domain.commands import NewShift
from server.store import tables
from tests.makers.world import ADVICE, BOSS, THURSDAY, World, at, between
from tests.review.crew import PAIR, with_pair

LATER = date(2026, 4, 7)


def test_an_absence_taken_back_settles_the_own_repair_and_not_a_colleagues(world: World) -> None:
    with_pair(world).book(PAIR.code, at(THURSDAY, 9))
    annas = world.absent("anna", between(THURSDAY, 8, 16))
    world.absent("ben", between(THURSDAY, 8, 16))
    world.app.availability.delete_absence(world.request(BOSS), annas.absence.name)
    states = {row.resource_id: row.state for row in world.rows(tables.repair)}
    assert states == {world.officers["anna"].id: "RESOLVED", world.officers["ben"].id: "OPEN"}


def test_a_shift_that_is_imported_after_its_absence_is_blocked(world: World) -> None:
    world.absent("ben", between(LATER, 12, 24))
    world.app.importing.shifts([NewShift("ben", LATER, between(LATER, 8, 16), 1800, between(LATER, 10, 12))])
    offers = world.search(ADVICE.code, between(LATER, 8, 16), officer="ben")
    assert offers
    assert max(offer.promise.start for offer in offers) < at(LATER, 12)


def test_an_absence_recorded_while_its_shift_is_imported_blocks_it(world: World) -> None:
    recording = threading.Thread(target=lambda: world.absent("anna", between(LATER, 8, 16)))
    with world.app.store.begin() as tx:
        assert tx.facts.during("anna", between(LATER, 8, 16)) == []
        recording.start()
        recording.join(0.5)
        assert recording.is_alive(), "it waits for the import"
        tx.imports.shift(replace(world.day("anna", THURSDAY), day=LATER, span=between(LATER, 8, 16)))
    recording.join()
    assert [stop.work for stop in world.day("anna", LATER).stops] == [8 * 3600]
