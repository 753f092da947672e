"""The one statement: all or nothing, guarded by sequence numbers, free to let stops trade places."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from server.domain.change import Change, Job
from server.domain.errors import SlotTaken
from server.domain.resource_day import ResourceDay, Stop, StopKind
from server.store import tables
from server.store.generic_write import DayMoved
from server.usecases.changing import settled
from tests.makers.world import ADVICE, CALL, FRIDAY, NOW, THURSDAY, World, at


def rest(world: World, start: int) -> Stop:
    """Return a quarter of an hour that nobody may take, `start` s into the shift."""
    return Stop(world.app.store.ids.occupancy(), StopKind.BREAK, None, 900, 0, 28_000, start)


def write(world: World, before: list[ResourceDay], after: list[ResourceDay], jobs: tuple[Job, ...] = ()) -> None:
    with world.app.store.begin() as tx:
        tx.write(Change(tuple(before), tuple(after), jobs=jobs))


def test_a_day_that_moved_on_is_not_overwritten_and_nothing_else_is_written(world: World) -> None:
    stale, friday = world.day("anna", THURSDAY), world.day("anna", FRIDAY)
    world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")
    rows = [(row.id, row.busy) for row in world.rows(tables.occupancy)]
    jobs = world.jobs()
    after = [replace(stale, stops=(rest(world, 20_000),)), replace(friday, stops=(rest(world, 20_000),))]
    with pytest.raises(DayMoved, match="1 of 2 days"):
        write(world, [stale, friday], after, jobs=(Job("messages.deliver", "messages", {"booking": 1}),))
    assert [(row.id, row.busy) for row in world.rows(tables.occupancy)] == rows
    assert world.jobs() == jobs


def test_stops_trade_places_in_one_statement_while_one_goes_and_one_comes(world: World) -> None:
    day = world.day("anna", THURSDAY)
    one, two, three = (replace(rest(world, 900 * k)) for k in range(3))
    write(world, [day], [replace(day, stops=(one, two, three))])
    full = world.day("anna", THURSDAY)
    fresh = rest(world, 1_800)
    traded = (replace(two, start=0), replace(one, start=900), fresh)
    write(world, [full], [replace(full, stops=traded)])
    stored = world.day("anna", THURSDAY)
    assert stored.stops == traded
    assert stored.seq == day.seq + 2
    assert {row.id for row in world.rows(tables.occupancy)} >= {one.occupancy, two.occupancy, fresh.occupancy}
    assert three.occupancy not in {row.id for row in world.rows(tables.occupancy)}


def test_a_stop_changes_officers_in_one_statement(world: World) -> None:
    anna, cleo = world.day("anna", THURSDAY), world.day("cleo", THURSDAY)
    pause = rest(world, 900)
    write(world, [anna], [replace(anna, stops=(pause,))])
    anna = world.day("anna", THURSDAY)
    write(world, [anna, cleo], [replace(anna, stops=()), replace(cleo, stops=(pause,))])
    assert world.day("cleo", THURSDAY).stops == (pause,)
    row = next(row for row in world.rows(tables.occupancy) if row.id == pause.occupancy)
    assert row.resource_id == cleo.resource


def test_an_overlap_that_a_defect_writes_is_refused_whole(world: World) -> None:
    """F01: the constraint stands even where the code above it is wrong."""
    day = world.day("anna", THURSDAY)
    with pytest.raises(SlotTaken):
        write(world, [day], [replace(day, stops=(rest(world, 900), rest(world, 1_799)))])
    assert world.day("anna", THURSDAY) == day


def marks(world: World) -> dict[tuple[date, int], int]:
    """Return the transaction that changed each day last."""
    query = "select day, resource_id, changed::text from resource_day"
    with world.engine.connect() as connection:
        return {(row.day, row.resource_id): int(row.changed) for row in connection.execute(sa.text(query))}


def test_the_change_feed_sees_a_change(world: World) -> None:
    before = marks(world)
    world.book(CALL.code, at(THURSDAY, 10), officer="anna")
    after = marks(world)
    changed = [key for key in after if after[key] != before[key]]
    assert changed == [(THURSDAY, world.officers["anna"].id)]
    assert after[changed[0]] > max(before.values())


def test_ids_of_rows_are_never_given_twice(world: World) -> None:
    ids = [world.app.store.ids.occupancy() for _ in range(200)]
    assert len(set(ids)) == 200


def test_blocked_time_is_written_with_the_fact_it_comes_from(world: World) -> None:
    outcome = world.absent("anna", world.day("anna", THURSDAY).span)
    closed = {row.id for row in world.rows(tables.overlay) if row.fact_id == outcome.absence.id}
    rows = [row for row in world.rows(tables.occupancy) if row.overlay_id in closed]
    assert [(row.kind, row.busy.lower) for row in rows] == [("overlay", at(THURSDAY, 8))]


def test_a_stored_answer_is_forgotten_after_its_time(world: World) -> None:
    world.book(CALL.code, at(THURSDAY, 10))
    assert world.app.store.forget_answers(NOW) == 0
    assert world.app.store.forget_answers(NOW + timedelta(seconds=1)) == 1


def test_settling_keeps_the_id_of_the_way_home(world: World) -> None:
    world.book(ADVICE.code, at(THURSDAY, 9), officer="anna")
    day = world.day("anna", THURSDAY)
    assert day.home
    assert settled(day, world.app.store.ids) == day
